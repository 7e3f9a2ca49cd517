"""Northpine's rucksack in its carton: the Fjell 28."""

from functools import lru_cache

import cv2
import numpy as np

from samples.barcodes import barcode
from samples.drawing import Artboard, Picture, Point, mix
from samples.lettering import Face
from samples.northpine import (
    CAPS,
    CREAM,
    EMBER,
    GTINS,
    LEAN,
    NIGHT,
    PINE,
    SLOGAN,
    emblem,
    landscape,
    lockup,
    pattern,
    wordmark,
)
from samples.solids import Box, Pose
from samples.textures import speckled


def backpack(board: Artboard, centre: Point, size: float, shell: str, trim: str) -> None:
    """A flat drawing of a rucksack, `size` pixels tall."""
    x, y = centre

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (x + left * size, y + top * size, x + right * size, y + bottom * size)

    dark = mix(shell, "#000000", 0.35)
    light = mix(shell, "#FFFFFF", 0.14)
    board.ring((x, y - 0.46 * size), 0.06 * size, dark, 0.025 * size)
    board.rect(box(-0.37, -0.02, -0.27, 0.34), dark, radius=0.04 * size)
    board.rect(box(0.27, -0.02, 0.37, 0.34), dark, radius=0.04 * size)
    board.rect(box(-0.31, -0.44, 0.31, 0.48), shell, radius=0.14 * size)
    board.rect(box(-0.31, -0.44, 0.31, -0.12), light, radius=0.13 * size)
    board.rect(box(-0.31, -0.2, 0.31, -0.16), dark)
    board.rect(box(-0.24, 0.08, 0.24, 0.42), light, radius=0.06 * size)
    board.rect(box(-0.24, 0.13, 0.24, 0.155), dark)
    for place in (-0.17, 0.12):
        board.rect(box(place, -0.42, place + 0.05, 0.12), trim)
        board.rect(box(place - 0.015, -0.02, place + 0.065, 0.05), NIGHT, radius=0.01 * size)
    emblem(board, (x, y + 0.28 * size), 0.085 * size, CREAM, shell)


@lru_cache(maxsize=1)
def box_faces() -> dict[str, Picture]:
    """The backpack's carton: front, sides, back and top."""
    kraft = np.asarray(cv2.resize(speckled(31, "#B08D5E", "#CFAE7E", 60), (800, 1040)), np.uint8)
    front = Artboard.over(kraft)
    front.rect((0, 0, 800, 250), PINE)
    front.rect((0, 250, 800, 262), EMBER)
    emblem(front, (140, 125), 84, CREAM, PINE)
    wordmark(front, (505, 108), 470, CREAM)
    front.text(SLOGAN, (505, 180), 22, CREAM, face=LEAN)
    relief = cv2.resize(pattern(), (640, 640), interpolation=cv2.INTER_AREA)
    front.paste(np.asarray(relief[:520, :640] * 0.25 + kraft[300:820, 80:720] * 0.75, np.uint8), (80, 300))
    backpack(front, (400, 560), 470, "#2F6B4F", EMBER)
    front.text("FJELL 28", (76, 880), 46, NIGHT, face=Face(weight=0.1, tracking=0.05), anchor="left")
    front.text("Trail backpack  28 litres", (80, 956), 20, NIGHT, face=LEAN, anchor="left")
    for place, label in enumerate(("28 L", "RAIN", "1.1 KG")):
        x = 500 + place * 104
        front.ring((x, 900), 46, PINE, 5)
        front.fitted(label, (x, 900), (66, 20), PINE, face=CAPS)
    side = Artboard.over(np.ascontiguousarray(kraft[:, :420]))
    side.rect((0, 0, 420, 250), PINE)
    side.rect((0, 250, 420, 262), EMBER)
    emblem(side, (210, 125), 88, CREAM, PINE)
    y = side.paragraph("SPECIFICATION", (36, 300), 350, 18, PINE, face=CAPS)
    facts = [
        ("Volume", "28 l"),
        ("Weight", "1.1 kg"),
        ("Shell", "recycled nylon"),
        ("Back", "S-M-L"),
        ("Rain cover", "included"),
    ]
    y = side.rows(facts, (36, y + 10), 348, 15, NIGHT)
    side.paragraph(
        "Care: brush off, rinse cold, dry in the shade. Repairs for life at any Northpine hut.",
        (36, y + 16),
        350,
        13,
        NIGHT,
    )
    side.paste(barcode(GTINS["box"], 3), (34, 790))
    back = Artboard.over(kraft)
    back.paste(landscape(800, 520, 4), (0, 0))
    back.paragraph(
        "Twenty-eight litres is two days if you are honest about what you need.", (60, 570), 680, 26, NIGHT
    )
    back.paste(barcode(GTINS["box"], 3), (60, 780))
    wordmark(back, (590, 900), 280, PINE)
    top = Artboard(800, 420, PINE)
    lockup(top, (400, 220), 330, (CREAM, PINE))
    return {
        "front": front.pixels,
        "left": side.pixels,
        "right": side.pixels,
        "back": back.pixels,
        "top": top.pixels,
    }


def box(pose: Pose) -> Box:
    """The Fjell 28's carton, 36 cm tall."""
    return Box((27.7, 36.0, 14.5), box_faces(), pose, "#B9965F", gloss=0.06)
