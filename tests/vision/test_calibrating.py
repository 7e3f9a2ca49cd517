import numpy as np
import pytest

from scoring.errors import EncoderError
from vision.calibrating import FEWEST, ISOTONIC_FROM, Pairs, fit, plot, reliability, weights
from vision.calibration import Calibration

KEY = {"encoder": "tiny-0"}


def drawn(count, *, share=0.5, seed=0, gap=0.3):
    """Cosines that overlap: the same product lies `gap` higher on average."""
    rng = np.random.default_rng(seed)
    same = rng.random(count) < share
    return Pairs(np.clip(rng.normal(0.4 + gap * same, 0.12), -1, 1), same, "drawn")


@pytest.mark.parametrize(
    ("count", "method", "chosen"),
    [
        (400, "auto", "platt"),
        (ISOTONIC_FROM, "auto", "isotonic"),
        (400, "isotonic", "isotonic"),
        (2000, "platt", "platt"),
    ],
)
def test_the_map_is_right_on_pairs_it_never_saw(count, method, chosen):
    calibration = fit(drawn(count), method=method, **KEY)
    assert (calibration.fitted.method, calibration.fitted.description) == (chosen, "drawn")
    assert calibration.fitted.same + calibration.fitted.different == count
    assert reliability(calibration, drawn(20_000, seed=9)).error < 0.05
    assert calibration.fitted.held_out_error < 0.08


def test_a_map_that_lies_has_a_large_error():
    liar = Calibration(encoder="tiny-0", points=((-1.0, 0.9), (1.0, 0.95)))
    assert reliability(liar, drawn(2000)).error > 0.35


def test_what_the_labeller_chose_to_label_does_not_move_the_map():
    """Nine pairs of ten were of different products; the prior says that half of those asked about are."""
    even, lopsided = fit(drawn(4000), **KEY), fit(drawn(4000, share=0.1, seed=5), **KEY)
    assert lopsided.probability(0.55) == pytest.approx(even.probability(0.55), abs=0.1)
    rare = fit(drawn(4000), prior=0.05, **KEY)
    assert rare.probability(0.55) < even.probability(0.55) - 0.2


def test_weights_give_each_sort_its_share():
    same = np.array([True, False, False, False])
    assert weights(same, 0.25)[same].sum() == pytest.approx(0.25 * len(same))


def test_nothing_is_certain_and_the_map_rises():
    calibration = fit(drawn(2000, gap=0.9), **KEY)
    assert 0 < calibration.probability(-1) < 0.01
    assert 0.99 < calibration.probability(1) < 1


@pytest.mark.parametrize(("same", "fits"), [(FEWEST, True), (FEWEST - 1, False)])
def test_too_few_pairs_of_one_sort_are_refused(same, fits):
    labels = np.arange(200) < same
    cosines = np.where(labels, 0.8, 0.2) + np.linspace(0, 0.1, 200)
    if fits:
        assert fit(Pairs(cosines, labels), **KEY).probability(0.9) > 0.9
    else:
        with pytest.raises(EncoderError, match="too few"):
            fit(Pairs(cosines, labels), **KEY)


def test_labels_the_wrong_way_round_are_told():
    pairs = drawn(400)
    with pytest.raises(EncoderError, match="do not mean the same product"):
        fit(Pairs(pairs.cosines, ~pairs.same), **KEY)


def test_the_file_keeps_what_it_rests_on(tmp_path):
    calibration = fit(drawn(400), **KEY)
    calibration.save(tmp_path / "it.json")
    assert Calibration.load(tmp_path / "it.json") == calibration


@pytest.mark.parametrize(("name", "begins"), [("it.png", b"\x89PNG"), ("it.svg", b"<?xml")])
def test_the_diagram_is_a_picture(tmp_path, name, begins):
    pairs = drawn(400)
    plot(reliability(fit(pairs, **KEY), pairs), tmp_path / name, title="tiny-0")
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_diagram_of_no_known_kind_is_told(tmp_path):
    pairs = drawn(400)
    told = reliability(fit(pairs, **KEY), pairs)
    with pytest.raises(EncoderError, match="cannot be written"):
        plot(told, tmp_path / "it.gruyere", title="tiny-0")
