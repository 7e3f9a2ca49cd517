"""What hangs together in a picture says where a mark may lie."""

import cv2
import numpy as np
import pytest

from vision.marks.outline import edge_map
from vision.marks.pieces import LONG_SIDE, Pieces, shapes_of, shrunk

_LETTER = np.zeros((120, 90), np.float32)
_LETTER[:, :28], _LETTER[:28], _LETTER[60:84, :70] = 1, 1, 1
"""An F: neither turned nor mirrored is it like itself."""
_THIN = np.zeros((120, 90), np.float32)
_THIN[:, :4], _THIN[:4], _THIN[60:64, :70] = 1, 1, 1
_ACROSS = np.arange(LONG_SIDE)
_HALVES = np.where(_ACROSS < 160, 60, 200)
_SLOPE = 70 + 0.5 * _ACROSS


def _pasted(
    size: float, turn: float, *, ink: object, ground: object, letter: np.ndarray = _LETTER, seed: int = 0
) -> np.ndarray:
    """An F in the middle of a grainy picture; ink and ground in greys, one for all or by column."""
    radians, scale = np.deg2rad(turn), size / max(letter.shape)
    matrix = scale * np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    middle = np.array([160.0, 150.0]) - matrix @ ((np.array(letter.shape[::-1]) - 1) / 2)
    mask = cv2.warpAffine(letter, np.column_stack([matrix, middle]), (LONG_SIDE, LONG_SIDE))[..., None]
    shades = [np.broadcast_to(np.asarray(one)[..., None], (LONG_SIDE, LONG_SIDE, 1)) for one in (ink, ground)]
    grain = np.random.default_rng(seed).normal(0, 6, (LONG_SIDE, LONG_SIDE, 3))
    return np.clip((shades[1] + grain) * (1 - mask) + shades[0] * mask, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "turn", "ink", "ground", "letter", "why"),
    [
        (90, 0, 20, 200, _LETTER, "upright, dark on light"),
        (60, -16, 235, 90, _LETTER, "small and turned, light on dark"),
        (140, 20, 20, 120, _LETTER, "between two of the turns that are tried"),
        (
            90,
            0,
            130,
            _HALVES,
            _LETTER,
            "at every level one with either half of the ground: only edges part it",
        ),
        (90, 0, _SLOPE - 30, _SLOPE, _THIN, "thin, and nowhere of one grey: only narrower than all else"),
    ],
)
def test_a_piece_says_where_the_mark_lies(size, turn, ink, ground, letter, why):
    small, _ = shrunk(_pasted(size, turn, ink=ink, ground=ground, letter=letter))
    poses = Pieces.of(letter).poses(shapes_of(small, edge_map(small)), least=40, most=300)
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
    poses = Pieces.of(_LETTER).poses(shapes_of(small, edge_map(small)), least=least, most=most)
    assert not any(np.hypot(x - 160, y - 150) < 5 for *_, x, y in poses), why


def test_a_plain_picture_has_no_shapes():
    plain = np.full((LONG_SIDE, LONG_SIDE, 3), 128, np.uint8)
    shapes = shapes_of(plain, edge_map(plain))
    assert len(shapes.looks) == 0
    assert Pieces.of(_LETTER).poses(shapes, least=1, most=999).shape == (0, 4)
