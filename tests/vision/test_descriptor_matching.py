"""Descriptors are compared exactly, with the mirror image for free, and only clear pairs are kept."""

import numpy as np
import pytest

from tests.vision.drawn_pictures import poster
from vision.descriptor_matching import Halves, distinct_pairs, scratch, similarities
from vision.local_features import describe


def both(picture: np.ndarray, reference: np.ndarray):
    """Halves of the two and their similarities."""
    seen, known = Halves.of(picture, factor=1), Halves.of(reference, factor=0.5)
    return seen, known, similarities(seen, known, room=scratch(len(picture), len(reference)))


def unit(*peaks: int) -> np.ndarray:
    """A descriptor of the usual norm, 512, on sixteen of 128 components, shared between the peaks."""
    vector = np.zeros(128, np.uint8)
    for peak in peaks:
        vector[peak : peak + 16 // len(peaks)] = 128
    return vector


def test_similarities_are_exact_inner_products():
    rng = np.random.default_rng(0)
    picture, reference = (rng.integers(0, 90, (count, 128)).astype(np.uint8) for count in (40, 30))
    _, _, (upright, _) = both(picture, reference)
    assert np.array_equal(upright, picture.astype(int) @ reference.astype(int).T)


def test_a_mirror_image_needs_no_description_of_its_own():
    drawn = poster(4)
    flipped = describe(np.ascontiguousarray(drawn[:, ::-1]))
    straight = describe(drawn)
    _, _, (upright, mirrored) = both(flipped.descriptors, straight.descriptors)
    width = straight.size[0]
    turned = straight.frames * [-1, 1, 1, -1] + [width - 1, 0, 0, np.pi]
    apart = np.abs(flipped.frames[:, None, :3] - turned[None, :, :3]).sum(axis=2)
    apart += 1 - np.cos(flipped.frames[:, None, 3] - turned[None, :, 3])
    same = apart.argmin(axis=1)
    rows = np.flatnonzero(apart.min(axis=1) < 0.1)
    assert len(rows) > 0.5 * len(flipped)  # a disc has no angle of its own: the two images may choose apart
    assert np.median(mirrored[rows, same[rows]]) > 0.99 * 512**2
    assert np.median(upright[rows, same[rows]]) < 0.9 * 512**2


ROWS = [
    ([unit(0), unit(20)], [unit(0), unit(20)], [(0, 0), (1, 1)], "each has one clear partner"),
    ([unit(0), unit(20)], [unit(20), unit(0)], [(0, 1), (1, 0)], "in another order"),
    ([unit(0)], [unit(0), unit(0)], [], "two equal partners in the reference: not distinct"),
    ([unit(0), unit(0)], [unit(0)], [], "two equal partners in the picture: not distinct"),
    ([unit(0), unit(0, 40)], [unit(0), unit(80)], [(0, 0)], "one to one: the second best gets nothing"),
    ([unit(0)], [unit(0)], [(0, 0)], "the only one on both sides has no runner-up"),
    ([unit(0, 20)], [unit(0), unit(20)], [], "half way between two"),
]


@pytest.mark.parametrize(("picture", "reference", "expected", "reason"), ROWS, ids=[row[3] for row in ROWS])
def test_only_clear_pairs_are_kept(picture: list, reference: list, expected: list, reason: str):
    seen, known, (upright, _) = both(np.array(picture), np.array(reference))
    before = upright.copy()
    pairs = distinct_pairs(upright, seen, known, ratio=0.9)
    assert sorted(zip(pairs.picture.tolist(), pairs.reference.tolist(), strict=True)) == sorted(expected)
    assert np.array_equal(upright, before), "the similarities were not put back"


def test_the_most_distinct_are_kept_first():
    straight = describe(poster(5))
    noisy = describe(poster(5) // 2 + poster(6) // 2)
    seen, known, (upright, _) = both(noisy.descriptors, straight.descriptors)
    every = distinct_pairs(upright, seen, known, ratio=0.9)
    strict = distinct_pairs(upright, seen, known, ratio=0.6)
    assert 5 < len(strict.picture) < len(every.picture)
    assert np.array_equal(strict.picture, every.picture[: len(strict.picture)])


@pytest.mark.parametrize("block", [1, 7, 64])
def test_the_answer_does_not_depend_on_the_block(block: int):
    rng = np.random.default_rng(2)
    picture, reference = (rng.integers(0, 90, (64, 128)).astype(np.uint8) for _ in range(2))
    _, _, (whole, _) = both(picture, reference)
    _, _, (part, _) = both(picture[:block], reference)
    assert np.array_equal(whole[:block], part)
