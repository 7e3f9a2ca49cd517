"""References' fingerprints, searched exactly by comparing with all of them.

The limit (8 bits of 64) is too wide for locality-sensitive bands: nine bands of seven bits would each bring
up 1 entry in 128; four bands of 16 bits, each looked up at all 137 values within 2 bits, are exact too but
were measured slower than plain comparison, 318 against 69 microseconds at 100,000 entries and 1,604 against
664 at a million.
"""

import sys
import threading
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.fingerprint import MAX_DISTANCE, View


@dataclass(frozen=True, slots=True)
class Hit:
    """A key found, by its best view."""

    key: str
    view: str
    """The name of the key's view that was nearest."""
    distance: int
    """Differing bits of 64, as `fingerprint_distance` counts them."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Everything added so far, as numpy reads it; never changed once built."""

    dhashes: npt.NDArray[np.uint64]
    phashes: npt.NDArray[np.uint64]


class FingerprintIndex:
    """Views of references, searched by distance. Threads may search and add at once; it pickles."""

    def __init__(self) -> None:
        self._dhashes = array("Q")
        self._phashes = array("Q")
        self._names: list[str] = []
        self._keys: list[str] = []
        self._starts: list[int] = []
        self._table: _Table | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many views it holds."""
        return len(self._names)

    def __getstate__(self) -> dict[str, object]:
        with self._lock:
            fields = ("_dhashes", "_phashes", "_names", "_keys", "_starts")
            return {name: getattr(self, name)[:] for name in fields}

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._table = None
        self._lock = threading.Lock()

    def add(self, key: str, views: Iterable[View]) -> None:
        """File the views of one picture under a key; a key may be added to again."""
        with self._lock:
            self._keys.append(key)
            self._starts.append(len(self._names))
            for view in views:
                self._names.append(sys.intern(view.name))
                self._dhashes.append(view.fingerprint.dhash)
                self._phashes.append(view.fingerprint.phash)
            self._table = None

    def search(self, views: Iterable[View], *, max_distance: int = MAX_DISTANCE) -> list[Hit]:
        """The keys within `max_distance` bits of any of the views, nearest first, each once."""
        table = self._laid_out()
        best: dict[str, Hit] = {}
        for view in views:
            dhash, phash = np.uint64(view.fingerprint.dhash), np.uint64(view.fingerprint.phash)
            # pHash first: its bits are half ones by construction, so it rejects the most.
            p_distances = np.bitwise_count(table.phashes ^ phash)
            near = np.flatnonzero(p_distances <= max_distance)
            distances = np.maximum(np.bitwise_count(table.dhashes[near] ^ dhash), p_distances[near])
            for entry, distance in zip(near.tolist(), distances.tolist(), strict=True):
                if distance > max_distance:
                    continue
                key = self._keys[bisect_right(self._starts, entry) - 1]
                if key not in best or distance < best[key].distance:
                    best[key] = Hit(key, self._names[entry], distance)
        return sorted(best.values(), key=lambda hit: (hit.distance, hit.key))

    def _laid_out(self) -> _Table:
        table = self._table
        if table is not None:
            return table
        with self._lock:
            if self._table is None:
                self._table = _Table(np.array(self._dhashes, np.uint64), np.array(self._phashes, np.uint64))
            return self._table
