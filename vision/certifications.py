"""Certification marks in a picture, by the shapes of their letters and rings.

They are small, plain and of one colour, which is where local features find nothing to hold. So the
picture is cut into connected dark and light shapes; a shape that looks like a part of a mark says where
the whole would lie, and the whole is compared there by normalised correlation; any way up, and up to some
20 degrees askew.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice, product
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from vision.svg import render_svg

LIKENESS = 0.74
"""Correlation from which a mark is taken as found; `benchmarks/certifications.py` measures it."""

_LARGEST = 1600
"""Long side, pixels, at most; a picture of half of it or less is doubled, which helps marks of 12 pixels."""
_LEVELS = (1.0, 0.4)
_PART = (8, 110)
"""Least and most pixels of a part's height and width, at each level."""
_STROKES = 41
"""Window of the local mean that tells dark from light: about four strokes of the largest mark of a level."""
_CONTRASTS = (10, 40)
"""Grey levels from the local mean at which the picture is cut: on a busy ground a mark hangs together with
what lies around it at 10, and stands alone at 40."""
_MASK = 20
"""Side of the square that parts are compared in."""
_SOFT = 1.2
"""Cells; a thin ring would otherwise fit no ring that is turned or printed a little otherwise."""
_PART_LIKENESS = 0.64
_CANDIDATES = 500
"""Places that are looked at most, the likeliest first."""
_HEIGHT = 36
"""Of the whole mark when it is compared."""
_TURNS = tuple(quarter + lean for quarter in (0, 90, 180, 270) for lean in (-16, -8, 0, 8, 16))
_SIZES = (0.92, 1.0, 1.09)
_MIDDLE = _SIZES.index(1.0)
_PLAY = 0.14
"""Of the mark's height, by which it may lie beside where its part says."""
_LEAST_STRETCH, _MOST_STRETCH = 0.72, 1.4
"""Of the mark's width to its height, as its part has it."""

Grey = npt.NDArray[Any]
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
_Floats = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark found in a picture."""

    key: str
    height: float
    """Pixels of the picture as it was sent."""
    likeness: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class _Part:
    """A connected shape of a template, and where it lies in it (fractions: left, top, width, height)."""

    key: str
    turn: int
    mask: _Floats
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A connected shape of the picture, in pixels of its level."""

    level: int
    dark: bool
    box: tuple[int, int, int, int]
    mask: _Floats


@dataclass(frozen=True, slots=True)
class _Supposed:
    """Where a whole mark would lie, by one of its parts, in pixels of a level."""

    key: str
    turn: int
    level: int
    dark: bool
    box: tuple[float, float, float, float]
    """Left, top, width, height."""

    @property
    def near(self) -> tuple[object, ...]:
        """The same for two that one comparison serves, which plays in place and size."""
        left, top, width, height = self.box
        size = round(np.log(height) / np.log(1 + _PLAY))
        step = _PLAY * (1 + _PLAY) ** size
        spot = round((left + width / 2) / step), round((top + height / 2) / step)
        return self.key, self.turn, self.level, self.dark, size, *spot


