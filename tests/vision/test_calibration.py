import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import EncoderError
from vision.calibration import Calibration

MAP = Calibration(encoder="tiny-0", points=((0.2, 0.0), (0.6, 0.5), (0.9, 0.95)))


@pytest.mark.parametrize(
    ("cosine", "probability", "reason"),
    [
        (0.2, 0.0, "a point is met exactly"),
        (0.6, 0.5, "a point is met exactly"),
        (0.4, 0.25, "half-way between two points"),
        (0.75, 0.725, "half-way between two points, the other slope"),
        (-1.0, 0.0, "flat below the first point"),
        (1.0, 0.95, "flat above the last point: measured certainty is never exceeded"),
    ],
)
def test_between_points_it_is_a_straight_line(cosine, probability, reason):
    assert MAP.probability(cosine) == pytest.approx(probability), reason


@st.composite
def calibrations(draw):
    cosines = sorted(draw(st.sets(st.floats(-1, 1), min_size=2, max_size=8)))
    probabilities = sorted(draw(st.lists(st.floats(0, 1), min_size=len(cosines), max_size=len(cosines))))
    return Calibration(encoder="any-0", points=tuple(zip(cosines, probabilities, strict=True)))


@given(calibrations(), st.floats(-1, 1), st.floats(-1, 1))
def test_more_alike_is_never_less_probable(calibration, one, other):
    low, high = sorted((one, other))
    # 1e-12: the straight line is computed in floating point.
    assert 0 <= calibration.probability(low) <= calibration.probability(high) + 1e-12 <= 1 + 1e-12


@given(calibrations())
def test_json_keeps_every_digit(calibration):
    assert Calibration.model_validate_json(calibration.model_dump_json()) == calibration


def test_a_file_comes_back_as_it_was_saved(tmp_path):
    MAP.save(tmp_path / "calibration.json")
    assert Calibration.load(tmp_path / "calibration.json") == MAP


@pytest.mark.parametrize(
    ("document", "says", "reason"),
    [
        ("{", "cannot be read", "not JSON"),
        ("[]", "valid dictionary", "JSON, but no object"),
        ('{"points": [[0, 0], [1, 1]]}', "encoder", "a map is for one encoder, and says for which"),
        ('{"encoder": "e", "points": [[0.5, 0.5]]}', "at least 2", "one point is no line"),
        ('{"encoder": "e", "points": [[0.5, 0.1], [0.5, 0.9]]}', "does not rise", "two values at one cosine"),
        ('{"encoder": "e", "points": [[0.1, 0.9], [0.5, 0.1]]}', "falls below", "more alike, less probable"),
        ('{"encoder": "e", "points": [[0.1, 0], [0.5, 1.1]]}', "less than or equal to 1", "no probability"),
        ('{"encoder": "e", "points": [[0.1, 0], [1.5, 1]]}', "less than or equal to 1", "no cosine"),
        ('{"encoder": "e", "points": [[0.1, 0], [NaN, 1]]}', "finite", "NaN passes every comparison"),
        ('{"encoder": "e", "points": [[0, 0], [1, 1]], "x": 1}', "x: ", "an unknown entry is a misspelt one"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(tmp_path, document, says, reason):
    path = tmp_path / "calibration.json"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(EncoderError, match=says) as raised:
        Calibration.load(path)
    assert str(path) in str(raised.value), reason
    assert raised.value.hint


def test_a_missing_file_is_an_error_not_an_absent_calibration(tmp_path):
    with pytest.raises(EncoderError, match="cannot be read"):
        Calibration.load(tmp_path / "calibration.json")


def test_the_document_is_the_one_the_docs_show(tmp_path):
    MAP.save(tmp_path / "it.json")
    assert json.loads((tmp_path / "it.json").read_text()) == {
        "encoder": "tiny-0",
        "points": [[0.2, 0.0], [0.6, 0.5], [0.9, 0.95]],
    }
