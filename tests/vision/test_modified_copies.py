"""The generator that recall is measured on: seeded, of every size, and never the identity."""

import numpy as np
import pytest

from tests.scenarios.modified_copies import KINDS, reencode

SIZES = [
    ((198, 198), "a thumbnail"),
    ((640, 300), "tall"),
    ((90, 240), "wide and small"),
]


def picture(shape: tuple[int, int]) -> np.ndarray:
    """Coloured blocks: every modification changes them."""
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 256, (shape[0] // 10 + 1, shape[1] // 10 + 1, 3), dtype=np.uint8)
    return np.kron(blocks, np.ones((10, 10, 1), np.uint8))[: shape[0], : shape[1]]


def test_there_are_sixteen_kinds():
    assert len(KINDS) == 16


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("shape", "reason"), SIZES, ids=[reason for _, reason in SIZES])
def test_each_kind_gives_another_picture(kind: str, shape: tuple[int, int], reason: str):
    original = picture(shape)
    before = original.copy()
    copy = KINDS[kind](original, np.random.default_rng(1))
    assert copy.dtype == np.uint8
    assert copy.ndim == 3
    assert copy.shape[2] == 3
    assert min(copy.shape[:2]) >= 40
    assert copy.shape != original.shape or np.abs(copy.astype(int) - original).mean() > 1.0
    assert np.array_equal(original, before), "the original was painted over"


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides(kind: str):
    original = picture((198, 198))
    first, again, other = (KINDS[kind](original, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    if kind != "jpeg_15":  # its strength is a count from one to three: two seeds may agree
        assert first.shape != other.shape or not np.array_equal(first, other)


def test_a_lower_quality_loses_more():
    original = picture((198, 198))
    errors = [np.abs(reencode(original, quality=q).astype(int) - original).mean() for q in (90, 50, 15)]
    assert errors == sorted(errors)
    assert errors[0] < errors[2]
