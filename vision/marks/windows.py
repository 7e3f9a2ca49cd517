"""Where in a picture something lies that looks like one of a mark's templates: all sizes, all places.

The picture is shrunk step by step, described by the network once a step, and compared with every template
by the cosine of whitened cells. A template has about 36 cells, in the mark's own proportions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from vision.marks.backbone import FINE_CELL, Floats, Pixels, layers, whitenings

Doubles = npt.NDArray[np.float64]

CHANNELS = 32
"""Of whitened `fine` cells."""
LONG_SIDES = (640, 453, 320, 226, 160, 113, 80)
"""Of the shrunk (or enlarged) picture, in steps of the square root of two. A mark of 6 to 50 % of the
picture's long side falls on one of them; 640 is two fifths of the cost, and finds the small ones."""
CELLS = 6
"""Cells along a square template. 36 cells of 8 pixels find as much as 144 (83 against 76 % of crops)."""
_CELLS_BETWEEN = (3, 12)
MARGIN = 1.15
"""A template's side over the mark's: some ground around it tells its outline."""
_PER_LEVEL = 15
_APART, _SCALES_APART = 0.3, 1.55
"""Places nearer than this share of their size, and of more alike sizes, are one place."""


class Grid(NamedTuple):
    """Rows and columns of cells."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """What a mark looks like in one pose."""

    grid: Grid
    cells: Floats
    """(rows x columns x channels,), of length 1."""
    side: float
    """The mark's longer side in pixels of the template."""
    angle: float = 0.0
    """Degrees clockwise by which the mark is turned."""
    mirrored: bool = False


class Place(NamedTuple):
    """Where a template was found, in the picture's pixels."""

    likeness: float
    """Cosine, -1 to 1."""
    x: float
    y: float
    size: float
    """The mark's longer side."""
    angle: float
    mirrored: bool


@dataclass(frozen=True, eq=False)
class Level:
    """A picture at one size."""

    cells: Floats
    """(rows, columns, channels), whitened."""
    across: float
    down: float
    """The picture's pixels for one of this size's."""

    @cached_property
    def sums(self) -> Doubles:
        """Of the squared cells above and left of each corner: any window's length is four look-ups."""
        energy = np.einsum("ijk,ijk->ij", self.cells, self.cells, dtype=np.float64)
        return np.pad(energy, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)


def levels(pixels: Pixels, *, sides: Sequence[int] = LONG_SIDES) -> tuple[Level, ...]:
    """A picture at several sizes. About 0.1 s on one core for all of `LONG_SIDES` together."""
    height, width = pixels.shape[:2]
    white = whitenings()[0]
    found = []
    for side in sides:
        scale = side / max(height, width)
        size = [max(CELLS, round(length * scale / FINE_CELL)) * FINE_CELL for length in (width, height)]
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        shrunk = np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
        cells = white(layers().fine(shrunk[None])[0])
        found.append(Level(cells, width / size[0], height / size[1]))
    return tuple(found)


def grid_for(width: float, height: float) -> Grid:
    """About `CELLS` squared cells in these proportions."""
    stretch = (width / height) ** 0.5
    low, high = _CELLS_BETWEEN
    return Grid(min(max(round(CELLS / stretch), low), high), min(max(round(CELLS * stretch), low), high))


