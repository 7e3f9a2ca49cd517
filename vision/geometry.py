"""References found in pictures by their local features: copies, cropped, framed, mirrored or re-shot."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from vision.descriptor_matching import Floats, Halves, distinct_pairs, scratch, similarities
from vision.geometry_settings import DEFAULT_GEOMETRY, GeometrySettings
from vision.guided_matching import confirmed
from vision.homography import Array, Place, locate, supported
from vision.local_features import LocalFeatures, describe
from vision.shortlist import DEFAULT_SHORTLIST, Candidate, Shortlist, ShortlistSettings

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryHit:
    """A reference that lies in the picture."""

    key: str
    inliers: int
    """Distinct points that agree on the place."""
    mirrored: bool
    quad: Quad
    """The reference's corners (of its mirror image, where mirrored) as fractions of the picture's width
    and height, from the top left, clockwise; beyond 0..1 where the picture shows only a part."""
    cells: int
    """Cells of a 6 x 6 grid over the reference that hold inliers."""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A reference in the form in which it is matched."""

    upright: Array
    mirrored: Array
    halves: Halves
    size: tuple[int, int]

    @classmethod
    def of(cls, features: LocalFeatures) -> Self:
        upright = features.frames.astype(np.float64)
        mirrored = upright.copy()
        mirrored[:, 0] = features.size[0] - 1 - mirrored[:, 0]
        mirrored[:, 3] = np.pi - mirrored[:, 3]
        return cls(upright, mirrored, Halves.of(features.descriptors, factor=0.5), features.size)


@dataclass(frozen=True, slots=True, eq=False)
class _LookedAt:
    """The picture in the form in which it is matched."""

    frames: Array
    halves: Halves
    size: tuple[int, int]
    room: Floats

    @classmethod
    def of(cls, features: LocalFeatures, *, most: int) -> Self:
        halves = Halves.of(features.descriptors, factor=1)
        return cls(features.frames.astype(np.float64), halves, features.size, scratch(len(features), most))


