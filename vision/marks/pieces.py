"""Where a one-colour mark may lie, by the shapes that hang together in it.

Whatever is pasted or printed in one colour hangs together: as strokes, as holes in them, or as both. Every
such shape of a picture is taken once, whatever is looked for: at several levels of lightness and of colour,
as what no edge crosses, and as narrow strokes. It is put into a frame of its own (its middle, its spread).
There a shape of the artwork is compared with all of them in one product. Each that agrees says where the
whole mark would lie, how large and how turned; the outline has the last word. Unlike the network's templates
this knows nothing of what lies around a mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from vision.marks.backbone import Floats, Pixels
from vision.marks.outline import Doubles

Mask = npt.NDArray[np.uint8]

LONG_SIDE = 320
"""Of the picture whose shapes are taken. A mark of 0.18 of the width has 58 pixels there."""
_LIGHT = tuple(range(24, 250, 40))
_COLOUR = tuple(128 + step for step in (-38, -8, 8, 38))
"""Levels of L, a and b (8 bits) at which a picture falls into shapes."""
_EVEN = (5.0, 9.0, 14.0)
"""Grey levels a pixel below which nothing parts one pixel from the next. Ink between two colours of the
ground (gold over wood and peppers) is one shape at no level, but has an edge all around."""
_NARROW, _STANDS_OUT = 9, (14, 28)
"""Pixels across what is a stroke, and the levels of L by which one is darker or lighter than around it: thin
lines and lettering over a ground that is lighter here and darker there.

Of 235 marks pasted on photographs, 217 had a pose that fits at a glance with twice as many levels and neither
of these; 224 with what is even, 228 with both."""
_LEAST_LONG, _LEAST_AREA, _MOST_AREA, _MOST_LONG = 0.035, 40, 0.25, 0.95
"""Of a shape: its box's longer side as a share of the picture's, its pixels, and shares of the picture."""
_SIDE, _REACH = 20, 2.3
"""Cells along a shape's frame, and half the frame in spreads: a straight bar reaches 1.7 spreads."""
_TURNS = tuple(range(-24, 25, 8))
"""Degrees; with each good for about six more either way."""
_MOST_PIECES = 10
_LEAST_SPREAD, _LEAST_PIXELS = 0.05, 30
"""Of a piece of artwork, in the mark's long sides and in the mask's pixels: what is smaller tells no pose."""
_JOINED = (2, 4)
"""Radii, for a long side of 256, by which a mark's strokes are run together and its thin ones taken off: what
blur and JPEG do to them."""
_ALIKE = 0.86
"""Cosine from which a shape may be a piece. Of 173 right ones the least had 0.92."""
_AS_GOOD = 0.02
"""Turns that are so nearly as good as the best are tried as well: a disc has no turn."""
_LARGER = 0.1
"""What a spread of one long side adds to a cosine: the larger the piece, the better it tells the pose."""
_MOST_POSES = 60


class Shapes(NamedTuple):
    """What hangs together in a picture."""

    middles: Doubles
    """(N, 2), in pixels of the picture at `LONG_SIDE`."""
    spreads: Doubles
    """(N,): root mean square distance from the middle."""
    looks: Floats
    """(N, cells), of length 1."""


def shrunk(pixels: Pixels) -> tuple[Pixels, float]:
    """A picture at `LONG_SIDE`, and its size over the picture's."""
    height, width = pixels.shape[:2]
    scale = LONG_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8), scale


