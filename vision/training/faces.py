"""Packaging that nobody sells, drawn: brands with a palette, a typeface and an emblem, and their siblings.

Siblings differ as real ones do, in a colour, a word and a picture, so that a model must look at them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import cv2
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
T = TypeVar("T")

WIDTH = 192
"""Pixels across a face; its height follows its shape."""
_SYLLABLES = (
    "ba", "be", "bo", "ca", "ce", "da", "de", "di", "do", "fa", "fi", "ga", "go", "ha", "ho", "ja",
    "jo", "ka", "ki", "ko", "la", "le", "li", "lo", "ma", "me", "mi", "mo", "na", "ne", "no", "nu",
    "pa", "pe", "po", "ra", "re", "ri", "ro", "sa", "se", "si", "so", "sta", "ta", "te", "ti", "to",
    "tra", "va", "ve", "vi", "vo", "wa", "za", "ze", "zo", "lux", "nor", "ost",
)  # fmt: skip


@cache
def fonts() -> tuple[str, ...]:
    """The typefaces that matplotlib ships, mathematics left out."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return tuple(
        str(path) for path in sorted(folder.glob("*.ttf")) if path.name.startswith(("DejaVu", "STIXGen"))
    )


def pick(items: Sequence[T], rng: np.random.Generator) -> T:
    """One of them."""
    return items[int(rng.integers(len(items)))]


def word(rng: np.random.Generator, most: int = 3) -> str:
    """A name that can be said."""
    text = "".join(rng.choice(_SYLLABLES) for _ in range(rng.integers(1, most + 1)))
    return str((text.upper, text.capitalize, text.lower)[rng.integers(3)]())


def colour(rng: np.random.Generator) -> Colour:
    """White, black or any colour: packaging has more of the first than chance would give."""
    chance = rng.random()
    if chance < 0.2:
        level = int(rng.integers(235, 256))
        return (level, level, level)
    if chance < 0.27:
        level = int(rng.integers(5, 45))
        return (level, level, level)
    hue, saturation, value = rng.uniform(0, 180), rng.uniform(60, 255), rng.uniform(70, 255)
    made = cv2.cvtColor(np.array([[[hue, saturation, value]]], np.uint8), cv2.COLOR_HSV2RGB)[0, 0]
    return (int(made[0]), int(made[1]), int(made[2]))


@dataclass(frozen=True, slots=True)
class Brand:
    """What the packages of one brand have in common."""

    seed: int
    name: str
    font: str
    ground: Colour
    ink: Colour
    shape: float
    """Height of a face over its width."""
    emblem: Mask | None

    @classmethod
    def drawn(cls, rng: np.random.Generator, emblems: Sequence[Mask]) -> "Brand":
        """A new brand."""
        ground, ink = colour(rng), colour(rng)
        while sum(abs(a - b) for a, b in zip(ground, ink, strict=True)) < 200:
            ground, ink = colour(rng), colour(rng)
        return cls(
            seed=int(rng.integers(2**31)),
            name=word(rng),
            font=pick(fonts(), rng),
            ground=ground,
            ink=ink,
            shape=float(np.exp(rng.uniform(np.log(0.7), np.log(3.0)))),
            emblem=pick(emblems, rng) if emblems and rng.random() < 0.7 else None,
        )


@dataclass(frozen=True, slots=True)
class Package:
    """One product: its front, its side, and the colour of its top."""

    front: Pixels
    side: Pixels
    top: Colour


def draw_package(brand: Brand, rng: np.random.Generator, pictures: Sequence[Pixels]) -> Package:
    """One of the brand's products; `pictures` may be printed on it."""
    layout = np.random.default_rng(brand.seed)
    accent, second = colour(rng), colour(rng)
    ground = accent if rng.random() < 0.35 else brand.ground
    ink = brand.ink if ground == brand.ground else _readable(ground, rng)
    image = Image.new("RGB", (WIDTH, int(WIDTH * brand.shape)), ground)
    _decorate(image, layout, accent, second)
    _print_picture(image, layout, rng, pictures, accent)
    _print_emblem(image, brand, layout, ink if rng.random() < 0.7 else accent)
    plain = _Type(brand.font, ink)
    _write(image, brand.name, plain, y=layout.uniform(0.05, 0.4), share=layout.uniform(0.5, 0.95))
    below = layout.uniform(0.45, 0.6)
    for line in range(rng.integers(1, 4)):
        font = pick(fonts(), rng)
        share = rng.uniform(0.3, 0.8)
        kind = _Type(font, ink if line else second)
        _write(image, word(rng, 4), kind, y=below + 0.12 * line, share=share)
    return Package(np.asarray(image), _side(image, brand, ground, ink, rng), accent)


def _readable(ground: Colour, rng: np.random.Generator) -> Colour:
    dark = sum(ground) < 400
    level = int(rng.integers(225, 256) if dark else rng.integers(0, 60))
    return (level, level, level)


