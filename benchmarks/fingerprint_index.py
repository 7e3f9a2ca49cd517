"""Searching fingerprints: microseconds a picture among many views, against a loop over Python's integers."""

import pickle
import time
from typing import Any

import numpy as np

from benchmarks._report import median_seconds, options, show
from vision.fingerprint import MAX_DISTANCE, Fingerprint, View
from vision.fingerprint_index import FingerprintIndex
from vision.lsh import group_near

VIEWS = 64
"""Views of a reference, about: whole, trims, crops, and their mirror images."""
QUERIES = 20


def measure(entries: int, *, seed: int) -> dict[str, Any]:
    """Search and its size for so many views of random pictures."""
    rng = np.random.default_rng(seed)
    hashes = [Fingerprint(int(d), int(p)) for d, p in rng.integers(0, 2**63, (entries, 2), dtype=np.uint64)]
    index = FingerprintIndex()
    for start in range(0, entries, VIEWS):
        index.add(str(start), [View("whole", it) for it in hashes[start : start + VIEWS]])
    queries = [
        [View("whole", Fingerprint(hashes[at].dhash ^ 0b1011, hashes[at].phash ^ 0b1))]
        for at in rng.integers(0, entries, QUERIES)
    ]

    def search() -> int:
        return sum(bool(index.search(query)) for query in queries)

    def scan() -> int:
        wanted = queries[0][0].fingerprint
        return sum(
            max((it.dhash ^ wanted.dhash).bit_count(), (it.phash ^ wanted.phash).bit_count()) <= MAX_DISTANCE
            for it in hashes
        )

    if search() != QUERIES or not scan():
        raise RuntimeError("a search missed what lies three bits away")
    searched, looped = median_seconds(search, times=5) / QUERIES, median_seconds(scan, times=3)
    return {
        "microseconds a search": 1e6 * searched,
        "times faster than a loop": looped / searched,
        "bytes an entry": len(pickle.dumps(index)) / entries,
    }


def grouping(pictures: int, *, seed: int) -> dict[str, Any]:
    """Grouping a crawl's pictures, a tenth of which are near-copies."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, 2**63, (pictures, 2), dtype=np.uint64)
    drawn[9::10] = drawn[8::10] ^ np.array([1, 2], np.uint64)
    begun = time.perf_counter()
    groups = group_near(drawn)
    spent = time.perf_counter() - begun
    return {"microseconds a picture": 1e6 * spent / pictures, "groups": len(np.unique(groups)) / pictures}


if __name__ == "__main__":
    asked = options(__doc__ or "", small=10_000, large=100_000)
    sizes = (asked.small, asked.large)
    figures = {f"{size:,} views": measure(size, seed=0) for size in sizes}
    show(asked, figures | {f"grouping {asked.small:,} pictures": grouping(asked.small, seed=1)})
