"""What was put around a picture comes off; what belongs to it stays."""

import numpy as np
import pytest

from vision.borders import uncovered

WHITE, BLACK, PINK, NAVY = (255, 255, 255), (0, 0, 0), (204, 34, 85), (0, 0, 80)


def noise(width: int = 100, height: int = 80) -> np.ndarray:
    return np.random.default_rng(7).integers(40, 180, (height, width, 3), dtype=np.uint8)


def around(picture: np.ndarray, *, left=0, top=0, right=0, bottom=0, colour=WHITE) -> np.ndarray:
    height, width = picture.shape[:2]
    out = np.full((height + top + bottom, width + left + right, 3), colour, np.uint8)
    out[top : top + height, left : left + width] = picture
    return out


def captioned() -> np.ndarray:
    out = around(noise(), left=5, right=5, top=25, bottom=5)
    out[6:14:2, 10:90:3] = 0  # a line of print in the white band
    return out


CASES = [
    ("nothing around it", noise(), None),
    ("padding of any colour", around(noise(), left=10, top=12, right=14, bottom=16, colour=PINK),
     (10, 12, 110, 92)),
    ("letterbox bars", around(noise(), top=20, bottom=20, colour=BLACK), (0, 20, 100, 100)),
    ("a bar on one side only", around(noise(), right=30, colour=BLACK), (0, 0, 100, 80)),
    ("a frame within a frame", around(around(noise(), left=8, top=8, right=8, bottom=8),
                                      left=5, top=5, right=5, bottom=5, colour=NAVY), (13, 13, 113, 93)),
    ("a caption above", captioned(), (5, 25, 105, 105)),
    ("noise within JPEG's", around(noise(), left=10, top=10, right=10, bottom=10)
     - np.random.default_rng(1).integers(0, 9, (100, 120, 3), dtype=np.uint8), (10, 10, 110, 90)),
    ("a narrow product on much white", around(noise(30, 80), left=100, right=100), (100, 0, 130, 80)),
    ("a speck is not a picture", around(noise(4, 4), left=60, top=60, right=60, bottom=60), None),
    ("a blank picture", np.full((50, 60, 3), 255, np.uint8), None),
    ("one pixel", np.zeros((1, 1, 3), np.uint8), None),
    ("one row", noise(50, 1), None),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "pixels", "expected"), CASES, ids=[case[0] for case in CASES])
def test_borders_come_off(reason, pixels, expected):
    boxes = uncovered(pixels)
    if expected is None:
        assert boxes == (), reason
    else:
        # One line within the picture is given up on each side that had a border.
        nearest = min(np.abs(np.subtract(box, expected)).max() for box in boxes)
        assert nearest <= 2, (reason, boxes)


@pytest.mark.parametrize(("off", "stays"), [(32, False), (33, True)])
def test_a_border_may_stray_by_so_much(off, stays):
    pixels = around(noise(), left=10, top=10, right=10, bottom=10)
    chequered = (np.indices((100, 120)).sum(axis=0) % 2).astype(bool) & (pixels == 255).all(axis=2)
    pixels[chequered] -= np.uint8(off)
    assert (uncovered(pixels) == ()) is stays
