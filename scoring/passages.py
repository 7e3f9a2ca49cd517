"""What the lines of a picture say together: a name may be set in two lines, or torn into two boxes."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring.features import TextLine

MOST_LINES = 4
"""Lines of one passage: "GOD / MOR / GON" is a real logo of three."""
_FARTHEST = 1.0
"""Space between two lines or words of a passage, in heights of the first."""
_OVERLAP = 0.5
"""Of the shorter of two lines' extents, as far as they must lie under (or beside) each other."""
_TALLER = 2.5
"""Times: lines of one name are set in sizes no farther apart."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines read one after the other."""

    lines: tuple[TextLine, ...]

    @property
    def text(self) -> str:
        """The lines' texts with a space between them."""
        return " ".join(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        """That of the line that is read worst."""
        return min(line.confidence for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where another line lies in a line's own frame: the line itself goes from 0 to 1 both ways."""

    left: float
    right: float
    top: float
    bottom: float


def passages(lines: Sequence[TextLine]) -> Iterator[Passage]:
    """Each line alone; then what continues it to the right, and what continues it below.

    Directions are those of the line itself, so that a package held askew reads as well. Lines of
    different pictures are never joined.
    """
    for line in lines:
        yield Passage((line,))
    for line in lines:
        for along in (True, False):
            chain = [line]
            while len(chain) < MOST_LINES and (follower := _next(chain[-1], lines, along=along)) is not None:
                chain.append(follower)
                yield Passage(tuple(chain))


def _next(line: TextLine, lines: Sequence[TextLine], *, along: bool) -> TextLine | None:
    """The nearest line that goes on where this one ends, to its right (`along`) or below."""
    found = []
    for other in lines:
        if other is line or other.image != line.image:
            continue
        extent = _extent(other, line)
        if extent is not None and (gap := _gap(extent, _stretch(line), along=along)) is not None:
            found.append((gap, other.text, other))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _gap(extent: _Extent, stretch: float, *, along: bool) -> float | None:
    """How far another line begins behind this one, in heights of this one; None where it does not go on.

    `stretch` is this line's width in heights.
    """
    tall = extent.bottom - extent.top
    if not 1 / _TALLER <= tall <= _TALLER:
        return None
    if along:
        start, middle = (extent.left - 1.0) * stretch, (extent.left + extent.right) / 2 > 1.0
        shared = min(extent.bottom, 1.0) - max(extent.top, 0.0)
        enough = shared >= _OVERLAP * min(tall, 1.0)
    else:
        start, middle = extent.top - 1.0, (extent.top + extent.bottom) / 2 > 1.0
        shared = min(extent.right, 1.0) - max(extent.left, 0.0)
        enough = shared >= _OVERLAP * min(extent.right - extent.left, 1.0)
    return start if middle and enough and start <= _FARTHEST else None


def _stretch(line: TextLine) -> float:
    """A line's width in heights, as far as fractions of a picture tell."""
    (ax, ay), (bx, by), _, (dx, dy) = line.quad
    return math.hypot(bx - ax, by - ay) / max(math.hypot(dx - ax, dy - ay), 1e-6)


def _extent(other: TextLine, line: TextLine) -> _Extent | None:
    """Another line's bounds in the frame that a line's first two sides span; None if that is flat."""
    (ox, oy), (bx, by), _, (dx, dy) = line.quad
    ux, uy, vx, vy = bx - ox, by - oy, dx - ox, dy - oy
    area = ux * vy - uy * vx
    if abs(area) < 1e-9:
        return None
    across = [((x - ox) * vy - (y - oy) * vx) / area for x, y in other.quad]
    down = [((y - oy) * ux - (x - ox) * uy) / area for x, y in other.quad]
    return _Extent(min(across), max(across), min(down), max(down))
