"""A detector learns from a few photographs, says what it is worth, and is only arrays."""

import io
from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import BrandKitError, CatalogError
from tests.scenarios.composited_marks import ink as mask_of
from tests.scenarios.composited_marks import paste_mark
from tests.vision.marks.drawn_marks import arrow, cloth
from vision.marks import BuiltIn, Detector, MarkIndex
from vision.marks.training import Example, surroundings, train


def example(seed: int) -> Example:
    there = paste_mark(cloth(seed), mask_of(arrow()), np.random.default_rng(seed))
    height, width = there.pixels.shape[:2]
    corners = np.array(there.quad) * (width, height)
    (x, y), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Example(f"{seed}.jpg", there.pixels, ((x, y, right - x, bottom - y),))


@pytest.fixture(scope="module")
def trained():
    return train([example(seed) for seed in range(5)], [cloth(seed) for seed in range(20, 25)], BuiltIn())


def embedder(_: str) -> BuiltIn:
    return BuiltIn()


def test_cross_validation_finds_a_plain_mark(trained):
    worth = trained[1]
    assert (worth.photographs, worth.boxes, worth.negatives) == (5, 5, 5)
    assert worth.recall >= 0.8
    assert worth.precision == 1.0


def test_a_new_photograph_bears_it_and_plain_cloth_does_not(trained):
    index = MarkIndex(detectors={"arrow": trained[0]})
    new = example(7)
    [hit] = index.find(new.pixels, embedder)
    height, width = new.pixels.shape[:2]
    x, y, wide, tall = new.boxes[0]
    middle = np.mean(hit.quad, axis=0) * (width, height)
    assert np.abs(middle - (x + wide / 2, y + tall / 2)).max() < 0.25 * max(wide, tall)
    assert index.find(cloth(31), embedder) == []


def test_nothing_below_the_threshold_is_a_find(trained):
    index = MarkIndex(detectors={"arrow": replace(trained[0], accept=1.1)})
    assert index.find(example(7).pixels, embedder) == []


def test_training_again_gives_the_same_detector(trained):
    again, _ = train([example(seed) for seed in range(5)], [cloth(seed) for seed in range(20, 25)], BuiltIn())
    assert again.to_bytes() == trained[0].to_bytes()


def test_a_detector_survives_being_kept(trained):
    again = Detector.from_bytes(trained[0].to_bytes())
    assert again.to_bytes() == trained[0].to_bytes()


def test_a_pickle_is_not_opened():
    buffer = io.BytesIO()
    np.savez(buffer, numbers=np.array([print], object))
    with pytest.raises(CatalogError, match="no detector"):
        Detector.from_bytes(buffer.getvalue())


@pytest.mark.parametrize(
    ("photographs", "plain", "said"),
    [(4, 5, "4 photographs"), (5, 4, "4 pictures without")],
    ids=["a photograph too few", "a picture without it too few"],
)
def test_too_little_to_learn_from(photographs, plain, said):
    with pytest.raises(BrandKitError, match=said):
        train([example(n) for n in range(photographs)], [cloth(n) for n in range(plain)], BuiltIn())


def test_surroundings_show_none_of_the_box():
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[100:150, 150:250] = 255
    parts = surroundings(Example("a", pixels, ((150, 100, 100, 50),)))
    assert len(parts) == 2  # above and below: beside it a strip of 50 rows is too low
    assert all(part.max() == 0 for part in parts)
