"""Which of many poses of many marks are worth settling: colours first, then edges, of all marks at once.

To settle a pose costs some hundred times as much as to glance at it. Nothing here mixes one pose with
another, so what comes of one mark does not depend on which others are looked for.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from vision.marks.backbone import Floats, Pixels
from vision.marks.outline import CONTRAST, GROUND_SHARE, INK_SLACK, SAMPLES, Doubles, Outline

_GLANCED = 12
"""Poses of a mark on which edges are looked for: those whose colours fit best."""
_AT_ONCE = 1_000
"""Poses taken together: their samples stay in the cache."""


def promising(
    wanted: Sequence[tuple[Outline, Doubles]], picture: Pixels, edges: Floats, *, least: float
) -> list[tuple[Doubles, Floats]]:
    """For each mark, of its poses those that fit at least so well at a glance, and how well, at most 2.

    That is one colour inside and another around, which costs least and is asked of all, and edges on the
    outline, which are asked of the `_GLANCED` best. Poses are (N, 4), in pixels of the picture; `edges` is
    its `edge_map`.
    """
    if not wanted:
        return []
    poses = np.concatenate([mine for _, mine in wanted])
    owners = np.repeat(np.arange(len(wanted)), [len(mine) for _, mine in wanted])
    places = np.stack([outline.samples for outline, _ in wanted])
    colours = _in_chunks(lambda part: _colours(places[owners[part]], poses[part], picture), len(poses))
    chosen = [
        mine[np.argsort(-colours[mine], kind="stable")[:_GLANCED]]
        for number in range(len(wanted))
        # Edges add at most 1.
        for mine in [np.flatnonzero((owners == number) & (colours >= least - 1))]
    ]
    points = np.stack([outline.few for outline, _ in wanted])
    best, owners = np.concatenate(chosen), np.repeat(np.arange(len(wanted)), [len(mine) for mine in chosen])
    fits = _in_chunks(lambda part: _edges(points[owners[part]], poses[best[part]], edges), len(best))
    fits += colours[best]
    return [
        (poses[best[mine]], fits[mine])
        for number in range(len(wanted))
        for mine in [np.flatnonzero((owners == number) & (fits >= least))]
    ]


def _in_chunks(judged: Callable[[slice], Floats], count: int) -> Floats:
    parts = [judged(slice(start, start + _AT_ONCE)) for start in range(0, count, _AT_ONCE)]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def _laid(at: Floats, poses: Doubles) -> tuple[Floats, Floats]:
    """Points of marks, (B, N, 2), laid over the picture: across and down, (B, N)."""
    across, down, x, y = (column[:, None] for column in poses.astype(np.float32).T)
    return across * at[..., 0] - down * at[..., 1] + x, down * at[..., 0] + across * at[..., 1] + y


def _seen(picture: Pixels | Floats, x: Floats, y: Floats) -> Floats:
    """Between pixels; whole numbers of a picture's colours stay whole."""
    seen = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float32)


def _colours(places: Floats, poses: Doubles, picture: Pixels) -> Floats:
    """The share of the inside that has the inside's colour less that of the ground: (B,), -1 to 1."""
    seen = np.asarray(_seen(picture, *_laid(places, poses)), np.int16)
    off = np.zeros(seen.shape[:2], np.int16)
    for channel in range(3):
        plane = seen[..., channel]
        middle = np.partition(plane[:, :SAMPLES], SAMPLES // 2, axis=1)[:, SAMPLES // 2, None]
        off = np.maximum(off, np.abs(plane - middle))
    apart = np.partition(off[:, SAMPLES:], SAMPLES // 2, axis=1)[:, SAMPLES // 2, None]
    same = off < np.maximum(INK_SLACK, GROUND_SHARE * apart.astype(np.float32))
    return np.asarray(same[:, :SAMPLES].mean(axis=1) - same[:, SAMPLES:].mean(axis=1), np.float32)


def _edges(points: Floats, poses: Doubles, edges: Floats) -> Floats:
    """The mean over the outline of its edges' strength: (B,), 0 to 1."""
    xx, xy, yy = np.moveaxis(_seen(edges, *_laid(points[..., :2], poses)), 2, 0)
    turned = np.concatenate(
        [poses[:, :2] / np.hypot(*poses[:, :2].T)[:, None], np.zeros((len(poses), 2))], axis=1
    )
    x, y = _laid(points[..., 2:], turned)
    strength = np.sqrt(np.maximum(xx * x * x + 2 * xy * x * y + yy * y * y, 0))
    return np.asarray((strength / (strength + CONTRAST)).mean(axis=1), np.float32)
