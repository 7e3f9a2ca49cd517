"""Windows of a picture as textures: which colours, in which rhythm and direction, whatever the phase.

A window is described by the shares of its colours and by the power of its spectrum in rings and sectors.
Neither knows where in the window the pattern begins, so a window needs no alignment; both know the size
and the direction of the pattern, so a reference is described at many sizes and angles.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy.fft import rfft2

Pixels = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]
Boxes = npt.NDArray[np.float64]

WINDOW = 48
"""Side of a window in pixels, after scaling."""

VIEW_SHARES = (0.65, 0.52, 0.41, 0.325, 0.26, 0.205, 0.163, 0.13)
"""Sides of a reference's views as shares of its short side: thirds of an octave, from where all angles fit.
Half octaves and 15 degrees find 2 goods in 100 fewer."""
VIEW_ANGLES = tuple(range(0, 180, 10))
"""Degrees; half a turn more is the same texture."""

_RINGS = 8
_SECTORS = 8
_BINS = 8
_LAB_RANGES = ((0.0, 100.0), (-60.0, 60.0), (-60.0, 60.0))

DIMENSIONS = 3 * _BINS + 36 + 3 + 3 * _RINGS * _SECTORS
"""Numbers that describe a window."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows of one picture."""

    vectors: Vectors
    """(N, DIMENSIONS)."""
    boxes: Boxes
    """(N, 4): left, top, right, bottom as fractions of the picture's width and height."""


def windows(pixels: Pixels, shares: tuple[float, ...], *, step: float = 0.5) -> Windows:
    """Square windows on a grid over (H, W, 3) RGB pixels.

    Args:
        pixels: of a picture of any size.
        shares: sides of the windows as shares of the picture's short side, or of a quarter of its long one
            where that is more: a banner is not cut into thousands.
        step: from window to window, as a share of the window.
    """
    height, width = pixels.shape[:2]
    short = max(min(height, width), max(height, width) / 4)
    vectors, boxes = [], []
    for share in shares:
        scale = WINDOW / (share * short)
        size = (max(WINDOW, round(width * scale)), max(WINDOW, round(height * scale)))
        scaled = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        lefts, tops = (_starts(side, round(step * WINDOW)) for side in size)
        patches = [scaled[top : top + WINDOW, left : left + WINDOW] for top in tops for left in lefts]
        vectors.append(describe_windows(np.stack(patches)))
        boxes += [
            (left / size[0], top / size[1], (left + WINDOW) / size[0], (top + WINDOW) / size[1])
            for top in tops
            for left in lefts
        ]
    return Windows(np.concatenate(vectors), np.array(boxes))


def _starts(side: int, step: int) -> list[int]:
    """Evenly spread, the first at the edge and the last at the other."""
    count = 1 + -(-(side - WINDOW) // step)
    return [round(at) for at in np.linspace(0, side - WINDOW, count)]


def describe_windows(patches: Pixels) -> Vectors:
    """(N, WINDOW, WINDOW, 3) RGB to (N, DIMENSIONS)."""
    flat = patches.reshape(-1, WINDOW, 3).astype(np.float32) / 255
    lab = np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2LAB), np.float32).reshape(-1, WINDOW, WINDOW, 3)
    points: Vectors = lab[:, ::2, ::2].reshape(len(lab), -1, 3)  # colours need no more
    colours = np.concatenate(
        [*(_shares(points[..., at], _LAB_RANGES[at]) for at in range(3)), _hues(points)], axis=1
    )
    # Channel by channel: sums over what lies side by side take a third of the time.
    channels = np.ascontiguousarray(lab.transpose(0, 3, 1, 2))
    spread = np.ascontiguousarray(points.transpose(0, 2, 1)).std(axis=2)
    channels -= channels.reshape(len(lab), 3, -1).mean(axis=2)[..., None, None]
    channels *= _taper()
    waves = rfft2(channels).reshape(len(lab), 3, -1)
    pooled = (waves.real**2 + waves.imag**2) @ _pools()
    rhythm = np.sqrt(pooled / (pooled.sum(axis=(1, 2), keepdims=True) + 2000.0))
    return np.concatenate(
        [np.sqrt(colours), np.log1p(spread) / 4, rhythm.reshape(len(lab), -1)], axis=1
    ).astype(np.float32)


