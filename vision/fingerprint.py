"""Perceptual fingerprints: the same picture, re-encoded, resized, mirrored, cropped or framed.

A fingerprint is a dHash and a pHash of 64 bits each, as the imagehash library computes them. Two
pictures are the same when *both* lie within `MAX_DISTANCE` bits. What a copyist cuts off, the reference
side has already cut off (`reference_views`); what a copyist adds around it, the listing side removes
again (`query_views`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from vision.borders import Box, uncovered

Pixels = npt.NDArray[np.uint8]

MAX_DISTANCE = 8
"""Differing bits of 64 up to which two fingerprints show the same picture.

Measured with every view of 20 packages, 50 fruit and vegetables, 12 product photos, 33 shoes and 41
logos as references against every view of 2,600 other pictures: none of 396,000 pairs lies within 8
bits, 8 within 10. Re-encoding (JPEG 30, WebP 50) moves a package by 2 bits, scaling to a quarter by 6.
Studio pictures of a brand's own siblings do come nearer: 10 of 108 pairs of packages lie within 8.
"""

_WORKING_SIDE = 256

_STEP = 4
_MIN_STEPS = 20
"""Of dHash's 64 comparisons, this many must differ by `_STEP` grey levels of 255; a view with fewer is
blank, or a mere edge, and would match every other. Half of all rectangles drawn on white reach 15 at most,
and they found references at 8 bits before they were refused; every view of a real package has 29."""

_CROPS = ((0.95, 3), (0.9, 3), (0.85, 4), (0.8, 5), (0.75, 6), (0.7, 7))
"""Which part of each side a crop keeps, and in how many places along it: at most 5 % of the side lies
between neighbours, which is as far off as 8 bits reach."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Two hashes of one picture, 64 bits each, first pixel in the highest bit."""

    dhash: int
    phash: int


@dataclass(frozen=True, slots=True)
class View:
    """A part of a picture, perhaps mirrored, with its fingerprint."""

    name: str
    """`whole`, `trim 1`, `crop 0.8 0,4` (column, row from the top left), each also as `mirror …`."""
    fingerprint: Fingerprint


def fingerprint(pixels: Pixels) -> Fingerprint | None:
    """The fingerprint of a whole picture, (H, W, 3) uint8; None where it is too flat to have one.

    Blank pictures all have the same hashes: a fingerprint of one would match every other. The picture is
    first scaled to at most 256 pixels, so a fingerprint is not the imagehash of the original's pixels,
    but two of them compare in the same way.
    """
    grey = _small(pixels).convert("L")
    return _hashes(grey, (0, 0, *grey.size))


def fingerprint_distance(one: Fingerprint, other: Fingerprint) -> int:
    """Differing bits, 0 to 64: the larger of the dHash and the pHash distance.

    >>> fingerprint_distance(Fingerprint(0b111, 0), Fingerprint(0b001, 0b1))
    2
    """
    return max((one.dhash ^ other.dhash).bit_count(), (one.phash ^ other.phash).bit_count())


def reference_views(pixels: Pixels) -> tuple[View, ...]:
    """What of a reference, (H, W, 3) uint8, a copy may show: whole, trimmed, its crops, all mirrored."""
    return _both_ways(pixels, crops=True)


def plain_views(pixels: Pixels) -> tuple[View, ...]:
    """The same without the crops: for the many pictures of which 300 views each would be too much."""
    return _both_ways(pixels, crops=False)


def _both_ways(pixels: Pixels, *, crops: bool) -> tuple[View, ...]:
    small = _small(pixels)
    grey = small.convert("L")
    mirrored = grey.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    views = []
    for name, (left, top, right, bottom) in _reference_boxes(np.asarray(small), crops=crops):
        back = (grey.width - right, top, grey.width - left, bottom)
        for mirror, image, box in (("", grey, (left, top, right, bottom)), ("mirror ", mirrored, back)):
            if (found := _hashes(image, box)) is not None:
                views.append(View((mirror + name).replace("mirror whole", "mirror"), found))
    return tuple(views)


def query_views(pixels: Pixels) -> tuple[View, ...]:
    """What of a listing's picture, (H, W, 3) uint8, may be the reference: whole, and without its borders."""
    small = _small(pixels)
    grey = small.convert("L")
    boxes = [("whole", (0, 0, *grey.size))]
    boxes += [(f"trim {depth}", box) for depth, box in enumerate(uncovered(np.asarray(small)), start=1)]
    return tuple(View(name, found) for name, box in boxes if (found := _hashes(grey, box)) is not None)


def _small(pixels: Pixels) -> Image.Image:
    """At most 256 pixels long: hashes look at 32 x 32 samples, and small is quick."""
    image = Image.fromarray(pixels)
    scale = _WORKING_SIDE / max(image.size)
    if scale >= 1.0:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _hashes(grey: Image.Image, box: Box) -> Fingerprint | None:
    part = grey.crop(box)
    # Averaged, not by Lanczos as for the hashes: its ringing makes one hard edge look like three.
    steps = np.diff(np.asarray(part.resize((9, 8), Image.Resampling.BOX), np.int16), axis=1)
    if np.count_nonzero(np.abs(steps) >= _STEP) < _MIN_STEPS:
        return None
    return Fingerprint(int(str(imagehash.dhash(part)), 16), int(str(imagehash.phash(part)), 16))


def _reference_boxes(pixels: Pixels, *, crops: bool) -> Iterator[tuple[str, Box]]:
    height, width = pixels.shape[:2]
    yield "whole", (0, 0, width, height)
    for depth, box in enumerate(uncovered(pixels), start=1):
        yield f"trim {depth}", box
    for scale, steps in _CROPS if crops else ():
        w, h = round(width * scale), round(height * scale)
        for row in range(steps):
            for column in range(steps):
                x, y = round((width - w) * column / (steps - 1)), round((height - h) * row / (steps - 1))
                yield f"crop {scale} {column},{row}", (x, y, x + w, y + h)
