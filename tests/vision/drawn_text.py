"""Pictures of words: in the fonts that come with matplotlib, and Han and kana stroke by stroke."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT = str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")

STROKES = {
    "日": (((10, 0), (10, 80), (60, 80), (60, 0), (10, 0)), ((10, 40), (60, 40))),
    "本": (
        ((0, 22), (80, 22)),
        ((40, 0), (40, 84)),
        ((40, 22), (4, 68)),
        ((40, 22), (76, 68)),
        ((22, 64), (58, 64)),
    ),
    "エ": (((12, 10), (68, 10)), ((40, 10), (40, 72)), ((2, 72), (78, 72))),
    "コ": (((12, 12), (68, 12), (68, 74)), ((8, 72), (70, 72))),
    "中": (((6, 18), (6, 52), (74, 52), (74, 18), (6, 18)), ((40, 0), (40, 84))),
}
"""Strokes in a box of 84 × 84: the font has neither."""


def card(
    text: str,
    *,
    size: int = 40,
    shape: tuple[int, int] = (160, 480),
    turn: int = 0,
    ink: str = "black",
    paper: str = "white",
) -> np.ndarray:
    """A word in the middle of a card, (height, width, 3), the card turned by degrees anticlockwise."""
    image = Image.new("RGB", shape[::-1], paper)
    middle = (shape[1] // 2, shape[0] // 2)
    ImageDraw.Draw(image).text(middle, text, font=ImageFont.truetype(FONT, size), fill=ink, anchor="mm")
    return np.asarray(image.rotate(turn, expand=True, fillcolor=paper))


def brushed(characters: str) -> np.ndarray:
    """Characters of `STROKES` side by side, (240, 140 each and a margin, 3)."""
    image = Image.new("RGB", (160 + 140 * len(characters), 240), "white")
    drawing = ImageDraw.Draw(image)
    for number, character in enumerate(characters):
        for stroke in STROKES[character]:
            points = [(80 + 140 * number + 1.6 * x, 60 + 1.6 * y) for x, y in stroke]
            drawing.line(points, fill="black", width=9)
    return np.asarray(image)