def shapes_of(small: Pixels, edges: Floats) -> Shapes:
    """The shapes of a picture that was `shrunk`, each once: some 250, in 20 ms of one core.

    `edges` is its `vision.marks.outline.edge_map`.
    """
    lab = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (3, 3), 0), cv2.COLOR_RGB2LAB), np.uint8)
    height, width = small.shape[:2]
    found: dict[tuple[int, int, int, int], tuple[Mask, int, int]] = {}
    for mask in (*_levels(lab), *_plains(edges), *_strokes(lab)):
        # Labels of 16 bits, by this algorithm: half the time of OpenCV's default, the same shapes.
        _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
            mask, 8, cv2.CV_16U, cv2.CCL_GRANA
        )
        long = stats[:, 2:4].max(axis=1)
        taken = (long >= _LEAST_LONG * max(height, width)) & (stats[:, 4] >= _LEAST_AREA)
        taken &= (stats[:, 4] <= _MOST_AREA * height * width) & (stats[:, 2] < _MOST_LONG * width)
        taken &= stats[:, 3] < _MOST_LONG * height
        taken[0] = False
        for number in np.flatnonzero(taken):
            x, y, wide, high, area = (int(value) for value in stats[number])
            key = (
                round((x + wide / 2) / 4),
                round((y + high / 2) / 4),
                round(np.log(area) * 8),
                round(np.log(wide) * 8),
            )
            if key not in found:
                part = labels[y : y + high, x : x + wide] == number
                found[key] = (part.view(np.uint8), x, y)
    framed = [(_framed(mask), x, y) for mask, x, y in found.values()]
    return Shapes(
        np.array([(x + one.middle[0], y + one.middle[1]) for one, x, y in framed]).reshape(-1, 2),
        np.array([one.spread for one, _, _ in framed]),
        _looks([one.frame for one, _, _ in framed]),
    )


def _levels(lab: Pixels) -> Iterator[Mask]:
    """What is darker, and what is lighter, than each level of each plane."""
    for number, plane in enumerate(cv2.split(lab)):
        low, high = int(plane.min()), int(plane.max())
        for level in _LIGHT if number == 0 else _COLOUR:
            if low <= level < high:
                below = (plane <= level).view(np.uint8)
                yield below
                yield 1 - below


def _plains(edges: Floats) -> Iterator[Mask]:
    """What no edge crosses, at several strengths of one."""
    energy = edges[..., 0] + edges[..., 2]
    for strength in _EVEN:
        yield (energy < strength**2).view(np.uint8)


def _strokes(lab: Pixels) -> Iterator[Mask]:
    """What is narrow, and darker or lighter than what lies on both of its sides."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_NARROW, _NARROW))
    light = np.ascontiguousarray(lab[..., 0])
    for way in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        beside = cv2.morphologyEx(light, way, disc)
        for level in _STANDS_OUT:
            yield (beside > level).view(np.uint8)


class _Framed(NamedTuple):
    middle: tuple[float, float]
    spread: float
    frame: Mask


def _framed(mask: Mask, turn: float = 0.0) -> _Framed:
    """A shape, 0 or 1, in its own frame, (cells, cells) of 0..255, turned by so many degrees first."""
    moments = cv2.moments(mask, binaryImage=True)
    area = moments["m00"]
    x, y = moments["m10"] / area, moments["m01"] / area
    spread = float(np.sqrt((moments["mu20"] + moments["mu02"]) / area + 1 / 6))
    step, fine = _SIDE / (_REACH * spread), 2 * _SIDE
    full = mask * np.uint8(255)
    if step < 0.5:  # warping takes no averages
        side = round(1 / step)
        full = np.asarray(cv2.blur(full, (side, side), borderType=cv2.BORDER_CONSTANT), np.uint8)
    radians = np.deg2rad(turn)
    matrix = step * np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    moved = np.column_stack([matrix, (_SIDE - 0.5, _SIDE - 0.5) - matrix @ (x, y)])
    laid = cv2.warpAffine(full, moved, (fine, fine), flags=cv2.INTER_LINEAR)
    frame = cv2.resize(laid, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return _Framed((x, y), spread, np.asarray(frame, np.uint8))


def _looks(frames: list[Mask]) -> Floats:
    """Frames blurred, centred and brought to length 1: (N, cells)."""
    if not frames:
        return np.zeros((0, _SIDE * _SIDE), np.float32)
    soft = [cv2.GaussianBlur(one, (5, 5), 0.9, borderType=cv2.BORDER_CONSTANT) for one in frames]
    flat = np.stack(soft).reshape(len(soft), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """A mark's own shapes, at several turns."""

    looks: Floats
    """(N, cells)."""
    middles: Doubles
    """(N, 2), from the mark's middle, in its long sides."""
    spreads: Doubles
    """(N,), in its long sides."""
    turns: Doubles
    """(N,), radians."""

    @classmethod
    def of(cls, mask: Floats) -> Self:
        """From a mask of ink, 0..1, cut to where there is ink. About 10 ms."""
        long, middle = max(mask.shape), (np.array(mask.shape[::-1]) - 1) / 2
        frames, middles, spreads = [], list[Doubles](), list[float]()
        for piece in _pieces(mask):
            turned = [_framed(piece, turn) for turn in _TURNS]
            frames += [one.frame for one in turned]
            middles += [(np.array(one.middle) - middle - _BORDER) / long for one in turned]
            spreads += [one.spread / long for one in turned]
        turns = np.deg2rad(np.resize(np.array(_TURNS, np.float64), len(frames)))
        return cls(_looks(frames), np.array(middles).reshape(-1, 2), np.array(spreads), turns)

    def poses(self, shapes: Shapes, *, least: float, most: float) -> Doubles:
        """Where the mark would lie for each shape that may be one of its pieces, the likeliest first.

        (N, 4), N at most `_MOST_POSES`: (a, b, x, y) turns and scales by [[a, -b], [b, a]] and moves to
        (x, y), in long sides and in pixels of the picture at `LONG_SIDE`. The mark's long side is `least` to
        `most` such pixels: specks look like some piece of anything, and would crowd out the rest.
        """
        if not len(self.looks) or not len(shapes.looks):
            return np.zeros((0, 4))
        cosines = (shapes.looks @ self.looks.T).reshape(len(shapes.looks), -1, len(_TURNS))
        best = cosines.max(axis=2, keepdims=True)
        alike = ((cosines >= _ALIKE) & (cosines >= best - _AS_GOOD)).reshape(len(shapes.looks), -1)
        sizes = (shapes.spreads[:, None] / self.spreads[None]).reshape(alike.shape)
        shape, piece = np.nonzero(alike & (sizes >= least) & (sizes <= most))
        worth = cosines.reshape(alike.shape)[shape, piece] + _LARGER * self.spreads[piece]
        order = np.argsort(-worth, kind="stable")[:_MOST_POSES]
        shape, piece = shape[order], piece[order]
        size = sizes[shape, piece]
        across, down = size * np.cos(self.turns[piece]), size * np.sin(self.turns[piece])
        x, y = self.middles[piece].T
        moved = shapes.middles[shape] - np.stack([across * x - down * y, down * x + across * y], axis=1)
        return np.column_stack([across, down, moved])


