"""At a glance a pose is worth more the better it fits, whoever else is looked for."""

import numpy as np
import pytest

from vision.marks.glance import promising
from vision.marks.outline import Outline, edge_map

_BARS = np.zeros((90, 120), np.float32)
_BARS[:, :30], _BARS[60:] = 1, 1
_OUTLINE, _OTHER = Outline(_BARS), Outline(np.ascontiguousarray(_BARS[:, ::-1]))
_THERE = np.array([120.0, 0.0, 149.5, 144.5])


def _picture() -> np.ndarray:
    """An L whose middle is `_THERE`, at its own size."""
    drawn = np.full((300, 300, 3), (200, 180, 160), np.uint8)
    drawn[100:190, 90:210][_BARS > 0] = (20, 40, 90)
    return drawn


def _fits(*wanted: tuple[Outline, np.ndarray], least: float = -1.0) -> list[tuple[np.ndarray, np.ndarray]]:
    picture = _picture()
    return promising(wanted, picture, edge_map(picture), least=least)


@pytest.mark.parametrize(
    ("off", "most", "reason"),
    [
        ((0, 0, 0, 0), 2.0, "where it lies"),
        ((0, 0, 6, 0), 1.7, "beside it: edges are missed"),
        ((-40, 0, 0, 0), 1.2, "too small"),
        ((0, 0, 70, 70), 0.5, "on the ground"),
    ],
)
def test_the_worse_a_pose_fits_the_less_it_is_worth(off, most, reason):
    [(_, fits)] = _fits((_OUTLINE, np.array([_THERE + off])))
    right = _fits((_OUTLINE, _THERE[None]))[0][1][0]
    assert 1.8 < right <= 2, "the right one"
    assert fits[0] <= min(most, right), reason


def test_poses_below_the_least_are_left_out():
    poses = np.array([_THERE, _THERE + np.array([0, 0, 70, 70])])
    [(kept, fits)] = _fits((_OUTLINE, poses), least=1.05)
    np.testing.assert_array_equal(kept, [_THERE])
    assert len(fits) == 1


def test_what_one_mark_is_worth_does_not_depend_on_the_others():
    random = np.random.default_rng(0)
    many = _THERE + random.normal(size=(1_500, 4)) * (8, 8, 10, 10)
    [(poses, fits)] = _fits((_OUTLINE, many[:40]))
    together = _fits((_OTHER, many), (_OUTLINE, many[:40]), (_OUTLINE, many[:0]))
    np.testing.assert_array_equal(together[1][0], poses)
    np.testing.assert_array_equal(together[1][1], fits)
    assert len(together[2][0]) == 0


def test_nothing_is_wanted():
    assert _fits() == []
