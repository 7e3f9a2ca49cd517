"""Many pictures of a catalogue, found by what is near them: whole copies, and pictures that they lie in.

Only fingerprints and visual words are held, some 13 kB a picture. Its local features, 115 kB, are asked for
when a shortlist names it.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol

from vision.fingerprint import MAX_DISTANCE, View
from vision.fingerprint_index import FingerprintIndex, Hit
from vision.geometry import GeometryHit, GeometryIndex, LocalFeatures
from vision.shortlist import DEFAULT_SHORTLIST, Shortlist

_HELD = 1024
"""Pictures whose local features are kept once they were asked for: 120 MB."""


class _Load(Protocol):
    def __call__(self, key: str, /) -> LocalFeatures: ...


class MediaIndex:
    """Pictures by key, in the order in which they were added. One writer at a time."""

    def __init__(self, load: Callable[[str], LocalFeatures]) -> None:
        self._load: _Load = lru_cache(_HELD)(load)
        self._views: dict[str, tuple[View, ...]] = {}
        self._fingerprints = FingerprintIndex()
        self._shortlist = Shortlist()

    def __len__(self) -> int:
        return len(self._views)

    def __contains__(self, key: object) -> bool:
        return key in self._views

    def add(self, key: str, views: tuple[View, ...], features: LocalFeatures) -> None:
        """Find a picture from now on; a key that stands is left as it is, for a key names its bytes."""
        if key in self._views:
            return
        self._fingerprints.add(key, views)
        self._shortlist.add(key, features)
        self._views[key] = views

    def keys(self) -> frozenset[str]:
        """What is found here."""
        return frozenset(self._views)

    def near(self, views: Iterable[View], *, max_distance: int = MAX_DISTANCE) -> list[Hit]:
        """Those whose fingerprint lies within so many bits of a picture's, nearest first."""
        return self._fingerprints.search(views, max_distance=max_distance)

    def lie_in(self, features: LocalFeatures) -> list[GeometryHit]:
        """Those that lie in a picture, most inliers first: all are tried where they are few."""
        few = len(self._views) <= DEFAULT_SHORTLIST.exact_up_to
        tried = GeometryIndex()
        for key in list(self._views) if few else self._shortlist.nearest(features):
            tried.add(key, self._load(key))
        return tried.match(features)

    def groups(self) -> list[tuple[str, ...]]:
        """Keys of the same picture by fingerprint, two or more, the largest group first.

        Groups do not chain: each member lies within the limit of the group's first.
        """
        grouped: dict[str, list[str]] = {}
        for key, views in list(self._views.items()):
            whole = [view for view in views if not view.name.startswith("mirror")]
            first = next((hit.key for hit in self.near(whole) if hit.key in grouped), None)
            grouped.setdefault(first or key, []).append(key)
        several = (tuple(keys) for keys in grouped.values() if len(keys) > 1)
        return sorted(several, key=lambda keys: (-len(keys), keys))
