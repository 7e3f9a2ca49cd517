"""References found in pictures by their local features: copies, cropped, framed, mirrored or re-shot."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np

from vision.descriptor_matching import Floats, Halves, distinct_pairs, similarities
from vision.geometry_settings import DEFAULT_GEOMETRY, GeometrySettings
from vision.homography import Array, Place, locate
from vision.local_features import LocalFeatures, describe

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
        return cls(upright, mirrored, Halves.of(features.descriptors), features.size)


class GeometryIndex:
    """References to look for. Picklable; what `match` says of one does not depend on the others."""

    def __init__(self, *, settings: GeometrySettings = DEFAULT_GEOMETRY) -> None:
        self._settings = settings
        self._known: dict[str, _Known] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, key: object) -> bool:
        return key in self._known

    def add(self, key: str, features: LocalFeatures) -> None:
        """Look for a reference, and for its mirror image, from now on; a key that stands is replaced."""
        self._known[key] = _Known.of(features.strongest(self._settings.reference_keypoints))

    def remove(self, key: str) -> None:
        """Look for it no longer. Raises KeyError where it was never added."""
        del self._known[key]

    def match(self, features: LocalFeatures, *, only: Collection[str] | None = None) -> list[GeometryHit]:
        """The references that lie in a picture, most inliers first.

        Args:
            features: of the picture, from `describe` with the same settings.
            only: keys to try, where a shortlist has been made; keys that are not here are ignored.
        """
        if len(features) < self._settings.support:
            return []
        frames, halves = features.frames.astype(np.float64), Halves.of(features.descriptors)
        hits = []
        for key, known in self._known.items():
            if only is None or key in only:
                hit = self._find(key, known, frames=frames, halves=halves, size=features.size)
                if hit is not None:
                    hits.append(hit)
        return sorted(hits, key=lambda hit: (-hit.inliers, hit.key))

    def _find(
        self, key: str, known: _Known, *, frames: Array, halves: Halves, size: tuple[int, int]
    ) -> GeometryHit | None:
        if len(known.upright) < self._settings.support:
            return None
        upright, mirrored = similarities(halves, known.halves)
        place, turned = self._locate(upright, known, known.upright, frames=frames, halves=halves), False
        if place is None or place.inliers < self._settings.clear:
            other = self._locate(mirrored, known, known.mirrored, frames=frames, halves=halves)
            if other is not None and (place is None or other.inliers > place.inliers):
                place, turned = other, True
        if place is None or place.inliers < self._settings.accept:
            return None
        corners = [(float(x / size[0]), float(y / size[1])) for x, y in place.corners]
        quad = (corners[0], corners[1], corners[2], corners[3])
        return GeometryHit(key=key, inliers=place.inliers, mirrored=turned, quad=quad, cells=place.cells)

    def _locate(
        self, similar: Floats, known: _Known, known_frames: Array, *, frames: Array, halves: Halves
    ) -> Place | None:
        settings = self._settings
        pairs = distinct_pairs(similar, halves, known.halves, ratio=settings.ratio, most=settings.matches)
        return locate(
            known_frames[pairs.reference], frames[pairs.picture], size=known.size, settings=settings
        )


__all__ = ["GeometryHit", "GeometryIndex", "GeometrySettings", "LocalFeatures", "Quad", "describe"]
