"""What an import wants to know of a reference's picture, measured by vision."""

import cv2
import numpy as np
import numpy.typing as npt

from catalog.quality import Inspection
from cluster.views import open_reference
from vision.fingerprint import fingerprint

_SIDE = 512
"""Long side, pixels, at which sharpness is compared: a large picture is not sharper for being large, nor a
small one for being small."""


def inspect(data: bytes, name: str) -> Inspection:
    """Size, sharpness and hashes of a reference; raises `ImageError` where it cannot be read."""
    picture = open_reference(data, name)
    hashes = fingerprint(picture.pixels)
    return Inspection(
        width=picture.width,
        height=picture.height,
        sharpness=_sharpness(picture.pixels),
        dhash=hashes.dhash if hashes else 0,
        phash=hashes.phash if hashes else 0,
        flat=hashes is None,
    )


def _sharpness(pixels: npt.NDArray[np.uint8]) -> float:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = _SIDE / max(grey.shape)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=interpolation)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