def _shares(values: Vectors, bounds: tuple[float, float]) -> Vectors:
    """(N, bins): shares of the pixels by value, each split between the two nearest bins."""
    low, high = bounds
    at = np.clip((values - low) / (high - low) * (_BINS - 1), 0, _BINS - 1)
    lower = np.minimum(at.astype(np.intp), _BINS - 2)
    upper = at - lower
    return _counted(lower, 1 - upper, _BINS) + _counted(lower + 1, upper, _BINS)


def _hues(points: Vectors) -> Vectors:
    """(N, 36): shares by a and b together, on a 6 x 6 grid, each pixel split among four."""
    grid = [np.clip((points[..., at] + 60) / 120 * 5, 0, 5) for at in (1, 2)]
    lower = [np.minimum(g.astype(np.intp), 4) for g in grid]
    upper = [g - low for g, low in zip(grid, lower, strict=True)]
    total = np.zeros((len(points), 36), np.float32)
    for i in (0, 1):
        for j in (0, 1):
            weight = (upper[0] if i else 1 - upper[0]) * (upper[1] if j else 1 - upper[1])
            total += _counted((lower[0] + i) * 6 + lower[1] + j, weight, 36)
    return total


def _counted(places: npt.NDArray[np.intp], weights: npt.NDArray[Any], bins: int) -> Vectors:
    rows = np.arange(len(places))[:, None] * bins
    counts = np.bincount((places + rows).ravel(), weights.ravel(), minlength=len(places) * bins)
    return np.asarray(counts.reshape(len(places), bins) / places.shape[1], np.float32)


@lru_cache(maxsize=1)
def _taper() -> npt.NDArray[np.float32]:
    edge = np.hanning(WINDOW + 2)[1:-1]
    return np.asarray(np.outer(edge, edge), np.float32)


@lru_cache(maxsize=1)
def _pools() -> npt.NDArray[np.float32]:
    """(frequencies, rings x sectors): what each pool takes of each frequency, rings half an octave wide."""
    fy, fx = np.meshgrid(np.fft.fftfreq(WINDOW) * WINDOW, np.fft.rfftfreq(WINDOW) * WINDOW, indexing="ij")
    radius, angle = np.hypot(fx, fy).ravel(), np.arctan2(fy, fx).ravel() % np.pi
    ring = np.log2(np.maximum(radius, 0.5) / 1.4) / 0.55
    sector = angle / np.pi * _SECTORS
    near_ring = np.maximum(0, 1 - np.abs(ring[:, None] - np.arange(_RINGS)))
    away = np.abs(sector[:, None] - np.arange(_SECTORS))
    near_sector = np.maximum(0, 1 - np.minimum(away, _SECTORS - away))
    pools = near_ring[:, :, None] * near_sector[:, None, :] * (radius > 0.5)[:, None, None]
    return np.asarray(pools.reshape(len(radius), -1), np.float32)


def views(pixels: Pixels) -> Vectors:
    """(N, DIMENSIONS): a reference's texture at every size and angle at which it is looked for."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    patches = []
    for share in VIEW_SHARES:
        scale = WINDOW / (share * short)
        size = (max(WINDOW, round(width * scale)), max(WINDOW, round(height * scale)))
        scaled = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        away = max(0.0, 0.5 * min(size) - WINDOW * np.sqrt(0.5))
        for angle in VIEW_ANGLES:
            for right, down in ((0, 0), (-1, -1), (1, -1), (-1, 1), (1, 1)):
                middle = (size[0] / 2 + 0.9 * away * right, size[1] / 2 + 0.9 * away * down)
                patches.append(_turned(scaled, middle, angle))
    return describe_windows(np.stack(patches))


def _turned(scaled: npt.NDArray[Any], middle: tuple[float, float], angle: float) -> Pixels:
    move = np.asarray(cv2.getRotationMatrix2D(middle, angle, 1.0), np.float64)
    move[:, 2] += WINDOW / 2 - np.array(middle)
    seen = cv2.warpAffine(
        scaled, move, (WINDOW, WINDOW), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(seen, dtype=np.uint8)
