"""An artboard: flat colour, lines, lettering and barcodes, all with smooth edges."""

from collections.abc import Iterable, Sequence
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.lettering import PLAIN, Coverage, Face, letters, wrap

Picture = NDArray[np.uint8]
"""(height, width, 3), RGB."""
Colour = tuple[int, int, int]
Point = tuple[float, float]

_SHIFT = 4  # OpenCV's fixed-point drawing: 1/16 pixel


def rgb(colour: str) -> Colour:
    """`#0B5D3B` as a triple.

    >>> rgb("#0B5D3B")
    (11, 93, 59)
    """
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def mix(first: str, second: str, share: float) -> str:
    """A colour on the way from `first` (share 0) to `second` (share 1).

    >>> mix("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    ends = zip(rgb(first), rgb(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in ends)


def _fixed(points: Iterable[Point]) -> NDArray[np.int32]:
    return (np.array(list(points), np.float64) * (1 << _SHIFT)).round().astype(np.int32)


class Artboard:
    """A picture under way. Coordinates are pixels from the top left, x first."""

    def __init__(self, width: int, height: int, colour: str = "#FFFFFF") -> None:
        self.pixels: Picture = np.empty((height, width, 3), np.uint8)
        self.pixels[0] = rgb(colour)
        self.pixels[1:] = self.pixels[0]

    @classmethod
    def over(cls, picture: Picture) -> Self:
        """An artboard that starts from a copy of a picture."""
        board = cls(1, 1)
        board.pixels = picture.copy()
        return board

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.pixels.shape[0])

    def fill(self, points: Iterable[Point], colour: str) -> None:
        """A filled polygon."""
        cv2.fillPoly(self.pixels, [_fixed(points)], rgb(colour), cv2.LINE_AA, _SHIFT)

    def rect(self, box: tuple[float, float, float, float], colour: str, *, radius: float = 0.0) -> None:
        """A filled rectangle `(left, top, right, bottom)`, its corners rounded by `radius`."""
        left, top, right, bottom = box
        if radius <= 0:
            self.fill([(left, top), (right, top), (right, bottom), (left, bottom)], colour)
            return
        corners = [
            (right - radius, top + radius, -90),
            (right - radius, bottom - radius, 0),
            (left + radius, bottom - radius, 90),
            (left + radius, top + radius, 180),
        ]
        turns = [
            (x + radius * np.cos(np.radians(start + step)), y + radius * np.sin(np.radians(start + step)))
            for x, y, start in corners
            for step in range(0, 91, 15)
        ]
        self.fill(turns, colour)

    def line(self, points: Iterable[Point], colour: str, thickness: float, *, closed: bool = False) -> None:
        """A line through points; below a pixel it is drawn one pixel wide."""
        cv2.polylines(
            self.pixels,
            [_fixed(points)],
            closed,
            rgb(colour),
            max(1, round(thickness)),
            cv2.LINE_AA,
            _SHIFT,
        )

    def disc(self, centre: Point, radius: float, colour: str) -> None:
        """A filled circle."""
        at = _fixed([centre])[0].tolist()
        cv2.circle(self.pixels, at, round(radius * (1 << _SHIFT)), rgb(colour), -1, cv2.LINE_AA, _SHIFT)

    def ring(self, centre: Point, radius: float, colour: str, thickness: float) -> None:
        """A circle's outline."""
        at = _fixed([centre])[0].tolist()
        reach = round(radius * (1 << _SHIFT))
        cv2.circle(self.pixels, at, reach, rgb(colour), max(1, round(thickness)), cv2.LINE_AA, _SHIFT)

    def stamp(self, ink: Coverage, at: Point, colour: str, *, opacity: float = 1.0) -> None:
        """Ink in one colour, its top left corner at `at`; what falls outside is cut."""
        x, y = round(at[0]), round(at[1])
        left, top = max(0, x), max(0, y)
        right, bottom = min(self.width, x + ink.shape[1]), min(self.height, y + ink.shape[0])
        if right <= left or bottom <= top:
            return
        share = ink[top - y : bottom - y, left - x : right - x, None].astype(np.float32) * (opacity / 255)
        under = self.pixels[top:bottom, left:right].astype(np.float32)
        over = np.array(rgb(colour), np.float32)
        self.pixels[top:bottom, left:right] = (under + (over - under) * share + 0.5).astype(np.uint8)

    def paste(self, picture: Picture, at: tuple[int, int]) -> None:
        """An opaque picture that lies wholly inside, its top left corner at `at`."""
        x, y = at
        self.pixels[y : y + picture.shape[0], x : x + picture.shape[1]] = picture

    def text(  # noqa: PLR0913 - a line of text has this many properties, all but two with a default
        self, text: str, at: Point, height: float, colour: str, *, face: Face = PLAIN, anchor: str = "middle"
    ) -> float:
        """A line of text whose capitals are centred on `at[1]`; returns its width in pixels.

        Args:
            text: ASCII.
            at: the line's left end, middle or right end, as `anchor` says.
            height: of a capital, in pixels.
            colour: `#rrggbb`.
            face: how the letters are cut.
            anchor: `left`, `middle` or `right`.
        """
        ink = letters(text, height, face)
        share = {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor]
        self.stamp(ink, (at[0] - ink.shape[1] * share, at[1] - height), colour)
        return float(ink.shape[1])

    def fitted(self, text: str, at: Point, size: Point, colour: str, *, face: Face = PLAIN) -> None:
        """A line of text centred on `at`, as high as `size[1]` but never wider than `size[0]`."""
        wide = letters(text, size[1], face).shape[1]
        self.text(text, at, size[1] * min(1.0, size[0] / wide), colour, face=face)

    def paragraph(  # noqa: PLR0913 - see text
        self, text: str, at: Point, limit: float, height: float, colour: str, *, face: Face = PLAIN
    ) -> float:
        """Text broken into lines from the top left corner `at`; returns the y below the last line."""
        y = at[1] + height
        for line in wrap(text, height, face, limit):
            self.text(line, (at[0], y), height, colour, face=face, anchor="left")
            y += height * 2.0
        return y

    def rows(
        self, rows: Sequence[tuple[str, str]], at: Point, limit: float, height: float, colour: str
    ) -> float:
        """A table of facts with hairlines; returns the y below it."""
        y = at[1] + height
        for name, value in rows:
            self.text(name, (at[0], y), height, colour, anchor="left")
            self.text(value, (at[0] + limit, y), height, colour, face=Face(weight=0.05), anchor="right")
            self.line([(at[0], y + height * 1.15), (at[0] + limit, y + height * 1.15)], colour, 1)
            y += height * 2.3
        return y
