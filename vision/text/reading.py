"""A picture's lines of text."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from vision.text.detect import Pixels, Quad, detect
from vision.text.recognise import Read, cut, recognise
from vision.text.settings import DEFAULT_TEXT, TextSettings

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class Line(NamedTuple):
    """A line of text and where it stands."""

    text: str
    confidence: float
    quad: Corners
    """As fractions of width and height, clockwise from where the text begins."""


def read_text(pixels: Pixels, settings: TextSettings = DEFAULT_TEXT) -> tuple[Line, ...]:
    """Every line that can be read in a picture, (H, W, 3) uint8 RGB, the largest first.

    The same pixels give the same lines, whatever was read before. Raises `UnavailableError` where the
    networks are not installed.
    """
    height, width = pixels.shape[:2]
    return tuple(
        Line(read.text.strip(), read.confidence, _fractions(quad, width, height))
        for quad, read in _reads(pixels, settings)
        if read.confidence >= settings.least_confidence and read.text.strip()
    )


def _reads(pixels: Pixels, settings: TextSettings) -> Iterator[tuple[Quad, Read]]:
    """Each region with what it says, the right way up.

    A line that reads badly is read upside down too, until one of its kind (lying or standing) has
    read well: a picture's lines stand mostly one way.
    """
    settled: dict[bool, int] = {}
    for region in detect(pixels, settings):
        along, across = region.size
        standing = across > along  # three letters side by side are wider than tall
        turns = settled.get(standing, 0)
        quad = np.roll(region.quad, turns + (-1 if standing else 0), axis=0)
        read = recognise(cut(pixels, quad), settings)
        if standing not in settled:
            if read.confidence < settings.doubtful:
                turned = np.roll(quad, 2, axis=0)
                other = recognise(cut(pixels, turned), settings)
                if other.confidence > read.confidence:
                    quad, read, turns = turned, other, 2
            if read.confidence >= settings.certain and len(read.text) > 2:
                settled[standing] = turns
        yield quad, read


def _fractions(quad: Quad, width: int, height: int) -> Corners:
    first, second, third, fourth = ((float(x) / width, float(y) / height) for x, y in quad)
    return first, second, third, fourth
