"""A product that is a small part of a large, crowded photograph: a table, a shelf, a stall full of things."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.scenarios.modified_copies import Pixels
from tests.scenarios.promises import packages, unrelated

SHARES = ((0.10, 0.15), (0.15, 0.22), (0.22, 0.30))
"""Width of the product as a share of the picture's, by difficulty."""


@dataclass(frozen=True, slots=True)
class Cluttered:
    """A scene with the product in it."""

    pixels: Pixels
    corners: npt.NDArray[np.float64]
    """(4, 2): the product's, as fractions of width and height, from the top left, clockwise."""


def crowd(photographs: Sequence[Path], rng: np.random.Generator, *, width: int = 1600) -> Pixels:
    """A 4:3 picture full of other things: photographs side by side, their seams softened."""
    height = width * 3 // 4
    scene = np.zeros((height, width, 3), np.float64)
    total = np.full((height, width, 1), 1e-6)
    columns, rows = 4, 3
    wide, tall = width // columns, height // rows
    for row in range(rows):
        for column in range(columns):
            photo = np.asarray(Image.open(photographs[rng.integers(len(photographs))]).convert("RGB"))
            size = int(wide * 1.25), int(tall * 1.25)
            photo = cv2.resize(photo, size, interpolation=cv2.INTER_CUBIC).astype(np.float64)
            veil = np.minimum.outer(np.hanning(size[1]), np.hanning(size[0]))[..., None] ** 0.5 + 1e-4
            left, top = int((column - 0.125) * wide), int((row - 0.125) * tall)
            y0, x0 = max(0, top), max(0, left)
            y1, x1 = min(height, top + size[1]), min(width, left + size[0])
            part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
            scene[y0:y1, x0:x1] += photo[part] * veil[part]
            total[y0:y1, x0:x1] += veil[part]
    return np.clip(scene / total + rng.normal(0, 3, scene.shape), 0, 255).astype(np.uint8)


def placed(
    product: Pixels, scene: Pixels, rng: np.random.Generator, *, share: tuple[float, float]
) -> Cluttered:
    """The product somewhere in the scene, turned, seen aslant, in the scene's light; as a phone saves it."""
    height, width = scene.shape[:2]
    tall, across = product.shape[:2]
    wide = rng.uniform(*share) * width
    box = np.array([[0, 0], [1, 0], [1, tall / across], [0, tall / across]]) * wide
    box += rng.uniform(-0.07, 0.07, (4, 2)) * wide
    turn = np.deg2rad(rng.uniform(-18, 18))
    turned = box @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    turned -= turned.min(axis=0)
    corners = turned + rng.uniform(0, 1, 2) * np.maximum(1, np.array([width, height]) - turned.max(axis=0))
    source = np.array([[0, 0], [across, 0], [across, tall], [0, tall]], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    seen = cv2.warpPerspective(product, warp, (width, height), flags=cv2.INTER_CUBIC).astype(np.float64)
    opaque = cv2.warpPerspective(_silhouette(product), warp, (width, height), flags=cv2.INTER_LINEAR)[
        ..., None
    ]
    lit = seen * rng.uniform(0.7, 1.1) * rng.uniform(0.92, 1.08, 3)
    mixed = scene * (1 - opaque) + lit * opaque
    blurred = cv2.GaussianBlur(mixed, (0, 0), rng.uniform(0.5, 1.2)) + rng.normal(0, 3, mixed.shape)
    pixels = np.clip(blurred, 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    decoded = np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1])
    return Cluttered(decoded, corners / (width, height))


def _silhouette(product: Pixels) -> npt.NDArray[np.float32]:
    """1 on the product, 0 on the white of the studio around it."""
    height, width = product.shape[:2]
    flooded = np.zeros((height + 2, width + 2), np.uint8)
    picture = np.ascontiguousarray(product)
    for seed in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        cv2.floodFill(picture, flooded, seed, (255, 0, 255), (6,) * 3, (6,) * 3, cv2.FLOODFILL_MASK_ONLY | 4)
    around = flooded[1:-1, 1:-1].astype(np.float32)
    return 1 - around if 0.02 < around.mean() < 0.95 else np.ones_like(around)


def scenes(
    data: Path, *, products: slice, seeds: Sequence[int]
) -> list[tuple[str, tuple[float, float], Cluttered]]:
    """Some of the packages in crowds of fruit and shoes: each seed in each share of the width."""
    photographs, found = unrelated(data), []
    for number, package in list(enumerate(packages(data)))[products]:
        product = np.array(Image.open(package / "iconic.jpg").convert("RGB"))
        for seed in seeds:
            for place, share in enumerate(SHARES):
                rng = np.random.default_rng([number, seed, place])
                found.append(
                    (package.name, share, placed(product, crowd(photographs, rng), rng, share=share))
                )
    return found
