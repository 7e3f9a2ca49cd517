"""Joining near pictures at scale: seconds, bytes and recall by size, beside other ways on the same data.

Hashes are drawn: half of them alone, half in clusters of 2 to about 50 a few bits off each other, 1 % one
placeholder. `--sizes 100000,1000000,10000000` for the large one; each size runs in a process of its own, and
`--others-up-to` bounds what the slower ways are asked for. Recall is of the pairs that comparing a sample
with everything finds within 10 bits and not equal: a pair counts when its two are put into one group.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHashLSH, WeightedMinHash

from pipelines.near_pictures import NEAR, NearPictures
from vision.near_hashes import Hashes, Numbers
from vision.union import roots, unite

_SAMPLE = 500
_ASKED = 2_000
"""Queries a slower way is timed with where it is not asked for all; its seconds are then scaled, and say so."""


def drawn(count: int, *, seed: int) -> Hashes:
    """Hashes alone, in clusters and of one placeholder, shuffled."""
    rng = np.random.default_rng(seed)
    clustered = count // 2
    sizes = np.minimum(1 + rng.zipf(2.0, clustered), 50)
    sizes = sizes[np.cumsum(sizes) <= clustered]
    centres = np.repeat(rng.integers(0, 2**64, len(sizes), dtype=np.uint64), sizes)
    flips = rng.integers(0, 6, len(centres))
    for at in range(5):
        bit = np.uint64(1) << rng.integers(0, 64, len(centres), dtype=np.uint64)
        centres ^= np.where(flips > at, bit, np.uint64(0))
    alone = rng.integers(0, 2**64, count - len(centres), dtype=np.uint64)
    alone[: count // 100] = 0xFFFF0000FFFF0000
    every = np.concatenate([centres, alone])
    rng.shuffle(every)
    return every


def true_pairs(hashes: Hashes, *, seed: int) -> tuple[Numbers, Numbers]:
    """Every pair of some sampled hashes within the limit, by comparing them with all; not equal ones."""
    sample = np.random.default_rng(seed).choice(len(hashes), min(_SAMPLE, len(hashes)), replace=False)
    ones, others = [], []
    for one in sample.tolist():
        distances = np.bitwise_count(hashes ^ hashes[one])
        near = np.flatnonzero((distances <= NEAR) & (distances > 0))
        ones.append(np.full(len(near), one, np.uint32))
        others.append(near.astype(np.uint32))
    return np.concatenate(ones), np.concatenate(others)


Way = Callable[[Hashes], Numbers]
"""From hashes to the group of each."""


def ours(certainly: int) -> Way:
    """The join on disk, certain up to so many bits."""

    def way(hashes: Hashes) -> Numbers:
        with tempfile.TemporaryDirectory() as folder:
            pictures = NearPictures(Path(folder), certainly=certainly)
            pictures.add("day", hashes)
            return np.array(pictures.join())

    return way


def _distinct(find: Callable[[Hashes], Iterator[tuple[Numbers, Numbers]]]) -> Way:
    """The same start and end for every other way: equal hashes collapsed, pairs united."""

    def way(hashes: Hashes) -> Numbers:
        distinct, places = np.unique(hashes, return_inverse=True)
        parents = np.arange(len(distinct), dtype=np.uint32)
        for ones, others in find(distinct):
            unite(parents, ones, others)
        return roots(parents, np.arange(len(distinct), dtype=np.uint32))[places]

    return way


def _datasketch(bands: int) -> Callable[[Hashes], Iterator[tuple[Numbers, Numbers]]]:
    """Datasketch's LSH, one row a band, as the scan's grouping uses it."""
    width = 64 // bands

    def find(hashes: Hashes) -> Iterator[tuple[Numbers, Numbers]]:
        lsh = MinHashLSH(num_perm=bands, params=(bands, 1))
        values = hashes.tolist()
        for number, value in enumerate(values):
            parts = [(value >> (width * at)) & ((1 << width) - 1) for at in range(bands)]
            sketch = WeightedMinHash(0, np.array(parts, np.uint64))
            near = [it for it in lsh.query(sketch) if (values[it] ^ value).bit_count() <= NEAR]
            if near:
                yield np.full(len(near), number, np.uint32), np.array(near, np.uint32)
            lsh.insert(number, sketch, check_duplication=False)

    return find


def _tree(hashes: Hashes) -> Iterator[tuple[Numbers, Numbers]]:
    """A Burkhard-Keller tree as in the textbook (and in imagededup): children by distance from their parent."""
    values = hashes.tolist()
    np.random.default_rng(0).shuffle(values)  # sorted hashes would make a poor tree
    number_of = {value: number for number, value in enumerate(hashes.tolist())}
    root: tuple[int, dict[int, Any]] = (values[0], {})
    for value in values[1:]:
        node, found = root, []
        while True:
            distance = (node[0] ^ value).bit_count()
            if distance not in node[1]:
                node[1][distance] = (value, {})
                break
            node = node[1][distance]
    for value in values[:_ASKED]:
        stack, found = [root], []
        while stack:
            there, children = stack.pop()
            distance = (there ^ value).bit_count()
            if 0 < distance <= NEAR:
                found.append(number_of[there])
            stack += [children[at] for at in children if distance - NEAR <= at <= distance + NEAR]
        if found:
            yield np.full(len(found), number_of[value], np.uint32), np.array(found, np.uint32)


def _faiss(kind: str) -> Callable[[Hashes], Iterator[tuple[Numbers, Numbers]]]:
    """Faiss's binary indexes, one thread, searched by range with every hash (or the first thousands)."""

    def find(hashes: Hashes) -> Iterator[tuple[Numbers, Numbers]]:
        import faiss  # noqa: PLC0415 - only where it is installed

        faiss.omp_set_num_threads(1)
        rows = hashes.view(np.uint8).reshape(-1, 8)
        if kind == "flat":
            index = faiss.IndexBinaryFlat(64)
        elif kind == "multihash":
            index = faiss.IndexBinaryMultiHash(64, 4, 16)
            index.nflip = 2  # the same guarantee as ours: 3 * 4 - 1
        else:
            quantiser = faiss.IndexBinaryFlat(64)
            index = faiss.IndexBinaryIVF(quantiser, 64, max(16, int(len(hashes) ** 0.5)))
            index.own_invlists, index.nprobe = True, max(4, int(len(hashes) ** 0.5) // 8)
            index.train(rows[:: max(1, len(rows) // 40_000)])
        index.add(rows)
        asked = np.random.default_rng(0).permutation(len(hashes))[:_ASKED]
        limits, _, near = index.range_search(rows[asked], NEAR + 1)
        yield np.repeat(asked, np.diff(limits)).astype(np.uint32), near.astype(np.uint32)

    return find


WAYS: dict[str, tuple[Way, int, bool]] = {
    "ours, certain to 10": (ours(10), 10**9, False),
    "ours, certain to 7": (ours(7), 10**9, False),
    "ours, certain to 5": (ours(5), 10**9, False),
    "datasketch, 4 bands": (_distinct(_datasketch(4)), 10**6, False),
    "datasketch, 8 bands": (_distinct(_datasketch(8)), 10**5, False),
    "BK-tree": (_distinct(_tree), 10**5, True),
    "faiss flat": (_distinct(_faiss("flat")), 10**6, True),
    "faiss multihash 4x16, 2 flips": (_distinct(_faiss("multihash")), 10**6, True),
    "faiss IVF, an eighth probed": (_distinct(_faiss("ivf")), 10**6, True),
}
"""Each way, the largest size it is asked for, and whether it looks up a part of the hashes."""


def measured(name: str, count: int, seed: int) -> dict[str, Any]:
    """One way on one size, in a process of its own so that its memory is its own."""
    way, _, partly = WAYS[name]
    hashes = drawn(count, seed=seed)
    ones, others = true_pairs(hashes, seed=seed)
    before = _peak()
    begun, worked = time.perf_counter(), time.process_time()
    groups = way(hashes)
    wall, cpu = time.perf_counter() - begun, time.process_time() - worked
    figures: dict[str, Any] = {"seconds": wall, "seconds of CPU": cpu}
    if partly and count > _ASKED:
        figures["hashes looked up"] = _ASKED
    else:
        figures["recall of pairs"] = float((groups[ones] == groups[others]).mean())
        figures["hashes a second of CPU"] = count / cpu
    return figures | {"bytes a hash, peak": (_peak() - before) / count}
