"""All the marks to look for, and what of them lies in a picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from vision.marks.artwork import Artwork
from vision.marks.backbone import Pixels
from vision.marks.detector import CANDIDATES, Detector, square
from vision.marks.embedding import CropEmbedder
from vision.marks.outline import PART_OF, Settled
from vision.marks.windows import LONG_SIDES, Packed, Place, find, levels

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]

_ARTWORK_PLACES = 3
"""Places where a piece of artwork is tried. Of 40 pasted and changed marks the first was the right one 30
times, and a fourth only once, where no outline fitted."""
_LIKE = 0.25
"""Cosine below which a place is not tried. The right ones of those 40 had 0.26 or more, a quarter of all
others less than this."""
_SMALLEST = 0.12
"""Of the picture's long side. An outline of 25 pixels fits a shadow somewhere in every third picture; smaller
marks are for detectors, which know more than an outline."""
_ARTWORK_SIDES = LONG_SIDES[1:]
CURVE = ((PART_OF[1], 0.65), (1.70, 0.90), (1.80, 0.98))
"""How well an outline fits (edges + ink - ground, at most 2) to probability; below the first it does not.
See docs/measured.md for what passes each of the three."""
_CLEAR = 1.75
"""From here on no further place is tried."""
_MIRROR_GAIN = 0.1
"""By how much a mirrored outline must fit better than the upright one in the same place."""
_PART, _REST = 1.85, 1.0
"""A half that fits at least so well, while the other fits at most so well, is a part of the mark."""
_INSIDE = 0.9
"""Share of a mark's box inside the picture below which it shows only a part."""


class MarkHit(NamedTuple):
    """A mark that lies in the picture."""

    key: str
    probability: float
    mirrored: bool
    partial: bool
    quad: Quad
    """Its box's corners as fractions of the picture's width and height, from the top left, clockwise."""


@dataclass(slots=True)
class MarkIndex:
    """Artwork and detectors by key. Picklable; what is found of one does not depend on the others."""

    artworks: dict[str, Artwork] = field(default_factory=dict)
    detectors: dict[str, Detector] = field(default_factory=dict)
    _packed: Packed | None = field(default=None, init=False, repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.artworks or self.detectors)

    def find(self, pixels: Pixels, embedder: Callable[[str], CropEmbedder]) -> list[MarkHit]:
        """The marks that lie in (H, W, 3) RGB pixels, the likeliest first.

        `embedder` gives what has the key that a detector was trained on; raises what it raises.
        """
        if not self:
            return []
        least = dict.fromkeys((f"a{key}" for key in self.artworks), _SMALLEST * max(pixels.shape[:2]))
        sizes = levels(pixels, sides=LONG_SIDES if self.detectors else _ARTWORK_SIDES)
        places = find(sizes, self._ready(), most=max(CANDIDATES, _ARTWORK_PLACES), least=least)
        size = (pixels.shape[1], pixels.shape[0])
        hits = [_drawn(key, one, pixels, places[f"a{key}"]) for key, one in self.artworks.items()]
        hits += [
            _learned(key, one, pixels, places[f"d{key}"][:CANDIDATES], embedder(one.embedding))
            for key, one in self.detectors.items()
        ]
        found = [_placed(hit, size) for hit in hits if hit is not None]
        return sorted(found, key=lambda hit: (-hit.probability, hit.key))

    def _ready(self) -> Packed:
        """All templates, packed at the first call: an index that has grown since is packed again."""
        names = (*(f"a{key}" for key in self.artworks), *(f"d{key}" for key in self.detectors))
        if self._packed is None or self._packed.names != names:
            templates = [
                *(artwork.templates for artwork in self.artworks.values()),
                *(detector.templates for detector in self.detectors.values()),
            ]
            self._packed = Packed.of(dict(zip(names, templates, strict=True)))
        return self._packed


def _drawn(key: str, artwork: Artwork, pixels: Pixels, places: Sequence[Place]) -> MarkHit | None:
    """The best fit of an artwork's outline, whole or in part."""
    best: tuple[float, bool, bool, Settled] | None = None
    for place in places[:_ARTWORK_PLACES]:
        if place.likeness < _LIKE:
            break
        settled = artwork.outlines[place.mirrored].settle(pixels, place)
        if settled is None:
            continue
        score, mirrored, partial = settled.whole.score, place.mirrored, False
        if mirrored and score >= CURVE[0][0]:
            upright = artwork.outlines[False].settle(pixels, place)
            if upright is not None and upright.whole.score > score - _MIRROR_GAIN:
                settled, score, mirrored = upright, upright.whole.score, False
        if score < CURVE[0][0] and (part := _part(settled)):
            score, partial = part, True
        if best is None or score > best[0]:
            best = (score, mirrored, partial, settled)
        if score >= _CLEAR:
            break
    if best is None or best[0] < CURVE[0][0]:
        return None
    score, mirrored, partial, settled = best
    worth = float(np.interp(score, [fit for fit, _ in CURVE], [chance for _, chance in CURVE]))
    return MarkHit(key, worth, mirrored, partial, _four(settled.quad))


def _part(settled: Settled) -> float:
    """How well a half fits where its other half does not; 0 where both do, or neither."""
    fits = [half.score for half in settled.halves]
    pairs = [(fits[0], fits[1]), (fits[2], fits[3])] if len(fits) == 4 else []
    parts = [max(pair) for pair in pairs if max(pair) >= _PART and min(pair) <= _REST]
    return max(parts, default=0.0) - (_PART - CURVE[0][0]) if parts else 0.0


def _learned(
    key: str, detector: Detector, pixels: Pixels, places: Sequence[Place], embedder: CropEmbedder
) -> MarkHit | None:
    """The likeliest place, where it is likely enough."""
    if not places:
        return None
    chances = detector.probabilities(embedder.embed([square(pixels, place) for place in places]), places)
    at = int(chances.argmax())
    if chances[at] < detector.accept:
        return None
    place, half = places[at], places[at].size / 2
    quad = tuple(
        (place.x + across * half, place.y + down * half)
        for across, down in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    )
    return MarkHit(key, float(chances[at]), mirrored=False, partial=False, quad=_four(quad))


def _placed(hit: MarkHit, size: tuple[int, int]) -> MarkHit:
    """With its corners as fractions, and partial where much of it lies beyond the picture's edge."""
    quad = [(x / size[0], y / size[1]) for x, y in hit.quad]
    spans = []
    for axis in (0, 1):
        low, high = min(corner[axis] for corner in quad), max(corner[axis] for corner in quad)
        spans.append((min(high, 1.0) - max(low, 0.0)) / max(high - low, 1e-9))
    partial = hit.partial or spans[0] * spans[1] < _INSIDE
    return hit._replace(partial=partial, quad=_four(quad))


def _four(corners: Sequence[Point]) -> Quad:
    first, second, third, fourth = corners
    return (first, second, third, fourth)
