"""All the marks to look for, and what of them lies in a picture."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from vision.marks.artwork import Artwork
from vision.marks.backbone import Pixels
from vision.marks.detector import CANDIDATES, Detector, square
from vision.marks.embedding import CropEmbedder
from vision.marks.glance import promising
from vision.marks.outline import PART_OF, Doubles, Settled, edge_map
from vision.marks.pieces import LONG_SIDE, shapes_of, shrunk
from vision.marks.windows import LONG_SIDES, Packed, Place, Pyramid, find, levels

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]

_ARTWORK_PLACES, _LIKE = 1, 0.35
"""Places of the network's at which artwork is tried whose shapes tell no pose, and the cosine below which
none is. Other artwork needs none: of 288 pasted marks 249 were found without templates and 251 with them and
fewer shapes, at three times the cost (docs/measured.md)."""
_SMALLEST = 0.12
"""Of the picture's long side. An outline of 25 pixels fits a shadow somewhere in every third picture; smaller
marks are for detectors, which know more than an outline."""
_LARGEST = 1.2
_ARTWORK_SIDES = LONG_SIDES[1:]
CURVE = ((PART_OF[1], 0.65), (1.70, 0.90), (1.80, 0.98))
"""How well an outline fits (edges + ink - ground, at most 2) to probability; below the first it does not.
See docs/measured.md for what passes each of the three."""
_CLEAR = 1.75
"""From here on no further place is tried."""
_MIRROR_GAIN = 0.1
"""By how much a mirrored outline must fit better than the upright one in the same place."""
_POSES, _PROMISING = 3, 1.05
"""Poses of a mark that shapes speak for and that are settled, and the least fit at a glance of each. Of 80
marks that an outline confirmed the least had 1.10; of eleven marks that were not there, 9 poses a picture had
more."""
_SAME = (0.12, 0.15, 0.12)
"""Of two poses: the way between them in long sides, the logarithm of their sizes' ratio, and radians."""
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
        size = (pixels.shape[1], pixels.shape[0])
        pyramid, places = Pyramid(pixels), self._places(pixels)
        promised = _promising(self.artworks, pixels)
        hits = [
            _drawn(key, one, pyramid, promised[key], places.get(f"a{key}", ()))
            for key, one in self.artworks.items()
        ]
        hits += [
            _learned(key, one, pyramid, places[f"d{key}"][:CANDIDATES], embedder(one.embedding))
            for key, one in self.detectors.items()
        ]
        found = [_placed(hit, size) for hit in hits if hit is not None]
        return sorted(found, key=lambda hit: (-hit.probability, hit.key))

    def _places(self, pixels: Pixels) -> dict[str, list[Place]]:
        """Where templates are: those of detectors, and of artwork whose shapes tell no pose."""
        packed = self._ready()
        if not packed.names:
            return {}
        least = dict.fromkeys((f"a{key}" for key in self.artworks), _SMALLEST * max(pixels.shape[:2]))
        sizes = levels(pixels, sides=LONG_SIDES if self.detectors else _ARTWORK_SIDES)
        return find(sizes, packed, most=max(CANDIDATES, _ARTWORK_PLACES), least=least)

    def _ready(self) -> Packed:
        """The templates, packed at the first call: an index that has grown since is packed again."""
        shapeless = {f"a{key}": one.templates for key, one in self.artworks.items() if not one.has_shape}
        wanted = {**shapeless, **{f"d{key}": one.templates for key, one in self.detectors.items()}}
        if self._packed is None or self._packed.names != tuple(wanted):
            self._packed = Packed.of(wanted)
        return self._packed


class _Fit(NamedTuple):
    """An outline where it fits best so far."""

    score: float
    mirrored: bool
    partial: bool
    settled: Settled


def _drawn(
    key: str,
    artwork: Artwork,
    pyramid: Pyramid,
    promised: Sequence[tuple[Doubles, bool]],
    places: Sequence[Place],
) -> MarkHit | None:
    """The best fit of an artwork's outline, whole or in part."""
    best: _Fit | None = None
    for settled, place in _tried(artwork, pyramid, promised, places):
        fit = _judged(artwork, pyramid, settled, place)
        if best is None or fit.score > best.score:
            best = fit
        if fit.score >= _CLEAR:
            break
    if best is None or best.score < CURVE[0][0]:
        return None
    worth = float(np.interp(best.score, [fit for fit, _ in CURVE], [chance for _, chance in CURVE]))
    return MarkHit(key, worth, best.mirrored, best.partial, _four(best.settled.quad))