def template(patch: Pixels, *, side: float, angle: float = 0.0, mirrored: bool = False) -> Template:
    """A template from pixels: (8 x rows, 8 x columns, 3)."""
    cells = whitenings()[0](layers().fine(patch[None])[0])
    grid = Grid(patch.shape[0] // FINE_CELL, patch.shape[1] // FINE_CELL)
    flat = cells.ravel()
    return Template(grid, flat / max(float(np.linalg.norm(flat)), 1e-6), side, angle, mirrored)


def find(
    at_all_sizes: Iterable[Level],
    wanted: "Mapping[str, Sequence[Template]] | Packed",
    *,
    most: int,
    least: Mapping[str, float] | None = None,
) -> dict[str, list[Place]]:
    """For each name, the places most like one of its templates, the likeliest first, at most `most`.

    Args:
        at_all_sizes: the picture, from `levels`.
        wanted: templates by name.
        most: places for each name.
        least: the smallest mark, in the picture's pixels, that is a place of a name.
    """
    packed = wanted if isinstance(wanted, Packed) else Packed.of(wanted)
    found: dict[str, list[Place]] = {name: [] for name in packed.names}
    for level in at_all_sizes:
        for _, alike in groupby(packed.grids.items(), key=lambda it: it[0].columns):
            strips: _Strips | None = None
            for grid, known in alike:
                if level.cells.shape[0] >= grid.rows and level.cells.shape[1] >= grid.columns:
                    strips = strips or _Strips.of(level, grid.columns)
                    _search(strips, grid, known, least or {}, found)
    return {name: distinct(places, most) for name, places in found.items()}


def _search(
    strips: "_Strips",
    grid: Grid,
    known: "_OfOneGrid",
    least: Mapping[str, float],
    found: dict[str, list[Place]],
) -> None:
    level = strips.level
    shrunk = (level.across + level.down) / 2
    mine = {
        name: kept
        for name, numbers in known.mine.items()
        if (kept := [at for at in numbers if known.templates[at].side * shrunk >= least.get(name, 0.0)])
    }
    if not mine:
        return
    compared = [at for kept in mine.values() for at in kept]
    cells = known.cells if len(compared) == len(known.templates) else known.cells[compared]
    products, lengths = _products(strips.cells, grid, cells), _lengths(level.sums, grid)
    columns = level.cells.shape[1] - grid.columns + 1
    few, start = min(_PER_LEVEL, len(lengths)), 0
    for name, kept in mine.items():
        ours = products[start : start + len(kept)]
        start += len(kept)
        top = ours.max(axis=0) / lengths
        likeliest = np.argpartition(-top, few - 1)[:few]
        for at, best in zip(likeliest, ours[:, likeliest].argmax(axis=0), strict=True):
            down, across = divmod(int(at), columns)
            one = known.templates[kept[best]]
            found[name].append(
                Place(
                    float(top[at]),
                    (across + grid.columns / 2) * FINE_CELL * level.across,
                    (down + grid.rows / 2) * FINE_CELL * level.down,
                    one.side * shrunk,
                    one.angle,
                    one.mirrored,
                )
            )


class _Strips(NamedTuple):
    """A level with every run of so many of its cells along a row."""

    level: Level
    cells: Floats
    """(rows, places across, columns x channels)."""

    @classmethod
    def of(cls, level: Level, columns: int) -> Self:
        views = np.lib.stride_tricks.sliding_window_view(level.cells, columns, axis=1).transpose(0, 1, 3, 2)
        return cls(level, np.asarray(views.reshape(*views.shape[:2], -1)))


def _products(strips: Floats, grid: Grid, templates: Floats) -> Floats:
    """Of every template with every window, (templates, windows).

    Rows of templates with rows of cells in one product, then summed row by row: laying out whole windows in
    memory took two to three times as long.
    """
    long, wide, size = strips.shape
    high = long - grid.rows + 1
    products = (templates.reshape(-1, size) @ strips.reshape(-1, size).T).reshape(
        len(templates), grid.rows, long, wide
    )
    total = products[:, 0, :high].copy()
    for row in range(1, grid.rows):
        total += products[:, row, row : row + high]
    return total.reshape(len(templates), -1)


def _lengths(sums: Doubles, grid: Grid) -> Floats:
    """Of every window's numbers, (windows,), from a level's `sums`."""
    down, across = grid
    whole = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    return np.asarray(np.sqrt(np.maximum(whole.ravel(), 1e-12)), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _OfOneGrid:
    """The templates of one shape, whoever wants them."""

    templates: tuple[Template, ...]
    cells: Floats
    """(templates, rows x columns x channels)."""
    mine: Mapping[str, tuple[int, ...]]
    """Whose is which: each name's stand together, in the order of the names."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Templates by name, made ready to be looked for in many pictures: those of a shape in one product."""

    names: tuple[str, ...]
    grids: Mapping[Grid, _OfOneGrid]
    """Those of as many columns beside each other: they share a level's strips."""

    @classmethod
    def of(cls, wanted: Mapping[str, Sequence[Template]]) -> Self:
        """From templates by name."""
        by_grid = defaultdict[Grid, list[tuple[str, Template]]](list)
        for name, templates in wanted.items():
            for one in templates:
                by_grid[one.grid].append((name, one))
        grids = {}
        for grid, known in sorted(by_grid.items(), key=lambda it: (it[0].columns, it[0].rows)):
            mine = defaultdict[str, list[int]](list)
            for number, (name, _) in enumerate(known):
                mine[name].append(number)
            grids[grid] = _OfOneGrid(
                tuple(one for _, one in known),
                np.stack([one.cells for _, one in known]),
                {name: tuple(numbers) for name, numbers in mine.items()},
            )
        return cls(tuple(wanted), grids)


def distinct(places: Iterable[Place], most: int) -> list[Place]:
    """The likeliest places, of several in nearly the same spot only one."""
    kept: list[Place] = []
    for place in sorted(places, reverse=True):
        if not any(_same(place, other) for other in kept):
            kept.append(place)
        if len(kept) == most:
            break
    return kept


def _same(one: Place, other: Place) -> bool:
    near = max(abs(one.x - other.x), abs(one.y - other.y)) <= _APART * max(one.size, other.size)
    alike = 1 / _SCALES_APART < one.size / other.size < _SCALES_APART
    return near and alike and one.mirrored == other.mirrored


class Pyramid:
    """A picture with its halves, quarters and so on, each made when it is first asked for."""

    def __init__(self, pixels: Pixels) -> None:
        """Of (H, W, 3) RGB."""
        self.pixels = pixels
        self._halved = [pixels]

    def at(self, scale: float) -> tuple[Pixels, float, float]:
        """What is nearest above `scale`, so that little is left to shrink; its size over the picture's."""
        level = max(0, round(np.floor(np.log2(_LEFT / scale))))
        while len(self._halved) <= level and min(self._halved[-1].shape[:2]) > 1:
            last = self._halved[-1]
            size = (max(1, last.shape[1] // 2), max(1, last.shape[0] // 2))
            self._halved.append(np.asarray(cv2.resize(last, size, interpolation=cv2.INTER_AREA), np.uint8))
        found = self._halved[min(level, len(self._halved) - 1)]
        return (
            found,
            found.shape[1] / self.pixels.shape[1],
            found.shape[0] / self.pixels.shape[0],
        )


_LEFT = 1.1
"""Warping takes no averages: from a picture of at most 1 / 0.55 = 1.8 times the size that costs no detail
that counts, and enlarging by a tenth costs none."""


def crop(
    picture: Pixels | Pyramid, centre: tuple[float, float], *, side: float, to: int, angle: float = 0.0
) -> Pixels:
    """The square of `side` around a point, turned back by `angle` degrees, as (to, to, 3).

    Beyond its edge the picture is reflected: a plain border would be a shape of its own. Who takes many crops
    of one picture hands over its pyramid: shrinking the picture costs most of a crop.
    """
    pyramid = picture if isinstance(picture, Pyramid) else Pyramid(picture)
    scale = to / side
    pixels, across, down = pyramid.at(scale)
    x, y = (centre[0] + 0.5) * across - 0.5, (centre[1] + 0.5) * down - 0.5
    warp = cv2.getRotationMatrix2D((x, y), angle, scale * 2 / (across + down))
    warp[:, 2] += np.array([to / 2 - x, to / 2 - y])
    way = cv2.INTER_LINEAR if scale < across else cv2.INTER_CUBIC
    return np.asarray(
        cv2.warpAffine(pixels, warp, (to, to), flags=way, borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def dump_templates(templates: Sequence[Template]) -> dict[str, Floats]:
    """Templates as arrays for one .npz."""
    poses = [(*one.grid, one.side, one.angle, one.mirrored) for one in templates]
    empty = np.zeros((0,), np.float32)
    return {
        "poses": np.array(poses, np.float32).reshape(len(poses), 5),
        "cells": np.concatenate([empty, *(one.cells for one in templates)]),
    }


def load_templates(kept: Mapping[str, Floats]) -> tuple[Template, ...]:
    """The inverse of `dump_templates`; ValueError or KeyError where the arrays are none."""
    templates, start = [], 0
    cells = np.asarray(kept["cells"], np.float32)
    for rows, columns, side, angle, mirrored in kept["poses"].tolist():
        grid = Grid(int(rows), int(columns))
        end = start + grid.rows * grid.columns * CHANNELS
        templates.append(Template(grid, cells[start:end], side, angle, bool(mirrored)))
        start = end
    if start != len(cells):
        raise ValueError(f"templates of {start:,} numbers, but there are {len(cells):,}")
    return tuple(templates)
