"""Surfaces made of noise: wood, cloth, paper, stone, steel, felt. Every one is (size, size, 3) RGB."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.drawing import Picture, rgb

Field = NDArray[np.float32]
"""One number a pixel, (height, width)."""

SIZE = 768


def noise(seed: int, shape: tuple[int, int], cells: tuple[int, int], *, octaves: int = 4) -> Field:
    """Smooth noise of mean 0 and standard deviation 1 that tiles without a seam.

    Args:
        seed: the same seed gives the same noise.
        shape: (height, width).
        cells: how many bumps down and across in the coarsest octave.
        octaves: each next one is twice as fine and half as strong.
    """
    generator = np.random.default_rng(seed)
    total: Field = np.zeros(shape, np.float32)
    for octave in range(octaves):
        down, across = (min(cells[axis] << octave, shape[axis]) for axis in (0, 1))
        grid = generator.standard_normal((down, across), np.float32)
        grid = np.pad(grid, 2, mode="wrap")
        scale_y, scale_x = shape[0] / down, shape[1] / across
        move = np.array(
            [[1 / scale_x, 0, 2 - 0.5 + 0.5 / scale_x], [0, 1 / scale_y, 2 - 0.5 + 0.5 / scale_y]]
        )
        # Only the coarsest octave is stretched so far that straight interpolation would show.
        smooth = cv2.INTER_CUBIC if octave == 0 and scale_x > 8 else cv2.INTER_LINEAR
        bumps = cv2.warpAffine(grid, move, (shape[1], shape[0]), flags=smooth | cv2.WARP_INVERSE_MAP)
        total += bumps * np.float32(0.5**octave)
    return np.asarray((total - total.mean()) / (total.std() + 1e-6), np.float32)


def tint(field: Field, dark: str, light: str) -> Picture:
    """A field from -2 to 2 as colours from `dark` to `light`."""
    steps = np.linspace(0, 1, 256)[:, None]
    table = np.array(rgb(dark)) * (1 - steps) + np.array(rgb(light)) * steps
    index = np.clip((field + 2) * 64, 0, 255).astype(np.uint8)
    return np.asarray(table.astype(np.uint8)[index])


def shaded(picture: Picture, gain: Field) -> Picture:
    """A picture with every pixel multiplied by `gain`."""
    return np.asarray(np.clip(picture * gain[..., None], 0, 255), np.uint8)


@lru_cache(maxsize=16)
def wood(seed: int, dark: str, light: str, planks: int = 4) -> Picture:
    """Planks that run across: long grain, growth rings, a gap between two boards."""
    rows = np.arange(SIZE, dtype=np.float32)[:, None] / SIZE * planks
    board = np.floor(rows).astype(int)
    grain = noise(seed, (SIZE, SIZE), (60, 2), octaves=3)
    bend = noise(seed + 1, (SIZE, SIZE), (4, 2), octaves=2)
    offset = np.random.default_rng(seed).uniform(-1, 1, planks).astype(np.float32)[board]
    rings = np.sin((rows * 14 + bend * 1.6 + offset * 20).astype(np.float32))
    field = 0.75 * grain + 0.55 * rings + offset * 0.9
    gap = np.minimum(rows % 1, 1 - rows % 1)
    gain = np.clip(gap * 60, 0.35, 1.0).astype(np.float32) * np.ones((1, SIZE), np.float32)
    return shaded(tint(field, dark, light), gain)


@lru_cache(maxsize=16)
def cloth(seed: int, dark: str, light: str, threads: int = 96) -> Picture:
    """A plain weave with soft folds."""
    step = np.arange(SIZE, dtype=np.float32) * (2 * np.pi * threads / SIZE)
    weave = np.sin(step)[:, None] * np.sin(step)[None, :]
    field = 0.8 * weave + 0.5 * noise(seed, (SIZE, SIZE), (threads, threads), octaves=1)
    folds = noise(seed + 1, (SIZE, SIZE), (2, 3), octaves=3)
    return tint(np.asarray(field * 0.7 + folds * 0.6, np.float32), dark, light)


@lru_cache(maxsize=16)
def speckled(seed: int, dark: str, light: str, cells: int = 24) -> Picture:
    """Mottled stone, concrete, felt, soil or kraft paper, by colours and cells."""
    fine = noise(seed + 1, (SIZE, SIZE), (SIZE // 3, SIZE // 3), octaves=1)
    return tint(
        np.asarray(0.6 * noise(seed, (SIZE, SIZE), (cells, cells), octaves=5) + 0.5 * fine, np.float32),
        dark,
        light,
    )


@lru_cache(maxsize=8)
def marble(seed: int, dark: str, light: str) -> Picture:
    """Pale stone with thin wandering veins."""
    field = noise(seed, (SIZE, SIZE), (3, 3), octaves=5)
    veins = np.exp(-np.abs(field) * 9) + 0.5 * np.exp(-np.abs(noise(seed + 1, (SIZE, SIZE), (5, 5))) * 14)
    cloud = noise(seed + 2, (SIZE, SIZE), (3, 3))
    return tint(np.asarray(1.5 + 0.2 * cloud - 2.4 * veins, np.float32), dark, light)


@lru_cache(maxsize=8)
def tiles(seed: int, colour: str, joint: str, across: int = 8) -> Picture:
    """Glazed wall tiles, each of its own shade, with joints."""
    side = SIZE // across
    generator = np.random.default_rng(seed)
    shade = np.kron(generator.normal(0, 0.9, (across, across)), np.ones((side, side))).astype(np.float32)
    picture = tint(shade + 0.3 * noise(seed, shade.shape, (9, 9)), joint, colour)
    for place in range(0, SIZE, side):
        picture[place : place + 4] = rgb(joint)
        picture[:, place : place + 4] = rgb(joint)
    return picture


@lru_cache(maxsize=8)
def knit(seed: int, dark: str, light: str, stitches: int = 40) -> Picture:
    """Stocking stitch: rows of small V."""
    down, across = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) * np.float32(stitches / SIZE)
    lean = np.abs(across % 1 - 0.5)
    stitch = np.cos(2 * np.pi * (down * 1.4 + lean * 1.3)) * 0.9 + np.cos(2 * np.pi * across) * 0.5
    return tint(
        np.asarray(stitch + 0.4 * noise(seed, (SIZE, SIZE), (90, 90), octaves=1), np.float32), dark, light
    )
