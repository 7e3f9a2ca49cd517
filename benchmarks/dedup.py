"""Joining near pictures at scale: seconds, bytes and recall by size, beside other ways on the same data.

Hashes are drawn: half of them alone, half in clusters of 2 to 50 a few bits off each other, 1 % one
placeholder. `--sizes 10000000 --ways ours` for more; every run has a process of its own. Recall is of the
pairs within 10 bits, not equal, that comparing 500 sampled hashes with all finds: a pair counts when its two
are in one group. Indexes that are asked hash by hash are asked for those 500 alone; their seconds are the
building and the asking scaled to all hashes. Seconds are a core's own (CPU time, one thread).
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHashLSH, WeightedMinHash

from benchmarks._report import options, show
from pipelines.near_pictures import NEAR, NearPictures
from vision.near_hashes import Hashes, Numbers
from vision.union import roots, unite

SAMPLE = 500

Pairs = tuple[Numbers, Numbers]
Find = Callable[[Hashes, Numbers], Iterator[Any]]
"""Yields, once built, the share of the hashes it looks up; then the pairs it finds."""


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


def sampled(count: int) -> Numbers:
    """The pictures whose pairs are looked at, the same for every way."""
    places = np.random.default_rng(1).choice(count, min(SAMPLE, count), replace=False)
    return np.sort(places).astype(np.uint32)


def true_pairs(hashes: Hashes) -> Pairs:
    """Every pair of the sampled hashes within the limit, by comparing them with all; not equal ones."""
    ones, others = [], []
    for one in sampled(len(hashes)).tolist():
        distances = np.bitwise_count(hashes ^ hashes[one])
        near = np.flatnonzero((distances <= NEAR) & (distances > 0))
        ones.append(np.full(len(near), one, np.uint32))
        others.append(near.astype(np.uint32))
    return np.concatenate(ones), np.concatenate(others)


def ours(hashes: Hashes, certainly: int) -> tuple[Numbers, dict[str, float]]:
    """The join on disk, certain up to so many bits, and then a further day of one in a hundred."""
    with tempfile.TemporaryDirectory() as folder:
        pictures = NearPictures(Path(folder), certainly=certainly)
        pictures.add("first", hashes)
        begun = time.process_time()
        groups = np.array(pictures.join())
        spent = time.process_time() - begun
        peak = _peak()
        pictures.add("second", hashes[::100] ^ np.uint64(0b11))
        begun = time.process_time()
        pictures.join()
        further = time.process_time() - begun
    return groups, {"seconds": spent, "bytes a hash": peak, "seconds, 1 % more": further}


def other(hashes: Hashes, find: Find) -> tuple[Numbers, dict[str, float]]:
    """Another way between the same start and end: equal hashes collapsed, pairs united."""
    begun = time.process_time()
    distinct, places = np.unique(hashes, return_inverse=True)
    asked = np.unique(places[sampled(len(hashes))]).astype(np.uint32)
    parents = np.arange(len(distinct), dtype=np.uint32)
    pairs = find(distinct, asked)
    share = next(pairs)
    built = time.process_time() - begun
    for ones, others in pairs:
        unite(parents, ones, others)
    looked = time.process_time() - begun - built
    groups = roots(parents, np.arange(len(distinct), dtype=np.uint32))[places]
    return groups, {"seconds": built + looked / share, "bytes a hash": _peak()}


def _datasketch(bands: int, hashes: Hashes, _: Numbers) -> Iterator[Any]:
    """Datasketch's LSH, one row a band, as the scan's grouping uses it."""
    width = 64 // bands
    lsh = MinHashLSH(num_perm=bands, params=(bands, 1))
    values = hashes.tolist()
    yield 1.0
    for number, value in enumerate(values):
        parts = [(value >> (width * at)) & ((1 << width) - 1) for at in range(bands)]
        sketch = WeightedMinHash(0, np.array(parts, np.uint64))
        near = [it for it in lsh.query(sketch) if (values[it] ^ value).bit_count() <= NEAR]
        if near:
            yield _from(number, near)
        lsh.insert(number, sketch, check_duplication=False)


def _tree(hashes: Hashes, asked: Numbers) -> Iterator[Any]:
    """A Burkhard-Keller tree as in the textbook and in imagededup: children by distance to their parent."""
    values = hashes.tolist()
    order = np.random.default_rng(0).permutation(len(values)).tolist()  # sorted hashes make a poor tree
    root: tuple[int, dict[int, Any]] = (order[0], {})
    for number in order[1:]:
        node = root
        while True:
            distance = (values[node[0]] ^ values[number]).bit_count()
            if distance not in node[1]:
                node[1][distance] = (number, {})
                break
            node = node[1][distance]
    yield len(asked) / len(values)
    for number in asked.tolist():
        stack, found = [root], []
        while stack:
            there, children = stack.pop()
            distance = (values[there] ^ values[number]).bit_count()
            if distance <= NEAR:
                found.append(there)
            stack += [children[at] for at in children if distance - NEAR <= at <= distance + NEAR]
        yield _from(number, found)


def _faiss(kind: str, hashes: Hashes, asked: Numbers) -> Iterator[Any]:
    """Faiss's binary indexes, one thread, searched by range."""
    import faiss  # noqa: PLC0415 - only where it is installed

    faiss.omp_set_num_threads(1)
    rows = hashes.view(np.uint8).reshape(-1, 8)
    lists = max(16, int(len(hashes) ** 0.5))
    quantiser = faiss.IndexBinaryFlat(64)
    index: Any = quantiser
    if kind.startswith("multihash"):
        index = faiss.IndexBinaryMultiHash(64, 4, 16)
        index.nflip = int(kind[-1])
    elif kind == "hash":
        index = faiss.IndexBinaryHash(64, 16)
        index.nflip = 3
    elif kind == "ivf":
        index = faiss.IndexBinaryIVF(quantiser, 64, lists)
        index.nprobe = lists // 8
        index.train(rows[:: max(1, len(rows) // (40 * lists))])
    index.add(rows)
    yield len(asked) / len(hashes)
    limits, _, near = index.range_search(rows[asked], NEAR + 1)
    yield np.repeat(asked, np.diff(limits).astype(int)), near.astype(np.uint32)


def _from(number: int, found: list[int]) -> Pairs:
    return np.full(len(found), number, np.uint32), np.array(found, np.uint32)


OURS = {f"ours, certain to {bits}": partial(ours, certainly=bits) for bits in (10, 7, 5)}
OTHERS: dict[str, Find] = {
    "datasketch, 4 bands": partial(_datasketch, 4),
    "datasketch, 8 bands": partial(_datasketch, 8),
    "BK-tree": _tree,
    "faiss flat": partial(_faiss, "flat"),
    "faiss multihash, 2 flips": partial(_faiss, "multihash 2"),
    "faiss multihash, 1 flip": partial(_faiss, "multihash 1"),
    "faiss hash of 16, 3 flips": partial(_faiss, "hash"),
    "faiss IVF, an eighth": partial(_faiss, "ivf"),
}
MOST = {"datasketch, 4 bands": 300_000, "datasketch, 8 bands": 30_000, "BK-tree": 30_000}
"""Hashes from which on a way takes minutes in Python: not asked."""


def measured(name: str, count: int) -> dict[str, float]:
    """One way on one size, in a process of its own so that its memory is its own."""
    hashes = drawn(count, seed=0)
    ones, others = true_pairs(hashes)
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _peak()
    groups, figures = OURS[name](hashes) if name in OURS else other(hashes, OTHERS[name])
    figures["bytes a hash"] = (figures["bytes a hash"] - before) / count
    figures["microseconds a hash"] = 1e6 * figures["seconds"] / count
    return figures | {"recall": float((groups[ones] == groups[others]).mean()), "pairs": len(ones)}


def _peak() -> int:
    """The most memory this process has held, in bytes, mapped files included (Linux)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    asked_for = options(__doc__ or "", sizes="100000,1000000", ways="")
    shown: dict[str, Any] = {}
    for size in map(int, asked_for.sizes.split(",")):
        for way in [*OURS, *OTHERS]:
            if size > MOST.get(way, size) or not way.startswith(asked_for.ways):
                continue
            with ProcessPoolExecutor(1, get_context("fork")) as pool:
                shown[f"{way}, {size:,}"] = pool.submit(measured, way, size).result()
    show(asked_for, shown)
