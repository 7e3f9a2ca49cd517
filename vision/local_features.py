"""Keypoints and descriptors of one picture: SIFT's, root-normalised, one byte a component.

Descriptors are whole numbers below 256 with a norm of about 512, so every product of two of them is
exact in float32: matching gives the same answer whatever the batch, the block size or the library.
"""

import struct
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from scoring.errors import CatalogError
from vision.geometry_settings import DEFAULT_GEOMETRY, GeometrySettings

NORM = 512.0
"""The descriptors' norm: at 512 the largest component of a root-normalised SIFT vector fits a byte."""

_HEADER = struct.Struct("<4sIHH")
_MAGIC = b"CFL1"


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """What `describe` measured, strongest keypoint first."""

    frames: npt.NDArray[np.float32]
    """(N, 4): x, y and diameter in pixels of the scaled picture, angle in radians."""
    descriptors: npt.NDArray[np.uint8]
    """(N, 128) root-normalised SIFT, norm about 512."""
    size: tuple[int, int]
    """Width and height of the scaled picture in pixels."""

    def __len__(self) -> int:
        return len(self.frames)

    def strongest(self, count: int) -> Self:
        """The same picture with no more than `count` keypoints."""
        return type(self)(self.frames[:count], self.descriptors[:count], self.size)

    def to_bytes(self) -> bytes:
        """144 bytes a keypoint and a header of 12."""
        header = _HEADER.pack(_MAGIC, len(self), *self.size)
        return header + self.frames.astype("<f4").tobytes() + self.descriptors.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The exact inverse of `to_bytes`. Raises CatalogError where the bytes are anything else."""
        hint = "Import the brand kit again: the reference's features are then measured anew."
        if len(data) < _HEADER.size or data[:4] != _MAGIC:
            raise CatalogError("These bytes are not local features of this version.", hint=hint)
        _, count, width, height = _HEADER.unpack_from(data)
        if len(data) != _HEADER.size + count * 144:
            raise CatalogError(f"Local features of {count} keypoints are cut short or padded.", hint=hint)
        middle = _HEADER.size + count * 16
        frames = np.frombuffer(data[_HEADER.size : middle], dtype="<f4").astype(np.float32).reshape(count, 4)
        descriptors = np.frombuffer(data[middle:], dtype=np.uint8).reshape(count, 128)
        return cls(frames, descriptors, (width, height))


def describe(
    pixels: npt.NDArray[np.uint8], *, settings: GeometrySettings = DEFAULT_GEOMETRY
) -> LocalFeatures:
    """Find and describe the keypoints of (H, W, 3) RGB pixels; a plain picture has none.

    Uses as many threads as OpenCV is set to; the result does not depend on their number.
    """
    grey = _scaled(pixels, settings)
    size = (grey.shape[1], grey.shape[0])
    sift = cv2.SIFT.create(
        nfeatures=settings.keypoints, contrastThreshold=settings.contrast, enable_precise_upscale=True
    )
    keypoints, raw = sift.detectAndCompute(grey, None)
    if not keypoints:
        return LocalFeatures(np.zeros((0, 4), np.float32), np.zeros((0, 128), np.uint8), size)
    frames = np.array([(*k.pt, k.size, np.deg2rad(k.angle)) for k in keypoints], np.float32)
    response = np.array([k.response for k in keypoints])
    # Ties at the cap are settled by place, so that the order is the same on every run.
    order = np.lexsort((frames[:, 3], frames[:, 1], frames[:, 0], -response))[: settings.keypoints]
    root = np.sqrt(raw[order] / np.maximum(raw[order].sum(axis=1, keepdims=True), 1.0))
    descriptors = np.clip(np.rint(root * NORM), 0, 255).astype(np.uint8)
    return LocalFeatures(frames[order], descriptors, size)


def _scaled(pixels: npt.NDArray[np.uint8], settings: GeometrySettings) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    native = max(height, width)
    wanted = min(max(native, settings.short_of), settings.long_side)
    scale = min(wanted / native, settings.magnify)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(grey, size, interpolation=interpolation), dtype=np.uint8)
