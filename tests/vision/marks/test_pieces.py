"""What hangs together in a picture says where a mark may lie."""

import cv2
import numpy as np
import pytest

from vision.marks.pieces import LONG_SIDE, Pieces, shapes_of, shrunk

_LETTER = np.zeros((120, 90), np.float32)
_LETTER[:, :28], _LETTER[:28], _LETTER[60:84, :70] = 1, 1, 1
"""An F: neither turned nor mirrored is it like itself."""


def _pasted(size: float, turn: float, *, ink: int, ground: int, seed: int = 0) -> np.ndarray:
    """An F of a long side in the middle of a grainy picture at `LONG_SIDE`."""
    radians, scale = np.deg2rad(turn), size / max(_LETTER.shape)
    matrix = scale * np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    middle = np.array([160.0, 150.0]) - matrix @ ((np.array(_LETTER.shape[::-1]) - 1) / 2)
    mask = cv2.warpAffine(_LETTER, np.column_stack([matrix, middle]), (LONG_SIDE, LONG_SIDE))[..., None]
    grain = np.random.default_rng(seed).normal(ground, 6, (LONG_SIDE, LONG_SIDE, 3))
    return np.clip(grain * (1 - mask) + ink * mask, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "turn", "ink", "ground", "why"),
    [
        (90, 0, 20, 200, "upright, dark on light"),
        (60, -16, 235, 90, "small and turned, light on dark"),
        (140, 20, 20, 120, "between two of the turns that are tried"),
    ],
)
def test_a_piece_says_where_the_mark_lies(size: float, turn: float, ink: int, ground: int, why: str):
    small, _ = shrunk(_pasted(size, turn, ink=ink, ground=ground))
    poses = Pieces.of(_LETTER).poses(shapes_of(small), least=40, most=300)
    off = [
        (
            np.hypot(x - 160, y - 150) / size,
            abs(np.hypot(a, b) / size - 1),
            abs(np.degrees(np.arctan2(b, a)) - turn),
        )
        for a, b, x, y in poses
    ]
    assert any(moved < 0.05 and larger < 0.06 and turned < 6 for moved, larger, turned in off), why


@pytest.mark.parametrize(
    ("least", "most", "why"), [(91 * 1.1, 300, "larger marks alone"), (10, 89 * 0.9, "smaller marks alone")]
)
def test_no_pose_is_of_another_size_than_asked(least: float, most: float, why: str):
    small, _ = shrunk(_pasted(90, 0, ink=20, ground=200))
    poses = Pieces.of(_LETTER).poses(shapes_of(small), least=least, most=most)
    assert not any(np.hypot(x - 160, y - 150) < 5 for *_, x, y in poses), why


def test_a_plain_picture_has_no_shapes():
    shapes = shapes_of(np.full((LONG_SIDE, LONG_SIDE, 3), 128, np.uint8))
    assert len(shapes.looks) == 0
    assert Pieces.of(_LETTER).poses(shapes, least=1, most=999).shape == (0, 4)