class CertificationIndex:
    """Artwork of marks, ready to be looked for. Made of greys (H, W) uint8, dark on white."""

    def __init__(self, artwork: Iterable[tuple[str, Grey]]) -> None:
        self._wholes: dict[tuple[str, int], tuple[Grey, ...]] = {}
        """Each mark at each turn, in the sizes in which it is compared; the middle one is `_HEIGHT` high."""
        self._parts: list[_Part] = []
        for key, grey in artwork:
            for turn in _TURNS:
                turned = _turned(grey, turn)
                self._wholes[key, turn] = tuple(_sized(turned, _HEIGHT * size) for size in _SIZES)
                self._parts += _parts(key, turn, turned)
        self._masks = np.stack([part.mask for part in self._parts]) if self._parts else None

    def search(self, pixels: npt.NDArray[np.uint8]) -> tuple[Mark, ...]:
        """Marks in a picture, (H, W, 3) uint8 RGB; each place is told once, by the likeliest mark."""
        if self._masks is None:
            return ()
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        levels = _levels(grey)
        shapes = [shape for at, (level, _) in enumerate(levels) for shape in _shapes(level, at)]
        if not shapes:
            return ()
        compared = (
            self._compared(*levels[it.level], supposed=it)
            for it in islice(self._supposed(shapes, self._masks), _CANDIDATES)
        )
        return _once_each([mark for mark in compared if mark is not None], grey.shape)

    def _supposed(self, shapes: Sequence[_Shape], masks: _Floats) -> Iterator[_Supposed]:
        """Where marks would lie, the likeliest first, each place once."""
        alike = np.stack([shape.mask for shape in shapes]) @ masks.T
        rows, columns = np.nonzero(alike >= _PART_LIKENESS)
        seen = set()
        for at in np.argsort(-alike[rows, columns], kind="stable"):
            shape, part = shapes[rows[at]], self._parts[columns[at]]
            left, top, wide, high = shape.box
            part_left, part_top, part_wide, part_high = part.box
            width, height = wide / part_wide, high / part_high
            template = self._wholes[part.key, part.turn][_MIDDLE]
            stretched = (width / height) / (template.shape[1] / template.shape[0])
            if not _LEAST_STRETCH <= stretched <= _MOST_STRETCH:
                continue
            box = (left - part_left * width, top - part_top * height, width, height)
            one = _Supposed(part.key, part.turn, shape.level, shape.dark, box)
            if one.near not in seen:
                seen.add(one.near)
                yield one

    def _compared(self, image: Grey, scale: float, *, supposed: _Supposed) -> Mark | None:
        """The whole mark where it is supposed, if it is there; its quad in pixels for now."""
        x, y, width, height = supposed.box
        wholes = self._wholes[supposed.key, supposed.turn]
        high, wide = wholes[_MIDDLE].shape
        box = (x - _PLAY * width, y - _PLAY * height, width * (1 + 2 * _PLAY), height * (1 + 2 * _PLAY))
        patch = _cut(image, box, (round(wide * (1 + 2 * _PLAY)), round(high * (1 + 2 * _PLAY))))
        if patch is None or float(patch.std()) < _CONTRASTS[0] / 2:
            return None
        scores = (cv2.matchTemplate(patch, whole, cv2.TM_CCOEFF_NORMED) for whole in wholes)
        best = max(float(score.max() if supposed.dark else -score.min()) for score in scores)
        if best < LIKENESS:
            return None
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        a, b, c, d = ((corner[0] / scale, corner[1] / scale) for corner in corners)
        tall = width if 45 < supposed.turn % 180 < 135 else height
        return Mark(key=supposed.key, height=tall / scale, likeness=round(best, 4), quad=(a, b, c, d))


@cache
def shipped_artwork() -> tuple[tuple[str, Grey], ...]:
    """The marks that are drawn for this project, by their names; see certification_marks/README.md."""
    folder = resources.files("vision") / "certification_marks"
    drawings = sorted((file for file in folder.iterdir() if file.name.endswith(".svg")), key=lambda f: f.name)
    return tuple(
        (file.name.removesuffix(".svg"), artwork(render_svg(file.read_bytes(), long_side=160).pixels))
        for file in drawings
    )