_BORDER = 12
"""Pixels of empty ground around the mask, more than any stroke is widened by."""


def _pieces(mask: Floats) -> list[Mask]:
    """Strokes and holes, as drawn and as blur joins and parts them, the most spread out first, each once."""
    ink = (mask > 0.5).astype(np.uint8)
    inked = np.pad(ink, _BORDER)
    found = [*_parts(inked), *_parts(1 - inked)[1:]] if inked.any() else []
    for radius in _JOINED:
        side = 2 * round(radius * max(mask.shape) / 256) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        for way in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN):
            found += _parts(np.asarray(cv2.morphologyEx(inked, way, disc), np.uint8))
    framed = [(_framed(one), one) for one in found if one.sum() >= _LEAST_PIXELS]
    kept: list[tuple[_Framed, Mask]] = []
    for frame, one in sorted(framed, key=lambda it: -it[0].spread):
        if frame.spread < _LEAST_SPREAD * max(mask.shape) or len(kept) == _MOST_PIECES:
            break
        if not any(_same(frame, one, *other) for other in kept):
            kept.append((frame, one))
    return [one for _, one in kept]


def _parts(inked: Mask) -> list[Mask]:
    """Everything that hangs together; of the ground, what lies around the mark comes first."""
    count, labels = cv2.connectedComponents(inked, connectivity=8)
    return [(labels == number).view(np.uint8) for number in range(1, count)]


def _same(frame: _Framed, one: Mask, other_frame: _Framed, other: Mask) -> bool:
    near = np.hypot(*np.subtract(frame.middle, other_frame.middle)) < 0.05 * frame.spread
    as_wide = abs(frame.spread - other_frame.spread) < 0.04 * frame.spread
    return bool(near and as_wide and abs(int(one.sum()) - int(other.sum())) < 0.06 * one.sum())