def _decorate(image: Image.Image, layout: np.random.Generator, accent: Colour, second: Colour) -> None:
    """Bands, waves, slants, discs or stripes, where the brand has them, in this product's colours."""
    width, height = image.size
    draw = ImageDraw.Draw(image)
    kind, at = layout.integers(7), layout.uniform(0.15, 0.6) * height
    if kind == 0:
        draw.rectangle((0, 0, width, at), fill=accent)
    elif kind == 1:
        draw.rectangle((0, height - at, width, height), fill=accent)
    elif kind == 2:
        swing, turns = layout.uniform(0.03, 0.12) * height, layout.uniform(1, 4)
        top = [(x, at + swing * np.sin(turns * 2 * np.pi * x / width)) for x in range(0, width + 8, 8)]
        draw.polygon([*top, (width, 0), (0, 0)], fill=accent)
    elif kind == 3:
        draw.polygon(
            [(0, at), (width, at + layout.uniform(-0.4, 0.4) * height), (width, height), (0, height)],
            fill=accent,
        )
    elif kind == 4:
        for _ in range(layout.integers(2, 7)):
            x, y = layout.uniform(0, width), layout.uniform(0, height)
            radius = layout.uniform(0.05, 0.35) * width
            draw.ellipse(
                (x - radius, y - radius, x + radius, y + radius),
                fill=accent if layout.random() < 0.6 else second,
            )
    elif kind == 5:
        step, thick = layout.uniform(0.06, 0.2) * width, layout.uniform(0.02, 0.08) * width
        for x in np.arange(-height, width, step):
            draw.line(
                (x, height, x + layout.choice((0.0, 0.5)) * height, 0), fill=accent, width=max(1, int(thick))
            )
    if layout.random() < 0.4:
        y = layout.uniform(0.6, 0.9) * height
        draw.rectangle((0, y, width, y + layout.uniform(0.02, 0.1) * height), fill=second)


def _print_picture(
    image: Image.Image,
    layout: np.random.Generator,
    rng: np.random.Generator,
    pictures: Sequence[Pixels],
    accent: Colour,
) -> None:
    if layout.random() < 0.3:
        return
    width, height = image.size
    wide, tall = int(layout.uniform(0.4, 1.0) * width), int(layout.uniform(0.2, 0.5) * height)
    left, top = int(layout.uniform(0, width - wide + 1)), int(layout.uniform(0.3 * height, height - tall + 1))
    shape = Image.new("L", (wide, tall), 0)
    draw = ImageDraw.Draw(shape)
    (draw.ellipse if layout.random() < 0.5 else draw.rectangle)((0, 0, wide, tall), fill=255)
    if pictures and rng.random() < 0.6:
        picture = pick(pictures, rng)
        side = int(min(picture.shape[:2]) * rng.uniform(0.4, 1))
        y, x = (int(rng.integers(0, room - side + 1)) for room in picture.shape[:2])
        shown = Image.fromarray(picture[y : y + side, x : x + side]).resize((wide, tall))
    else:
        shown = Image.new("RGB", (wide, tall), colour(rng))
        inner = ImageDraw.Draw(shown)
        for _ in range(rng.integers(3, 12)):
            a, b = rng.uniform(0, wide), rng.uniform(0, tall)
            radius = rng.uniform(0.06, 0.35) * min(wide, tall)
            round_ = rng.random() < 0.7
            fill = accent if rng.random() < 0.5 else colour(rng)
            (inner.ellipse if round_ else inner.rectangle)(
                (a - radius, b - radius, a + radius, b + radius), fill=fill
            )
    image.paste(shown, (left, top), shape)


def _print_emblem(image: Image.Image, brand: Brand, layout: np.random.Generator, ink: Colour) -> None:
    if brand.emblem is None:
        return
    side = int(layout.uniform(0.2, 0.55) * image.width)
    left = int(layout.uniform(0, image.width - side))
    top = int(layout.uniform(0, max(1, 0.6 * image.height - side)))
    if layout.random() < 0.4:
        ImageDraw.Draw(image).ellipse((left - 6, top - 6, left + side + 6, top + side + 6), fill=brand.ground)
    image.paste(
        Image.new("RGB", (side, side), ink), (left, top), Image.fromarray(brand.emblem).resize((side, side))
    )


@dataclass(frozen=True, slots=True)
class _Type:
    font: str
    ink: Colour


def _write(image: Image.Image, text: str, kind: _Type, *, y: float, share: float) -> None:
    """A line `share` as wide as the face, its top at `y` of the height."""
    wide, tall = image.size
    points = max(6, min(72, int(32 * share * wide / max(1.0, _font(kind.font, 32).getlength(text)))))
    draw = ImageDraw.Draw(image)
    draw.text((wide / 2, y * tall), text, fill=kind.ink, font=_font(kind.font, points), anchor="ma")


@cache
def _font(path: str, points: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, points)


def _side(front: Image.Image, brand: Brand, ground: Colour, ink: Colour, rng: np.random.Generator) -> Pixels:
    """The narrow side: the front once more, or small print."""
    if rng.random() < 0.35:
        return np.asarray(front)
    side = Image.new("RGB", (WIDTH // 2, front.height), ground)
    draw = ImageDraw.Draw(side)
    if rng.random() < 0.6:
        _write(side, brand.name, _Type(brand.font, ink), y=0.06, share=0.8)
    for y in np.arange(rng.uniform(0.2, 0.4), rng.uniform(0.6, 0.95), 0.035):
        draw.line((8, y * side.height, rng.uniform(40, 90), y * side.height), fill=ink, width=2)
    return np.asarray(side)
