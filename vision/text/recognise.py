"""A region's text: the strip of pixels in it, and what the recogniser makes of the strip."""

from typing import NamedTuple

import cv2
import numpy as np

from vision.text.detect import Pixels, Quad, tensor_of
from vision.text.models import recogniser
from vision.text.settings import TextSettings

_HEIGHT = 48
"""Pixels; what the recogniser was trained on."""
_STRIDE = 16
"""Widths are multiples of this, so that few shapes have to be planned for."""


class Read(NamedTuple):
    """What a strip says."""

    text: str
    confidence: float


def cut(pixels: Pixels, quad: Quad) -> Pixels:
    """The pixels of a quad laid flat, its first side on top, at the picture's own resolution."""
    along = max(np.hypot(*(quad[1] - quad[0])), np.hypot(*(quad[2] - quad[3])))
    across = max(np.hypot(*(quad[3] - quad[0])), np.hypot(*(quad[2] - quad[1])))
    width, height = max(1, round(float(along))), max(1, round(float(across)))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    laid = cv2.getPerspectiveTransform(quad, flat)
    return np.asarray(
        cv2.warpPerspective(
            pixels, laid, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def recognise(flat: Pixels, settings: TextSettings) -> Read:
    """Read one strip. Alone and unpadded: on one thread a batch costs what its strips cost."""
    height, width = flat.shape[:2]
    across = min(settings.longest, max(_STRIDE, round(width * _HEIGHT / height)))
    tensor = np.zeros((1, 3, _HEIGHT, -(-across // _STRIDE) * _STRIDE), np.float32)
    tensor[..., :across] = tensor_of(flat, across, _HEIGHT)
    network, letters = recogniser()
    seen = network(tensor)[0]
    best = seen.argmax(axis=1)
    # CTC: a letter counts once for as long as it lasts, and index 0 parts two of the same.
    told = (best != 0) & (np.diff(best, prepend=-1) != 0)
    if not told.any():
        return Read("", 0.0)
    text = "".join(letters[at] for at in best[told])
    return Read(text, float(seen[told, best[told]].mean()))
