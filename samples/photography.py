"""What a phone, or a studio, makes of a scene: colour cast, fall-off, softness, grain, JPEG."""

import io
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples.drawing import Picture


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture was taken."""

    warmth: float = 0.0
    """-1 a cold fluorescent tube, 1 a warm bulb."""
    exposure: float = 1.0
    fall_off: float = 0.15
    """How much darker the far side from the lamp is."""
    vignette: float = 0.15
    blur: float = 0.5
    """Standard deviation in pixels."""
    shake: int = 0
    """Length of motion blur in pixels; 0 for a steady hand."""
    grain: float = 3.0
    """Standard deviation of the noise, of 255."""
    haze: float = 0.0
    """Share of grey that flare lays over everything."""


STUDIO = Look(exposure=1.06, fall_off=0.0, vignette=0.0, blur=0.4, grain=0.8)
_TILE = 1400


@lru_cache(maxsize=1)
def _grain() -> NDArray[np.float32]:
    """A sheet of sensor noise, standard deviation 1; a little of it in colour."""
    generator = np.random.default_rng(20260101)
    fine = generator.standard_normal((_TILE, _TILE, 1), np.float32)
    chroma = generator.standard_normal((_TILE // 2, _TILE // 2, 3), np.float32)
    soft = cv2.resize(chroma, (_TILE, _TILE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine * 0.85 + soft * 0.6, np.float32)


def _light_map(size: tuple[int, int], look: Look, angle: float) -> NDArray[np.float32]:
    """What each pixel and channel is multiplied by, (height, width, 3)."""
    y, x = np.mgrid[-1:1:48j, -1:1:48j].astype(np.float32)
    gain = 1 - look.vignette * np.clip((x * x + y * y) / 2, 0, 1) ** 1.4
    gain = gain * (1 + look.fall_off * (np.cos(angle) * x + np.sin(angle) * y))
    cast = np.array([1 + 0.12 * look.warmth, 1.0, 1 - 0.16 * look.warmth], np.float32) * look.exposure
    cast_gain = (gain[..., None] * cast).astype(np.float32)
    return np.asarray(cv2.resize(cast_gain, size, interpolation=cv2.INTER_LINEAR), np.float32)


def develop(picture: Picture, look: Look, generator: np.random.Generator) -> Picture:
    """The picture as this camera would have taken it. The generator gives grain and the lamp's side."""
    height, width = picture.shape[:2]
    seen = picture
    if look.shake > 1:
        kernel = np.zeros((look.shake, look.shake), np.float32)
        end = (look.shake - 1, int(generator.integers(0, look.shake)))
        cv2.line(kernel, (0, look.shake - 1 - end[1]), end, 1.0, 1)
        seen = np.asarray(cv2.filter2D(seen, -1, kernel / kernel.sum()), np.uint8)
    if look.blur > 0:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), look.blur), np.uint8)
    gain = _light_map((width, height), look, float(generator.uniform(0, 2 * np.pi)))
    top, left = (int(generator.integers(0, _TILE - side + 1)) for side in (height, width))
    exposed = np.asarray(cv2.multiply(seen, gain, dtype=cv2.CV_32F), np.float32)
    if look.grain:
        tile = _grain()[top : top + height, left : left + width]
        exposed = np.asarray(cv2.scaleAdd(tile, look.grain, exposed), np.float32)
    if look.haze:
        exposed += (205 - exposed) * np.float32(look.haze)
    return np.asarray(np.clip(exposed, 0, 255, out=exposed), np.uint8)


def jpeg(picture: Picture, quality: int = 84) -> bytes:
    """The picture as a JPEG file."""
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=quality, subsampling=2)
    return held.getvalue()


def png(picture: Picture) -> bytes:
    """The picture as a PNG file."""
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG", compress_level=1)
    return held.getvalue()
