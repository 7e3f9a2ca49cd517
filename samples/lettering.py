"""Lettering in many weights and widths from the one font that Pillow always brings along."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Coverage = NDArray[np.uint8]
"""How much of each pixel is inked, (height, width), 0 to 255."""

# Pillow's bundled Aileron: a capital is 0.7 of the size it is asked for (measured at 40 px: 28 px).
_CAPITAL = 0.7


@dataclass(frozen=True, slots=True)
class Face:
    """How the letters are cut; lengths are shares of the height of a capital."""

    weight: float = 0.0
    """Added around each stroke; 0.05 reads as bold, 0.09 as black."""
    tracking: float = 0.0
    """Added between letters."""
    width: float = 1.0
    """1 as drawn, 0.75 condensed, 1.3 extended."""
    skew: float = 0.0
    """Lean to the right, as a share of the height; 0.2 reads as italic."""
    contrast: float = 0.0
    """Taken off the horizontal strokes only, as a broad pen would; needs weight to take it from."""


PLAIN = Face()
BOLD = Face(weight=0.05)


@lru_cache(maxsize=64)
def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType: install a wheel from PyPI to draw the samples")
    return font


@lru_cache(maxsize=4096)
def letters(text: str, height: float, face: Face = PLAIN) -> Coverage:
    """One line of text, ASCII only; the picture spans ascender to descender.

    Args:
        text: what to write; the bundled font has no accents.
        height: of a capital, in pixels.
        face: how the letters are cut.

    Returns:
        About twice `height` rows: the baseline lies at 1.5 times `height`. Read-only, since it is cached.
    """
    scale = 2 if height < 60 else 1
    capital = height * scale
    font = _font(capital / _CAPITAL)
    stroke = face.weight * capital
    gap = face.tracking * capital
    advances = [font.getlength(letter) + gap + stroke for letter in text]
    margin = stroke + 1
    canvas = Image.new("L", (int(sum(advances) + 2 * margin + abs(gap)) + 2, int(capital * 2)), 0)
    pen = ImageDraw.Draw(canvas)
    left = margin
    for letter, advance in zip(text, advances, strict=True):
        pen.text((left, capital * 1.5), letter, fill=255, font=font, anchor="ls", stroke_width=stroke)
        left += advance
    ink = np.asarray(canvas)
    thin = round(face.contrast * capital)
    if thin > 1:
        ink = np.asarray(cv2.erode(ink, np.ones((thin, 1), np.uint8)), np.uint8)
    if face.skew:
        lean = face.skew * capital * 2
        move = np.array([[1, -face.skew, lean * 0.75], [0, 1, 0]], np.float32)
        ink = np.asarray(cv2.warpAffine(ink, move, (int(ink.shape[1] + lean), ink.shape[0])), np.uint8)
    size = (max(1, round(ink.shape[1] / scale * face.width)), max(1, round(ink.shape[0] / scale)))
    ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
    ink.setflags(write=False)
    return ink


def wrap(text: str, height: float, face: Face, limit: float) -> list[str]:
    """Break text into lines no wider than `limit` pixels, except where one word alone is wider."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and letters(longer, height, face).shape[1] > limit:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