def artwork(pixels: npt.NDArray[np.uint8]) -> Grey:
    """A picture of a mark alone, (H, W, 3) RGB, as an index wants it: grey, dark on white, cut to size."""
    grey: Grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if np.median(rim) < 128:
        grey = 255 - grey
    drawn = grey < 160
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if not len(rows):
        return grey
    return np.ascontiguousarray(grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _sized(grey: Grey, height: float) -> Grey:
    size = (round(height * grey.shape[1] / grey.shape[0]), round(height))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def _turned(grey: Grey, degrees: int) -> Grey:
    side = int(np.hypot(*grey.shape)) + 4
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    drawn = cv2.warpAffine(grey, turn, (side, side), flags=cv2.INTER_LINEAR, borderValue=255)
    return artwork(np.repeat(drawn[..., None], 3, 2))


def _parts(key: str, turn: int, whole: Grey) -> Iterator[_Part]:
    height, width = whole.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats((whole < 128).astype(np.uint8))
    for at, (left, top, wide, high, _) in enumerate(stats[1:].tolist(), start=1):
        if high >= 0.35 * height:
            mask = _mask(labels[top : top + high, left : left + wide] == at)
            yield _Part(key, turn, mask, (left / width, top / height, wide / width, high / height))


def _levels(grey: Grey) -> list[tuple[Grey, float]]:
    """The picture at several sizes, with their scales to the picture as it was sent."""
    side = max(grey.shape)
    base = _LARGEST / side if side > _LARGEST else 2.0 if side * 2 <= _LARGEST else 1.0
    levels = []
    for factor in _LEVELS:
        scale = base * factor
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        levels.append((cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how), scale))
    return levels


def _shapes(grey: Grey, level: int) -> Iterator[_Shape]:
    mean = cv2.boxFilter(grey, cv2.CV_16S, (_STROKES, _STROKES))
    least, most = _PART
    for contrast, dark in product(_CONTRASTS, (True, False)):
        away = mean - grey if dark else grey - mean
        _, labels, stats, _ = cv2.connectedComponentsWithStats((away > contrast).astype(np.uint8))
        sides, areas = stats[:, 2:4], stats[:, 4]
        fits = (sides >= least).all(1) & (sides <= most).all(1)
        fits &= areas >= 0.1 * sides.prod(1)
        fits[0] = False
        for at in np.flatnonzero(fits):
            left, top, wide, high = (int(value) for value in stats[at][:4])
            mask = _mask(labels[top : top + high, left : left + wide] == at)
            yield _Shape(level, dark, (left, top, wide, high), mask)


def _mask(shape: npt.NDArray[np.bool_]) -> _Floats:
    """A shape stretched to a square, centred on 0 and of length 1, so that a product is a correlation."""
    square = cv2.resize(shape.astype(np.float32), (_MASK, _MASK), interpolation=cv2.INTER_AREA)
    square = cv2.GaussianBlur(square, (0, 0), _SOFT).ravel()
    square -= square.mean()
    mask: _Floats = square / max(float(np.linalg.norm(square)), 1e-6)
    return mask


def _cut(image: Grey, box: tuple[float, float, float, float], size: tuple[int, int]) -> Grey | None:
    """A box (left, top, width, height) of an image at a size; None where a quarter of it lies outside."""
    left, top = round(box[0]), round(box[1])
    right, bottom = round(box[0] + box[2]), round(box[1] + box[3])
    inner = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if inner.size < 0.75 * (right - left) * (bottom - top):
        return None
    before, above = max(0, -left), max(0, -top)
    after, below = right - left - before - inner.shape[1], bottom - top - above - inner.shape[0]
    whole = cv2.copyMakeBorder(inner, above, below, before, after, cv2.BORDER_REPLICATE)
    how = cv2.INTER_AREA if whole.shape[0] > size[1] else cv2.INTER_CUBIC
    return cv2.resize(whole, size, interpolation=how)


def _once_each(marks: list[Mark], shape: tuple[int, ...]) -> tuple[Mark, ...]:
    """The likeliest at every place, its quad in fractions of the picture."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (-mark.likeness, mark.key, mark.quad)):
        (left, top), _, (right, bottom), _ = mark.quad
        x, y = (left + right) / 2, (top + bottom) / 2
        if not any(o.quad[0][0] <= x <= o.quad[2][0] and o.quad[0][1] <= y <= o.quad[2][1] for o in kept):
            kept.append(mark)
    height, width = shape[:2]

    def fractions(quad: Quad) -> Quad:
        a, b, c, d = ((round(x / width, 4), round(y / height, 4)) for x, y in quad)
        return a, b, c, d

    return tuple(
        Mark(
            key=mark.key,
            height=round(mark.height, 1),
            likeness=mark.likeness,
            quad=fractions(mark.quad),
        )
        for mark in kept
    )