class GeometryIndex:
    """References to look for. Picklable; what is said of one that is looked at does not depend on the others.

    A few are all looked at, of many those on a shortlist.
    """

    def __init__(
        self,
        *,
        settings: GeometrySettings = DEFAULT_GEOMETRY,
        shortlist: ShortlistSettings = DEFAULT_SHORTLIST,
    ) -> None:
        self._settings = settings
        self._exact_up_to = shortlist.exact_up_to
        self._shortlist = Shortlist(settings=shortlist)
        self._features: dict[str, LocalFeatures] = {}
        self._ready: dict[str, _Known] = {}

    def __len__(self) -> int:
        return len(self._features)

    def __contains__(self, key: object) -> bool:
        return key in self._features

    def __getstate__(self) -> dict[str, object]:
        # What is ready takes four times as much as what it is made from.
        return {**self.__dict__, "_ready": {}}

    def add(self, key: str, features: LocalFeatures) -> None:
        """Look for a reference, and for its mirror image, from now on; a key that stands is replaced."""
        strongest = features.strongest(self._settings.reference_keypoints)
        self._features[key] = strongest
        self._ready.pop(key, None)
        self._shortlist.add(key, strongest)

    def remove(self, key: str) -> None:
        """Look for it no longer. Raises KeyError where it was never added."""
        del self._features[key]
        self._ready.pop(key, None)
        self._shortlist.remove(key)

    def find(self, pixels: npt.NDArray[np.uint8]) -> list[GeometryHit]:
        """The references that lie in (H, W, 3) RGB pixels, most inliers first.

        Where nothing is found in a large picture it is looked at more closely, once.
        """
        settings = self._settings
        hits = self.match(describe(pixels, settings=settings))
        if hits or max(pixels.shape[:2]) < settings.closer_from * settings.long_side:
            return hits
        closer = replace(settings, long_side=settings.closer_side, keypoints=settings.closer_keypoints)
        return self.match(describe(pixels, settings=closer))

    def match(self, features: LocalFeatures, *, only: Collection[str] | None = None) -> list[GeometryHit]:
        """The references that lie in a picture, most inliers first.

        Args:
            features: of the picture, from `describe` with the same settings.
            only: keys to try, each in full, instead of the shortlist; keys that are not here are ignored.
        """
        settings = self._settings
        if len(features) < settings.support:
            return []
        short = only is None and len(self._features) > self._exact_up_to
        voted = {it.key: it for it in self._shortlist.candidates(features)} if short else {}
        wanted: Collection[str] = voted if short else self._features if only is None else only
        asked = [
            key for key in wanted if key in self._features and len(self._features[key]) >= settings.support
        ]
        if not asked:
            return []
        looked_at = _LookedAt.of(features, most=max(len(self._features[key]) for key in asked))
        hits = []
        for key in asked:
            known = self._prepared(key)
            if key not in voted or self._promising(voted[key], known, looked_at):
                hits.append(self._find(key, known, looked_at))
        return sorted((it for it in hits if it is not None), key=lambda hit: (-hit.inliers, hit.key))

    def _promising(self, candidate: Candidate, known: _Known, looked_at: _LookedAt) -> bool:
        """Whether the keypoints that voted agree on a place: a twentieth of the work of looking with all."""
        for voters, frames, side in (
            (candidate.upright, known.upright, 0),
            (candidate.mirrored, known.mirrored, 1),
        ):
            if len(voters) < self._settings.voters_support:
                continue
            halves = looked_at.halves.chosen(voters)
            similar = similarities(halves, known.halves, room=looked_at.room)[side]
            pairs = distinct_pairs(similar, halves, known.halves, ratio=self._settings.ratio)
            here = looked_at.frames[voters[pairs.picture]]
            if supported(frames[pairs.reference], here, settings=self._settings):
                return True
        return False

    def _prepared(self, key: str) -> _Known:
        """Kept where all are looked at each time; made anew where there are many, four times as large."""
        known = self._ready.get(key)
        if known is None:
            known = _Known.of(self._features[key])
            if len(self._features) <= self._exact_up_to:
                self._ready[key] = known
        return known

    def _find(self, key: str, known: _Known, looked_at: _LookedAt) -> GeometryHit | None:
        upright, mirrored = similarities(looked_at.halves, known.halves, room=looked_at.room)
        place, turned = self._locate(upright, known, known.upright, looked_at), False
        if place is None or place.inliers < self._settings.clear:
            other = self._locate(mirrored, known, known.mirrored, looked_at)
            if other is not None and (place is None or other.inliers > place.inliers):
                place, turned = other, True
        if place is not None and place.inliers < self._settings.accept:
            place = self._looked_for(place, mirrored if turned else upright, known, looked_at, turned=turned)
        if place is None:
            return None
        width, height = looked_at.size
        corners = [(float(x / width), float(y / height)) for x, y in place.corners]
        quad = (corners[0], corners[1], corners[2], corners[3])
        return GeometryHit(key=key, inliers=place.inliers, mirrored=turned, quad=quad, cells=place.cells)

    def _looked_for(
        self, place: Place, similar: Floats, known: _Known, looked_at: _LookedAt, *, turned: bool
    ) -> Place | None:
        """A place that too few agree on, where more is found when it is looked for.

        Points that were looked for are easier to come by than those that agree unasked: however many they
        are, no more are told of than the fewest of a hit.
        """
        reference = known.mirrored if turned else known.upright
        found = confirmed(place, similar, reference, looked_at.frames, settings=self._settings)
        return None if found is None else replace(found, inliers=self._settings.accept)

    def _locate(
        self, similar: Floats, known: _Known, known_frames: Array, looked_at: _LookedAt
    ) -> Place | None:
        settings = self._settings
        pairs = distinct_pairs(similar, looked_at.halves, known.halves, ratio=settings.ratio)
        reference, picture = known_frames[pairs.reference], looked_at.frames[pairs.picture]
        return locate(reference, picture, size=known.size, settings=settings)


__all__ = ["GeometryHit", "GeometryIndex", "GeometrySettings", "LocalFeatures", "Quad", "describe"]
