"""Which of all the pictures ever seen are nearly the same: a join on disk, shard by shard, day by day.

Only hashes are kept, eight bytes a picture, and a group's number, four. A day's pictures are joined with
each other and with everything seen before; groups only ever grow together, and a group is called by its
lowest picture, so its name stays unless an older group takes it in. Groups chain, unlike those that share
one measurement (`vision.lsh`): they say who shows the same picture, and nothing is measured in their stead.

Equal hashes are collapsed first: a platform's placeholder is one hash, however many listings show it.
Everything written is renamed into place when it is whole, so a run that died goes on behind its last shard.
Memory is twelve bytes a distinct hash while equal ones are collapsed, four bytes a picture while groups are
joined, and a shard's rows in between.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.band_tables import SHARD, identical, open_table, shards, spill
from scoring.errors import SettingsError
from vision.banding import Band, banded, cheapest
from vision.near_hashes import Hashes, Numbers, Reach, Table, band_pairs
from vision.union import forest, roots, unite

NEAR = 10
"""Differing bits of 64 up to which hashes are joined."""

_EDGES = 2**21
"""Pairs held before they are reduced to the fewest that join the same."""

Task = tuple[Path, Band, int, int, int]
"""A shard of a band's join: the folder, the band, the shard, the first new picture, and how near."""
Spread = Callable[[Callable[[Task], None], Iterable[Task]], Iterable[None]]


class NearPictures:
    """A folder of hashes by day and of their groups. One writer."""

    def __init__(
        self, folder: Path, *, within: int = NEAR, certainly: int | None = None, rows: int = SHARD
    ) -> None:
        """Joins what differs by at most `within` bits; none up to `certainly` bits are missed.

        Less certainty than `within` is quicker by far where there are very many pictures: see
        docs/a-billion-pictures.md.
        """
        self._certain = within if certainly is None else certainly
        if not 0 <= self._certain <= within <= 64:
            raise SettingsError(
                f"hashes of 64 bits cannot be joined within {within} bits, {certainly} of them for certain.",
                hint="Name a distance of 0 to 64, and no more certainty than that.",
            )
        self._folder = folder
        self._within = within
        self._rows = rows
        (folder / "days").mkdir(parents=True, exist_ok=True)

    def add(self, day: str, hashes: Hashes) -> None:
        """Keep a day's hashes, behind those of the days before; a day kept already stays as it is."""
        if day in [path.stem.partition("-")[2] for path in self._days()]:
            return
        _write(self._folder / "days" / f"{len(self._days()):08d}-{day}.npy", hashes.astype(np.uint64))

    def __len__(self) -> int:
        """How many pictures there are."""
        return sum(len(day) for day in self._hashes())

    def groups(self) -> Numbers:
        """The lowest picture of each one's group, in their order; those not joined yet are missing."""
        path = self._folder / "groups.npy"
        return np.load(path, mmap_mode="r") if path.exists() else np.zeros(0, np.uint32)

    def join(self, *, spread: Spread = map) -> Numbers:
        """Join what is new with everything; `spread` runs the shards, in this process or in many.

        Returns the groups, as `groups` does.
        """
        seen, total = len(self.groups()), len(self)
        if seen == total:
            return self.groups()
        work = self._folder / f"join-{seen}-{total}-{self._within}-{self._certain}"
        work.mkdir(exist_ok=True)
        if not (work / "distinct.npy").exists():
            identical(work, self._hashes(), seen=seen, rows=self._rows)
        distinct = np.load(work / "distinct.npy", mmap_mode="r")
        new = int(np.count_nonzero(np.load(work / "firsts.npy", mmap_mode="r") >= seen))
        for band in self._bands(new, len(distinct)):
            self._join_band(work, band, seen, spread)
        return self._unite(work, seen, total)

    def _bands(self, new: int, total: int) -> tuple[Band, ...]:
        bands = cheapest(new, total, certain=self._certain, same=new == total)
        # Where comparing all with all were sooner there is little to do either way.
        return bands or banded(min(4, self._certain + 1), certain=self._certain)

    def _join_band(self, work: Path, band: Band, seen: int, spread: Spread) -> None:
        if (work / f"{_name(band)}.done").exists():
            return
        if not (work / _name(band)).exists():
            distinct = np.load(work / "distinct.npy", mmap_mode="r")
            firsts = np.load(work / "firsts.npy", mmap_mode="r")
            spill(
                work / _name(band),
                lambda: zip(_chunks(distinct), _chunks(firsts), strict=True),
                band,
                rows=self._rows,
            )
        tasks = [(work, band, shard, seen, self._within) for shard in range(len(shards(work / _name(band))))]
        for _ in spread(join_shard, [task for task in tasks if not _edges(task).exists()]):
            pass
        (work / f"{_name(band)}.done").touch()
        shutil.rmtree(work / _name(band))

    def _unite(self, work: Path, seen: int, total: int) -> Numbers:
        parents = np.arange(total, dtype=np.uint32)
        parents[:seen] = self.groups()
        for path in sorted(work.glob("edges-*.npy")):
            links = np.load(path)
            unite(parents, links[0], links[1])
        for begin in range(0, total, _EDGES):
            part = np.arange(begin, min(begin + _EDGES, total), dtype=np.uint32)
            roots(parents, part)
        _write(self._folder / "groups.npy", parents)
        shutil.rmtree(work)
        return self.groups()

    def _days(self) -> list[Path]:
        return sorted((self._folder / "days").glob("*.npy"))

    def _hashes(self) -> Sequence[Hashes]:
        return [np.load(path, mmap_mode="r") for path in self._days()]


def join_shard(task: Task) -> None:
    """Write the links that one shard of a band's table finds; what is written already stays."""
    work, band, shard, seen, within = task
    if _edges(task).exists():
        return
    right = open_table(work / _name(band))
    begin, end = shards(work / _name(band))[shard]
    left = Table(np.asarray(right.turned[begin:end]), np.asarray(right.numbers[begin:end]), right.offsets)
    if seen:
        new = left.numbers >= seen
        left = Table(left.turned[new], left.numbers[new], right.offsets)
    links = [(np.zeros(0, np.uint32), np.zeros(0, np.uint32))]
    held = 0
    for ones, others in band_pairs(left, right, band, Reach(within, same=not seen)):
        links.append((ones, others))
        held += len(ones)
        if held >= _EDGES:
            links, held = [_forest(links)], 0
    _write(_edges(task), np.stack(_forest(links)))


def _forest(links: list[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    return forest(np.concatenate([one for one, _ in links]), np.concatenate([other for _, other in links]))


def _edges(task: Task) -> Path:
    work, band, shard, _, _ = task
    return work / f"edges-{_name(band)}-{shard:06d}.npy"


def _name(band: Band) -> str:
    return f"band-{band.start}-{band.width}"


def _chunks(those: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    for begin in range(0, len(those), _EDGES):
        yield np.asarray(those[begin : begin + _EDGES])


def _write(path: Path, those: npt.NDArray[Any]) -> None:
    """Write an array as a whole: it is there, or it is not."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, those)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
