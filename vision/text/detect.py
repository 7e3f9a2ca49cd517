"""Where a picture may show text: regions of the detector's probabilities, as turned rectangles."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from vision.text.models import Tensor, detector
from vision.text.settings import TextSettings

Pixels = npt.NDArray[np.uint8]
Quad = npt.NDArray[np.float32]
"""Four corners, (4, 2) as x and y in pixels, clockwise from the one where text would begin."""

Rectangle = tuple[Sequence[float], Sequence[float], float]
"""As OpenCV has it: its centre, its sides and its angle."""

_STEP = 32
"""The detector's stride: its sides are multiples of this."""
_THINNEST = 3
"""Pixels of a region's core, in the picture as the detector saw it; RapidOCR's own."""


class Region(NamedTuple):
    """A place that may hold a line of text."""

    quad: Quad
    score: float
    """The mean probability over its core."""

    @property
    def size(self) -> tuple[float, float]:
        """Length along and across its first side, in pixels."""
        along, across = self.quad[1] - self.quad[0], self.quad[3] - self.quad[0]
        return float(np.hypot(*along)), float(np.hypot(*across))


def detect(pixels: Pixels, settings: TextSettings) -> list[Region]:
    """Regions of a picture, (H, W, 3) uint8 RGB, the most promising first, at most `most_lines`.

    Large lines promise most: on 70 photographs the brand's name, where it was read, was among the first six
    lines in 95 %.
    """
    height, width = pixels.shape[:2]
    probabilities = _probabilities(pixels, settings)
    scale = (width / probabilities.shape[1], height / probabilities.shape[0])
    regions = [region for region in _regions(probabilities, scale, settings) if _legible(region, settings)]
    regions.sort(key=_promise, reverse=True)
    return regions[: settings.most_lines]


def tensor_of(pixels: Pixels, width: int, height: int) -> Tensor:
    """Pixels as the networks want them, scaled: (1, 3, height, width), BGR, -1 to 1."""
    smooth = cv2.INTER_AREA if height < pixels.shape[0] else cv2.INTER_LINEAR
    scaled = np.asarray(cv2.resize(pixels, (width, height), interpolation=smooth))
    return np.ascontiguousarray(scaled[:, :, ::-1].transpose(2, 0, 1)[None], np.float32) / 127.5 - 1.0


def _probabilities(pixels: Pixels, settings: TextSettings) -> Tensor:
    height, width = pixels.shape[:2]
    ratio = _ratio(height, width, settings)
    across, down = (max(_STEP, round(side * ratio / _STEP) * _STEP) for side in (width, height))
    seen: Tensor = detector()(tensor_of(pixels, across, down))[0, 0]
    return seen


def _ratio(height: int, width: int, settings: TextSettings) -> float:
    """How much a picture is scaled before text is looked for."""
    even = settings.side / math.sqrt(height * width)
    across = settings.narrowest / min(height, width)
    return min(max(even, across), 2 * even, settings.enlarge)


def _regions(seen: Tensor, scale: tuple[float, float], settings: TextSettings) -> list[Region]:
    core = cv2.dilate((seen > settings.threshold).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(core, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    regions = []
    for outline in outlines:
        rectangle = cv2.minAreaRect(outline)
        centre, (along, across), angle = rectangle
        if min(along, across) < _THINNEST:
            continue
        score = _mean_within(seen, _corners(rectangle))
        if score < settings.box_threshold:
            continue
        # Growing a polygon by its area over its perimeter and boxing it again is, for a rectangle, this.
        grown = along * across * settings.unclip / (along + across)
        corners = _corners((centre, (along + grown, across + grown), angle))
        regions.append(Region(_clockwise(corners * np.asarray(scale, np.float32)), score))
    return regions


def _corners(rectangle: Rectangle) -> Quad:
    return np.asarray(cv2.boxPoints(rectangle), np.float32)


def _mean_within(seen: Tensor, corners: Quad) -> float:
    limit = np.array(seen.shape[::-1]) - 1
    left, top = np.clip(np.floor(corners.min(0)).astype(int), 0, limit)
    right, bottom = np.clip(np.ceil(corners.max(0)).astype(int), 0, limit)
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(seen[top : bottom + 1, left : right + 1], mask)[0])


def _clockwise(corners: Quad) -> Quad:
    """Corners clockwise from the top left one, as text that stands upright or leans begins."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def _legible(region: Region, settings: TextSettings) -> bool:
    across, along = sorted(region.size)
    return across >= settings.least_height and along >= settings.least_aspect * across


def _promise(region: Region) -> tuple[float, float, float]:
    """Height counts more than length: names are set large, small print runs long."""
    across, along = sorted(region.size)
    return across * along**0.5, region.score, float(region.quad[0, 0])
