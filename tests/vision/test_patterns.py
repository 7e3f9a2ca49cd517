"""Patterns are found by their texture wherever they are; other patterns and pictures are left in peace."""

import pickle

import numpy as np
import pytest

from tests.scenarios.drawn_patterns import Pattern, protected
from tests.scenarios.patterned_goods import LARGE, SMALL, photograph
from vision.pattern_index import SHARES, PatternIndex, pattern_space, texture
from vision.pattern_space import PatternSpace
from vision.pattern_windows import WINDOW, describe_windows, windows

TARTAN, STRIPES = Pattern("tartan", 11, 21), Pattern("stripes", 11, 21)


def sheet(pattern: Pattern) -> np.ndarray:
    return pattern.sheet(500, 500, period=90)


@pytest.fixture(scope="module")
def index() -> PatternIndex:
    index = PatternIndex()
    for pattern in (TARTAN, STRIPES):
        index.add(pattern.name, texture(sheet(pattern)))
    return index


@pytest.mark.parametrize("pattern", [TARTAN, STRIPES], ids=lambda it: it.family)
@pytest.mark.parametrize("share", [LARGE, SMALL], ids=["much", "little"])
def test_goods_that_bear_it_are_found_and_the_place_is_told(index, pattern, share):
    """Seeds are of the first photographs tried; on many, `benchmarks/patterns.py` says how often."""
    shot = photograph(pattern, np.random.default_rng([8, 2]), share=share)
    hits = {hit.key: hit for hit in index.match(shot.pixels)}
    assert set(hits) == {pattern.name}
    hit = hits[pattern.name]
    assert hit.probability >= 0.5
    assert 0 < hit.share < 1
    rows, columns = np.nonzero(shot.borne > 0.5)
    (left, top), _, (right, bottom), _ = hit.quad
    assert left <= np.median(columns) / 640 <= right
    assert top <= np.median(rows) / 640 <= bottom


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (TARTAN.recoloured(0), "another tartan"),
        (STRIPES.recoloured(0), "other stripes"),
        (protected()[0], "a check"),
        (None, "plain cloth"),
    ],
)
def test_goods_that_do_not_are_left_in_peace(index, shown, reason):
    shot = photograph(shown, np.random.default_rng([9, 1]))
    assert index.match(shot.pixels) == [], reason


def test_what_is_said_of_one_reference_does_not_depend_on_the_others(index):
    shot = photograph(TARTAN, np.random.default_rng([8, 2]))
    alone = PatternIndex()
    alone.add(TARTAN.name, texture(sheet(TARTAN)))
    assert alone.match(shot.pixels) == [hit for hit in index.match(shot.pixels) if hit.key == TARTAN.name]
    assert pickle.loads(pickle.dumps(index)).match(shot.pixels) == index.match(shot.pixels)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ((3, 3), "smaller than a window"),
        ((40, 4000), "a banner: not thousands of windows"),
        ((640, 640), "an ordinary picture"),
    ],
)
def test_pictures_of_any_shape_are_cut(size, reason):
    seen = windows(np.full((*size, 3), 200, np.uint8), SHARES)
    assert 0 < len(seen.vectors) == len(seen.boxes) < 2000, reason
    assert seen.boxes.min() >= 0
    assert seen.boxes.max() <= 1


def test_a_flat_window_is_described_without_a_number_that_is_none():
    assert np.isfinite(describe_windows(np.zeros((1, WINDOW, WINDOW, 3), np.uint8))).all()


def test_where_a_pattern_begins_does_not_matter_and_its_size_and_direction_do():
    whole = TARTAN.sheet(400, 400, period=30)
    here, elsewhere = whole[:WINDOW, :WINDOW], whole[17 : 17 + WINDOW, 8 : 8 + WINDOW]
    larger = TARTAN.sheet(400, 400, period=90)[:WINDOW, :WINDOW]
    across = STRIPES.sheet(400, 400, period=30)[:WINDOW, :WINDOW]
    seen = pattern_space()(
        describe_windows(np.stack([here, elsewhere, larger, across, np.rot90(across).copy()]))
    )
    alike = seen @ seen.T
    assert alike[0, 1] > 0.9
    assert alike[0, 2] < alike[0, 1] - 0.2
    assert alike[3, 4] < 0.5


def test_the_space_survives_being_kept():
    kept = PatternSpace.from_bytes(pattern_space().to_bytes())
    vectors = describe_windows(sheet(TARTAN)[None, :WINDOW, :WINDOW])
    np.testing.assert_allclose(kept(vectors), pattern_space()(vectors), atol=1e-6)
