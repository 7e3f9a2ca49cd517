"""Repeating patterns, drawn: checks, tartans, monograms, stripes, dots and damask, any number of each.

A pattern is its family with two seeds, of its colours and of its drawing. Another drawing in the same
colours is the hardest thing to tell from it, and so the first thing that a test of recognition shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.float64]
"""(N, 3): the ground first."""

CELL = 160
"""Side, in pixels, of the square that repeats."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern by what it is drawn from."""

    family: str
    colours: int
    drawing: int

    @property
    def name(self) -> str:
        """What reports call it.

        >>> Pattern("tartan", 3, 8).name
        'tartan-3-8'
        """
        return f"{self.family}-{self.colours}-{self.drawing}"

    def sibling(self, number: int) -> "Pattern":
        """Another drawing of the family in the same colours."""
        return Pattern(self.family, self.colours, self.drawing + 1000 * (number + 1))

    def recoloured(self, number: int) -> "Pattern":
        """Another pattern of the family, in other colours."""
        return Pattern(self.family, self.colours + 1000 * (number + 1), self.drawing + 777 * (number + 1))

    def cell(self) -> Pixels:
        """(CELL, CELL, 3) RGB that repeats without a seam."""
        kind = sorted(FAMILIES).index(self.family)
        colours = _palette(np.random.default_rng([kind, self.colours, 1]))
        return FAMILIES[self.family](np.random.default_rng([kind, self.drawing, 2]), colours)

    def sheet(self, width: int, height: int, *, period: float) -> Pixels:
        """The flat pattern, (height, width, 3), with so many pixels from repeat to repeat."""
        side = max(4, round(period))
        interpolation = cv2.INTER_AREA if side < CELL else cv2.INTER_CUBIC
        small = cv2.resize(self.cell(), (side, side), interpolation=interpolation)
        times = (-(-height // side), -(-width // side), 1)
        return np.ascontiguousarray(np.tile(small, times)[:height, :width])


class Span(NamedTuple):
    """A lowest and a highest value to draw from."""

    least: float
    most: float


def _palette(rng: np.random.Generator) -> Colours:
    """Four or five colours that can be told apart; the ground is pale, dark or strong."""
    chosen: list[npt.NDArray[np.float64]] = []
    while len(chosen) < 5:
        hue, strength = rng.uniform(0, 180), rng.choice([0.1, 0.35, 0.7, 0.9])
        value = rng.choice([0.12, 0.35, 0.6, 0.8, 0.95])
        hsv = np.array([[[hue, 255 * strength, 255 * value]]], np.uint8)
        colour = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float64)
        if all(np.abs(colour - other).sum() > 120 for other in chosen):
            chosen.append(colour)
    return np.array(chosen)


def _sett(rng: np.random.Generator, colours: Colours) -> npt.NDArray[np.float64]:
    """(CELL, 3): a sequence of stripes and its reflection."""
    bands = rng.integers(4, 8)
    order = [0, *(int(rng.integers(0, len(colours))) for _ in range(bands - 1))]
    order = [
        at if at != before else (at + 1) % len(colours)
        for before, at in zip([-1, *order], order, strict=False)
    ]
    widths = rng.choice([1, 2, 3, 5, 8], bands).astype(float)
    widths[0] = 8
    edges = np.concatenate([[0], np.cumsum(widths / widths.sum() * (CELL // 2))]).round().astype(int)
    half = np.zeros((CELL // 2, 3))
    for colour, start, end in zip(order, edges, edges[1:], strict=False):
        half[start : max(end, start + 2)] = colours[colour]
    return np.concatenate([half, half[::-1]])


def _tartan(rng: np.random.Generator, colours: Colours) -> Pixels:
    sett = _sett(rng, colours)
    rows, columns = np.mgrid[0:CELL, 0:CELL]
    over = ((rows + columns) % 8 < 4)[..., None]
    return np.where(over, sett[:, None], sett[None]).astype(np.uint8)


def _check(rng: np.random.Generator, colours: Colours) -> Pixels:
    """Lines of several colours and widths that cross on a ground, half transparent."""
    cell = np.broadcast_to(colours[0], (CELL, CELL, 3)).copy()
    for colour in colours[1 : rng.integers(3, 5)]:
        for _ in range(rng.integers(1, 4)):
            at, wide, opacity = (
                rng.integers(0, CELL),
                int(rng.choice([4, 8, 14, 26])),
                rng.choice([0.55, 0.9]),
            )
            band = np.arange(at, at + wide) % CELL
            cell[band] = cell[band] * (1 - opacity) + colour * opacity
            cell[:, band] = cell[:, band] * (1 - opacity) + colour * opacity
    return cell.astype(np.uint8)


def _stripes(rng: np.random.Generator, colours: Colours) -> Pixels:
    sequence = _sett(rng, colours)
    if rng.random() < 0.5:
        sequence = np.roll(np.concatenate([sequence[::2], _sett(rng, colours)[::2]]), 7, axis=0)
    rows, columns = np.mgrid[0:CELL, 0:CELL]
    slant = int(rng.choice([0, 0, 1]))
    return sequence[(columns + slant * rows) % CELL].astype(np.uint8)


def _wrapped(
    draw: Callable[[ImageDraw.ImageDraw, float, float], None], image: Image.Image, x: float, y: float
) -> None:
    """Draw at a place and at its neighbours' in the next cells, so that no seam shows."""
    pen = ImageDraw.Draw(image)
    for right in (-CELL, 0, CELL):
        for down in (-CELL, 0, CELL):
            draw(pen, x + right, y + down)


def _ink(colours: Colours, at: int) -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in colours[at])
    return red, green, blue


def _dots(rng: np.random.Generator, colours: Colours) -> Pixels:
    image = Image.new("RGB", (CELL, CELL), _ink(colours, 0))
    across = int(rng.choice([1, 2, 4]))
    step = CELL / across
    sizes = rng.uniform(0.14, 0.38, 2) * step
    inks = rng.integers(1, len(colours), 2)
    shift = rng.random() < 0.6
    for row in range(2 * across if shift else across):
        for column in range(across):
            odd = row % 2
            x, y = (column + 0.5 * odd * shift) * step, row * (step / 2 if shift else step)
            radius, ink = sizes[odd], _ink(colours, int(inks[odd]))

            def disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float = radius, ink=ink) -> None:
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)

            _wrapped(disc, image, x, y)
    return np.asarray(image)


def _motif(rng: np.random.Generator, colours: Colours) -> Callable[[ImageDraw.ImageDraw, float, float], None]:
    """One drawn sign: letters, a star, a flower, a ring, a lozenge."""
    kind, size = rng.integers(5), rng.uniform(0.13, 0.24) * CELL
    ink = _ink(colours, int(rng.integers(1, 3)))
    points, turn = int(rng.integers(4, 9)), rng.uniform(0, np.pi)
    letters = "".join(chr(65 + int(rng.integers(26))) for _ in range(int(rng.integers(1, 3))))
    depth, line = rng.uniform(0.35, 0.75), max(3, int(size / 4))
    font = ImageFont.load_default(size * 1.7)
    angles = turn + np.arange(2 * points) * np.pi / points

    def draw(pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
        if kind == 0:
            pen.text((x, y), letters, fill=ink, font=font, anchor="mm", stroke_width=2, stroke_fill=ink)
        elif kind == 1:
            radii = np.where(np.arange(2 * points) % 2, size * depth * 0.8, size)
            pen.polygon(
                [(x + r * np.cos(a), y + r * np.sin(a)) for r, a in zip(radii, angles, strict=True)], fill=ink
            )
        elif kind == 2:
            for a in angles[::2]:
                u, v, r = x + 0.6 * size * np.cos(a), y + 0.6 * size * np.sin(a), 0.38 * size
                pen.ellipse((u - r, v - r, u + r, v + r), fill=ink)
        elif kind == 3:
            pen.ellipse((x - size, y - size, x + size, y + size), outline=ink, width=line)
            pen.ellipse((x - size / 3, y - size / 3, x + size / 3, y + size / 3), fill=ink)
        else:
            pen.polygon(
                [(x, y - size), (x + size * depth, y), (x, y + size), (x - size * depth, y)],
                outline=ink,
                width=line,
            )

    return draw


def _monogram(rng: np.random.Generator, colours: Colours) -> Pixels:
    image = Image.new("RGB", (CELL, CELL), _ink(colours, 0))
    signs = [_motif(rng, colours) for _ in range(int(rng.integers(2, 4)))]
    places = [(0.0, 0.0), (0.5, 0.5), (0.5, 0.0), (0.0, 0.5)]
    for number, (x, y) in enumerate(places):
        _wrapped(signs[number % len(signs)], image, x * CELL, y * CELL)
    return np.asarray(image)


def _damask(rng: np.random.Generator, colours: Colours) -> Pixels:
    """Smooth noise, mirrored left to right and set half a drop lower in every second column."""
    side = CELL // 2
    waves = np.zeros((side, side))
    across, down = np.meshgrid(np.arange(side) / side, np.arange(side) / side)
    for _ in range(10):
        i, j, phase = rng.integers(0, 4), rng.integers(1, 5), rng.uniform(0, 2 * np.pi)
        waves += rng.normal() * np.cos(2 * np.pi * i * across) * np.cos(2 * np.pi * j * down + phase)
    panel = np.concatenate([waves, np.roll(waves, side // 2, axis=0)], axis=1)
    field = np.concatenate([panel, panel])
    cuts = np.quantile(field, rng.uniform(0.4, 0.6)), np.quantile(field, rng.uniform(0.8, 0.9))
    layers = (field > cuts[0]).astype(int) + (field > cuts[1])
    return colours[layers].astype(np.uint8)


FAMILIES: dict[str, Callable[[np.random.Generator, Colours], Pixels]] = {
    "check": _check,
    "damask": _damask,
    "dots": _dots,
    "monogram": _monogram,
    "stripes": _stripes,
    "tartan": _tartan,
}
"""What draws one cell, by the family's name."""


def protected(family_count: int = 4) -> list[Pattern]:
    """The patterns that brands own in this scenario: so many of each family, named for ever."""
    return [
        Pattern(family, 10 + number, 20 + number) for family in FAMILIES for number in range(family_count)
    ]
