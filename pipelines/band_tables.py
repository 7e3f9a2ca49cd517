"""Tables of hashes on disk, sorted by a band in two passes over whatever they are made from.

The first pass counts how often each value of the band occurs, which says where each belongs; the second
puts every hash into its shard, and each shard is then sorted where it lies. Only a chunk or a shard is in
memory. A table is made beside its place and renamed when it is whole.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from vision.banding import Band
from vision.near_hashes import Hashes, Numbers, Offsets, Table, keys, turned
from vision.union import forest

SHARD = 2**20
"""Rows of a shard, about: 12 MB, and as much again while it is sorted."""

_EXACT = Band(0, 16, 0)
"""What finds equal hashes: any band does."""

Chunks = Iterator[tuple[Hashes, Numbers]]


def spill(folder: Path, chunks: Callable[[], Chunks], band: Band, *, rows: int = SHARD) -> None:
    """Write the table of a band from chunks of hashes and their numbers, which are read twice."""
    counts = np.zeros(1 << band.width, np.int64)
    for hashes, _ in chunks():
        counts += np.bincount(keys(turned(hashes, band), band), minlength=len(counts))
    offsets = np.concatenate([[0], np.cumsum(counts)])
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    np.save(part / "offsets.npy", offsets)
    total = int(offsets[-1])
    those = np.lib.format.open_memmap(part / "turned.npy", "w+", np.uint64, (total,))
    numbers = np.lib.format.open_memmap(part / "numbers.npy", "w+", np.uint32, (total,))
    bounds = _bounds(offsets, rows)
    np.save(part / "bounds.npy", bounds)
    free = bounds[:-1].copy()
    for hashes, named in chunks():
        chunk = turned(hashes, band)
        shard = np.searchsorted(bounds, offsets[keys(chunk, band)], side="right") - 1
        order = np.argsort(shard, kind="stable")
        chunk, own = chunk[order], named[order]
        cuts = np.searchsorted(shard[order], np.arange(len(bounds)))
        for at in np.flatnonzero(np.diff(cuts)).tolist():
            begin, end = cuts[at], cuts[at + 1]
            to = slice(free[at], free[at] + end - begin)
            those[to], numbers[to] = chunk[begin:end], own[begin:end]
            free[at] = to.stop
    for begin, end in pairwise(bounds.tolist()):
        order = np.argsort(those[begin:end], kind="stable")
        those[begin:end], numbers[begin:end] = those[begin:end][order], numbers[begin:end][order]
    those.flush()
    numbers.flush()
    part.replace(folder)


def open_table(folder: Path) -> Table:
    """A table on disk, mapped into memory."""
    names = ("turned", "numbers", "offsets")
    return Table(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in names))


def shards(folder: Path) -> list[tuple[int, int]]:
    """The rows of each shard of a table; no value of the band is in two."""
    return list(pairwise(np.load(folder / "bounds.npy").tolist()))


def identical(work: Path, parts: Sequence[Hashes], *, seen: int, rows: int = SHARD) -> None:
    """Collapse equal hashes: write the distinct ones, the first picture of each, and links to it.

    The links are those of pictures that are new, numbered from `seen`.
    """
    exact = work / "exact"
    if not exact.exists():
        spill(exact, lambda: _numbered(parts), _EXACT, rows=rows)
    table = open_table(exact)
    firsts, hashes, links = [], [], []
    for begin, end in shards(exact):
        those, numbers = np.asarray(table.turned[begin:end]), np.asarray(table.numbers[begin:end])
        first = np.concatenate([[True], those[1:] != those[:-1]])[: len(those)]
        head = numbers[first][np.cumsum(first) - 1]
        copy = ~first & (numbers >= seen)
        hashes.append(those[first])
        firsts.append(numbers[first])
        links.append(np.stack(forest(numbers[copy], head[copy])))
    np.save(work / "edges-exact.npy", np.concatenate(links, axis=1))
    np.save(work / "firsts.npy", np.concatenate(firsts))
    (work / "distinct.part").unlink(missing_ok=True)
    with (work / "distinct.part").open("wb") as file:
        np.save(file, np.concatenate(hashes))
    (work / "distinct.part").replace(work / "distinct.npy")
    shutil.rmtree(exact)


def _bounds(offsets: Offsets, rows: int) -> Offsets:
    total = int(offsets[-1])
    wanted = np.arange(0, total, rows)
    starts = offsets[np.searchsorted(offsets, wanted)]
    return np.unique(np.concatenate([starts, [0, total]]))


def _numbered(parts: Sequence[Hashes]) -> Chunks:
    begin = 0
    for day in parts:
        for at in range(0, len(day), SHARD):
            hashes = np.asarray(day[at : at + SHARD])
            yield hashes, np.arange(begin + at, begin + at + len(hashes), dtype=np.uint32)
        begin += len(day)
