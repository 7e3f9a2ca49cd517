"""Single windows of drawn patterns: clean, as a camera sees them, and of plain things."""

import cv2
import numpy as np
import numpy.typing as npt

from tests.scenarios.drawn_patterns import CELL, Pixels
from vision.pattern_windows import WINDOW

Floats = npt.NDArray[np.float64]


def clean(cell: Pixels, rng: np.random.Generator, *, repeats: float, angle: float) -> Pixels:
    """A flat window of so many repeats, turned by an angle in degrees; only where it begins is chance."""
    return _window(cell, rng, repeats=repeats, angle=angle, aslant=np.zeros(2), wavy=0.0, tall=1.0).astype(
        np.uint8
    )


def as_seen(cell: Pixels, rng: np.random.Generator, *, repeats: float, angle: float) -> Pixels:
    """The same as goods show it: not quite of that size and angle, aslant, wavy, lit, cast, blurred."""
    window = _window(
        cell,
        rng,
        repeats=repeats * rng.uniform(0.86, 1.16),
        angle=angle + rng.uniform(-8, 8),
        aslant=rng.uniform(-0.2, 0.2, 2),
        wavy=float(rng.uniform(0, 0.05)),
        tall=float(rng.uniform(0.85, 1.18)),
    )
    return degraded(window, rng)


def degraded(window: Floats, rng: np.random.Generator) -> Pixels:
    """A window beside a seam, in uneven light, with a colour cast, blur and grain."""
    side = len(window)
    if rng.random() < 0.35:
        rows, columns = np.mgrid[0:side, 0:side]
        turn = rng.uniform(0, 2 * np.pi)
        along = columns * np.cos(turn) + rows * np.sin(turn)
        beyond = along > np.quantile(along, 1 - rng.uniform(0, 0.25))
        window = np.where(beyond[..., None], rng.uniform(20, 240, 3), window)
    rows, columns = np.mgrid[-0.5 : 0.5 : side * 1j, -0.5 : 0.5 : side * 1j]
    slope = rng.uniform(-0.25, 0.25, 2)
    light = 1 + slope[0] * rows + slope[1] * columns + rng.uniform(0, 0.12) * _waves(side, rng)
    lit = window * light[..., None] * rng.uniform(0.86, 1.14, 3) * rng.uniform(0.65, 1.25)
    blurred = cv2.GaussianBlur(np.clip(lit, 0, 255), (0, 0), rng.uniform(0.2, 1.3))
    return np.clip(blurred + rng.normal(0, rng.uniform(0, 6), lit.shape), 0, 255).astype(np.uint8)


def plain(rng: np.random.Generator) -> Floats:
    """Something without a pattern: flat, grainy, blotched, or a few edges."""
    side, kind = WINDOW, rng.integers(4)
    surface = np.broadcast_to(rng.uniform(20, 240, 3), (side, side, 3)).astype(np.float64)
    if kind == 1:
        surface = surface + rng.normal(0, rng.uniform(3, 30), (side, side, 1))
    elif kind == 2:
        blots = sum(
            cv2.resize(rng.normal(0, 1, (2**fine + 1,) * 2), (side, side), interpolation=cv2.INTER_CUBIC)
            * 0.6**fine
            for fine in range(1, 6)
        )
        surface = surface + (blots * rng.uniform(10, 50))[..., None]
    elif kind == 3:
        shapes = np.ascontiguousarray(surface, dtype=np.uint8)
        for _ in range(rng.integers(1, 7)):
            corners = rng.integers(-10, side + 10, (rng.integers(3, 6), 2)).astype(np.int32)
            cv2.fillPoly(shapes, [corners], [int(value) for value in rng.integers(0, 256, 3)])
        surface = shapes.astype(np.float64)
    return np.clip(surface, 0, 255)


def _window(
    cell: Pixels,
    rng: np.random.Generator,
    *,
    repeats: float,
    angle: float,
    aslant: Floats,
    wavy: float,
    tall: float,
) -> Floats:
    """(WINDOW, WINDOW, 3), sampled twice as fine and reduced."""
    fine = 2 * WINDOW
    side = max(3, round(fine / repeats))
    small = cv2.resize(cell, (side, side), interpolation=cv2.INTER_AREA if side < CELL else cv2.INTER_CUBIC)
    turn = np.deg2rad(angle)
    columns, rows = np.meshgrid(np.arange(fine) - WINDOW + 0.5, np.arange(fine) - WINDOW + 0.5)
    depth = 1 + (aslant[0] * columns + aslant[1] * rows) / fine
    across, down = columns * tall / depth, rows / depth
    stretch = side * repeats / fine
    x = (np.cos(turn) * across - np.sin(turn) * down) * stretch + rng.uniform(0, side)
    y = (np.sin(turn) * across + np.cos(turn) * down) * stretch + rng.uniform(0, side)
    x = x + wavy * side * _waves(fine, rng)
    y = y + wavy * side * _waves(fine, rng)
    twice = np.tile(small, (3, 3, 1))
    at = np.mod(x, side) + side, np.mod(y, side) + side
    seen = cv2.remap(twice, at[0].astype(np.float32), at[1].astype(np.float32), cv2.INTER_LINEAR)
    return cv2.resize(seen, (WINDOW, WINDOW), interpolation=cv2.INTER_AREA).astype(np.float64)


def _waves(side: int, rng: np.random.Generator) -> Floats:
    coarse = rng.normal(0, 1, (3, 3)).astype(np.float32)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float64)