def _tried(
    artwork: Artwork, pyramid: Pyramid, promised: Sequence[tuple[Doubles, bool]], places: Sequence[Place]
) -> Iterator[tuple[Settled, Place]]:
    """Outlines settled where shapes of the picture say, or where the network does."""
    for pose, mirrored in promised:
        settled = artwork.outlines[mirrored].settle_at(pyramid, pose)
        if settled is not None:
            size = float(np.hypot(pose[0], pose[1]))
            angle = float(np.degrees(np.arctan2(pose[1], pose[0])))
            yield settled, Place(1.0, float(pose[2]), float(pose[3]), size, angle, mirrored)
    for place in places[:_ARTWORK_PLACES]:
        if place.likeness < _LIKE:
            return
        settled = artwork.outlines[place.mirrored].settle(pyramid, place)
        if settled is not None:
            yield settled, place


def _promising(artworks: Mapping[str, Artwork], pixels: Pixels) -> dict[str, list[tuple[Doubles, bool]]]:
    """For each mark, poses in the picture's pixels in which its colours and outline fit at a glance."""
    if not artworks:
        return {}
    small, scale = shrunk(pixels)
    edges = edge_map(small)
    shapes = shapes_of(small, edges)
    ways = [
        (key, bool(mirrored), artwork.outlines[mirrored], pieces.poses(shapes, least=least, most=most))
        for least, most in [(_SMALLEST * LONG_SIDE, _LARGEST * LONG_SIDE)]
        for key, artwork in artworks.items()
        for mirrored, pieces in enumerate(artwork.pieces)
        if pieces is not None
    ]
    seen = promising([(outline, poses) for *_, outline, poses in ways], small, edges, least=_PROMISING)
    glanced: dict[str, list[tuple[float, Doubles, bool]]] = {key: [] for key in artworks}
    for (key, mirrored, *_), (poses, fits) in zip(ways, seen, strict=True):
        glanced[key] += [(float(fit), pose, mirrored) for fit, pose in zip(fits, poses, strict=True)]
    return {
        key: [(pose / scale, mirrored) for pose, mirrored in _apart(found)] for key, found in glanced.items()
    }


def _apart(glanced: Sequence[tuple[float, Doubles, bool]]) -> list[tuple[Doubles, bool]]:
    """The best fits, those that settling would lead to the same place once."""
    kept: list[tuple[Doubles, bool]] = []
    for _, pose, mirrored in sorted(glanced, key=lambda it: -it[0]):
        if not any(mirrored == other_way and _near(pose, other) for other, other_way in kept):
            kept.append((pose, mirrored))
        if len(kept) == _POSES:
            break
    return kept


def _near(pose: Doubles, other: Doubles) -> bool:
    """Whether settling would lead from both to the same place."""
    size, others = np.hypot(*pose[:2]), np.hypot(*other[:2])
    moved = np.hypot(*(pose[2:] - other[2:])) / max(size, others)
    turned = np.hypot(*(pose[:2] / size - other[:2] / others))
    return bool(moved < _SAME[0] and abs(np.log(size / others)) < _SAME[1] and turned < _SAME[2])


def _judged(artwork: Artwork, picture: Pyramid, settled: Settled, place: Place) -> _Fit:
    score, mirrored, partial = settled.whole.score, place.mirrored, False
    if mirrored and score >= CURVE[0][0]:
        upright = artwork.outlines[False].settle(picture, place)
        if upright is not None and upright.whole.score > score - _MIRROR_GAIN:
            settled, score, mirrored = upright, upright.whole.score, False
    if score < CURVE[0][0] and (part := _part(settled)):
        score, partial = part, True
    return _Fit(score, mirrored, partial, settled)


def _part(settled: Settled) -> float:
    """How well a half fits where its other half does not; 0 where both do, or neither."""
    fits = [half.score for half in settled.halves]
    pairs = [(fits[0], fits[1]), (fits[2], fits[3])] if len(fits) == 4 else []
    parts = [max(pair) for pair in pairs if max(pair) >= _PART and min(pair) <= _REST]
    return max(parts, default=0.0) - (_PART - CURVE[0][0]) if parts else 0.0


def _learned(
    key: str, detector: Detector, picture: Pyramid, places: Sequence[Place], embedder: CropEmbedder
) -> MarkHit | None:
    """The likeliest place, where it is likely enough."""
    if not places:
        return None
    chances = detector.probabilities(embedder.embed([square(picture, place) for place in places]), places)
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
