"""Photographs with a certification mark printed on something in them.

The marks are the shipped drawings with other strokes (lighter and bolder by up to a fifth), for no two
makers print from the same artwork, turned a little, blurred, and compressed.
"""

import io
import re
from functools import lru_cache
from importlib import resources
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from vision.svg import render_svg

Pixels = npt.NDArray[np.uint8]
MARKS = ("CCC", "CE", "FCC", "PSE", "UKCA", "UL")
_STROKES = (0.8, 0.9, 1.0, 1.1, 1.2)


@lru_cache(maxsize=64)
def drawn(mark: str, stroke: float) -> Pixels:
    """How much ink lies on each pixel, (H, W) uint8, with other strokes; 400 pixels to the long side."""
    text = (resources.files("vision") / "certification_marks" / f"{mark}.svg").read_text("utf-8")
    text = re.sub(r'stroke-width="([0-9.]+)"', lambda m: f'stroke-width="{float(m[1]) * stroke:g}"', text)
    return 255 - render_svg(text.encode(), long_side=400).pixels[..., 0]


def certified(mark: str, scene: Pixels, rng: np.random.Generator, *, height: float) -> Pixels:
    """A scene, (H, W, 3), with the mark somewhere in it, dark or light, `height` pixels high."""
    ink = drawn(mark, float(rng.choice(_STROKES))).astype(np.float32) / 255
    scale = height / ink.shape[0]
    angle = float(rng.uniform(-12, 12))
    turn: npt.NDArray[Any] = cv2.getRotationMatrix2D((ink.shape[1] / 2, ink.shape[0] / 2), angle, scale)
    reach = int(np.ceil(np.hypot(*ink.shape) * scale)) + 4
    turn[:, 2] += reach / 2 - np.array(ink.shape[::-1]) / 2
    soft = cv2.GaussianBlur(ink, (0, 0), max(0.3, 0.35 / scale))
    label = cv2.warpAffine(soft, turn, (reach, reach), flags=cv2.INTER_LINEAR)
    room = np.array(scene.shape[:2]) - reach
    top, left = (int(rng.integers(0, max(1, free))) for free in room)
    seen: npt.NDArray[Any] = scene.astype(np.float32)
    place = seen[top : top + reach, left : left + reach]
    label = label[: place.shape[0], : place.shape[1], None]
    if rng.random() < 0.5:  # on a label or a casing of one colour, as most are
        place[:] = float(rng.choice([235, 200, 60, 25])) + rng.normal(0, 2, place.shape)
    colour = 20.0 if place.mean() > 110 else 235.0
    place[:] = place * (1 - label) + colour * label
    seen = cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.3, 0.8)))
    seen = seen + rng.normal(0, 2, seen.shape)
    buffer = io.BytesIO()
    picture = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
    picture.save(buffer, "JPEG", quality=int(rng.integers(70, 95)))
    return np.asarray(Image.open(io.BytesIO(buffer.getvalue())).convert("RGB"))
