"""Where people photograph what they sell: tables, shelves, floors, and a studio."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from samples.drawing import Artboard, Picture, mix, rgb
from samples.scene import Room
from samples.textures import SIZE, cloth, marble, speckled, tiles, wood

_BRIGHT = ("#B8453A", "#D9A441", "#3E6A8A", "#5B7F52", "#E5DCCB", "#7A5A86", "#2E3A46", "#C97B4A")


def _shelf(seed: int, dark: str, light: str) -> Picture:
    """Shop shelves: boards, and rows of packs in all colours."""
    board = Artboard.over(wood(seed, dark, light))
    generator = np.random.default_rng(seed)
    for shelf in range(3):
        foot = (shelf + 1) * SIZE // 3
        board.rect((0, foot - SIZE / 3, SIZE, foot - 26), "#2A2522")
        x = 6.0
        while x < SIZE - 40:
            wide, tall = float(generator.uniform(26, 62)), float(generator.uniform(90, 205))
            colour = _BRIGHT[int(generator.integers(len(_BRIGHT)))]
            board.rect((x, foot - 26 - tall, min(x + wide, SIZE - 4), foot - 26), colour)
            pale = mix(colour, "#FFFFFF", 0.6)
            top = foot - 26 - tall * float(generator.uniform(0.45, 0.85))
            board.rect((x + 4, top, min(x + wide, SIZE - 4) - 4, top + tall * 0.2), pale)
            x += wide + float(generator.uniform(2, 9))
    return board.pixels


def _bokeh(seed: int, ground: str, glow: str) -> Picture:
    """A window or a garden far out of focus."""
    board = Artboard.over(speckled(seed, ground, glow, 4))
    generator = np.random.default_rng(seed)
    for _ in range(60):
        x, y, radius = (float(generator.uniform(0, SIZE)) for _ in range(3))
        colour = mix(glow, "#FFFFF0", float(generator.uniform(0, 0.7)))
        board.disc((x, y), 10 + radius / 18, colour)
    return np.asarray(cv2.GaussianBlur(board.pixels, (0, 0), 4), np.uint8)


def _plaster(seed: int, dark: str, light: str) -> Picture:
    return np.asarray(cv2.GaussianBlur(speckled(seed, dark, light, 3), (0, 0), 2), np.uint8)


def _seamless(dark: str, light: str) -> Picture:
    board = Artboard(SIZE, SIZE, light)
    board.pixels[:] = np.linspace(rgb(light), rgb(dark), SIZE).astype(np.uint8)[:, None, :]
    return board.pixels


def _sweep(colour: str) -> Room:
    plain = Artboard(SIZE, SIZE, colour).pixels
    return Room(plain, plain, depth=60, wall_blur=0, corner=0.0)


ROOMS: Mapping[str, Callable[[], Room]] = {
    "oak": lambda: Room(wood(3, "#8A5F38", "#C79A66"), _plaster(4, "#B9B2A6", "#DAD4C8"), gloss=0.1),
    "walnut": lambda: Room(wood(8, "#3B2418", "#6E4A31", 5), _shelf(9, "#5A4632", "#8B6F50"), gloss=0.12),
    "pine": lambda: Room(wood(12, "#C59A62", "#E6C793", 6), _bokeh(13, "#5F7A4F", "#B9C98C"), wall_blur=9),
    "linen": lambda: Room(cloth(5, "#B5A78F", "#DDD2BC"), _plaster(6, "#A79C8C", "#CFC6B6"), table_span=46),
    "duvet": lambda: Room(
        cloth(15, "#8FA3B8", "#C2D0DD", 60), _plaster(16, "#D8D3CC", "#EFEBE4"), table_span=60
    ),
    "kitchen": lambda: Room(
        marble(7, "#8C8C90", "#E9E7E3"), tiles(7, "#E4E8E4", "#B4B9B4"), gloss=0.22, wall_span=90
    ),
    "shop": lambda: Room(
        wood(21, "#A98E6B", "#CDB48E", 3), _shelf(22, "#777064", "#A39A8A"), depth=22, wall_blur=3
    ),
    "garage": lambda: Room(
        speckled(23, "#6B6B69", "#9C9A95", 10), _shelf(24, "#3F4448", "#6A7075"), wall_blur=7
    ),
    "carpet": lambda: Room(
        speckled(25, "#6E4B46", "#A07C70", 90), _plaster(26, "#9BA39A", "#C3C9BE"), table_span=40
    ),
    "desk": lambda: Room(
        speckled(27, "#D9D7D2", "#EFEEEA", 30), _bokeh(28, "#4A5866", "#A3B4C2"), gloss=0.15, wall_blur=9
    ),
    "green": lambda: Room(
        cloth(29, "#4E6A55", "#7F9A80", 70), tiles(30, "#7FA3A0", "#557370", 12), wall_span=80
    ),
    "moss": lambda: Room(
        speckled(33, "#3E4A22", "#7A8544", 70), _bokeh(34, "#2F4A35", "#9FB06A"), wall_blur=9
    ),
    "studio": lambda: _sweep("#F3F2EF"),
    "studio-warm": lambda: _sweep("#EBDDCB"),
    "studio-sage": lambda: Room(
        _seamless("#C2CDB8", "#D5DECB"),
        Artboard(SIZE, SIZE, "#C4CFBB").pixels,
        depth=50,
        corner=0.06,
        gloss=0.1,
    ),
    "studio-blush": lambda: Room(
        Artboard(SIZE, SIZE, "#F0CDBD").pixels,
        Artboard(SIZE, SIZE, "#F4D9CB").pixels,
        depth=40,
        corner=0.06,
        gloss=0.2,
    ),
}
"""Rooms by name; a room's textures are drawn when it is first asked for."""

HOMES = ("oak", "walnut", "pine", "linen", "duvet", "kitchen", "shop", "garage", "carpet", "desk", "green")
"""The rooms in which a seller's own pictures are taken."""
