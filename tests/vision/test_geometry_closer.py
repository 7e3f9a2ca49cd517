"""A product that is small in a large, crowded photograph is found by a closer look; nothing else changes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.vision.drawn_pictures import poster
from vision.geometry import GeometryIndex, describe
from vision.geometry_settings import DEFAULT_GEOMETRY


def crowded(side: int, *, width: float | None) -> np.ndarray:
    """A square picture full of other posters, with poster 1 on so much of its width."""
    tiles = [poster(seed, (side // 4, side // 4)) for seed in range(100, 116)]
    scene = np.concatenate([np.concatenate(tiles[row : row + 4], axis=1) for row in range(0, 16, 4)])
    if width is not None:
        small = round(width * side)
        left, top = side // 3, side // 2
        scene[top : top + small, left : left + small] = cv2.resize(
            poster(1), (small, small), interpolation=cv2.INTER_AREA
        )
    return scene


def index(**changes: float) -> GeometryIndex:
    found = GeometryIndex(settings=replace(DEFAULT_GEOMETRY, **changes))
    for seed in range(3):
        found.add(f"poster-{seed}", describe(poster(seed)))
    return found


def test_what_the_first_look_misses_the_closer_one_finds():
    picture = crowded(1200, width=0.08)
    assert index().match(describe(picture)) == [], "the first look must miss it, or this shows nothing"
    (hit,) = index().find(picture)
    assert hit.key == "poster-1"
    middle = np.mean(hit.quad, axis=0)
    assert middle == pytest.approx((1 / 3 + 0.04, 1 / 2 + 0.04), abs=0.02), "fractions of the whole picture"


def test_a_crowd_without_it_shows_nothing_however_closely():
    assert index().find(crowded(1200, width=None)) == []


@pytest.mark.parametrize(
    ("side", "looks_closer", "reason"),
    [
        (560, True, "just large enough: 1.25 times the first look's side"),
        (556, False, "just too small to hold more than the first look saw"),
    ],
)
def test_only_a_larger_picture_is_looked_at_again(side: int, looks_closer: bool, reason: str):
    """Keypoints are denied to the first look alone, so that any hit is the second's."""
    blind = index(keypoints=3, closer_keypoints=1000)
    assert bool(blind.find(crowded(side, width=0.5))) is looks_closer, reason


def test_what_was_found_at_first_is_not_measured_again():
    picture = crowded(1200, width=0.5)
    assert index().find(picture) == index().match(describe(picture))
