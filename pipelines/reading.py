"""Reading a scan's sources into its journal, each from where it got to.

Platforms are read side by side, because each has a pace of its own; the sources of one platform come one
after the other, because they share it. Threads read, and hand each page to the caller's thread, which alone
writes the journal: a page and the checkpoint behind it are kept together.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread

from connectors import Access, Checkpoint, SourceRow, open_source
from pipelines.journal import Journal
from pipelines.journal_sources import Effort
from pipelines.progress import Stage
from pipelines.watched import LeftError, Watch
from scoring.errors import CounterfoilError

_LOOK = 1.0
"""Seconds without a page after which progress is shown all the same: a source may be waiting."""
_PATIENCE = 5.0
"""Seconds that a failed reading waits for its threads; they hold nothing that is not in the journal."""
_SHOWN = 32
"""Letters of a source's name in a line of progress."""


@dataclass(frozen=True, slots=True)
class _Page:
    source: str
    rows: Sequence[SourceRow]
    after: Checkpoint
    once: bool
    effort: Effort


@dataclass(frozen=True, slots=True)
class _End:
    """A source has been read, or cannot be."""

    source: str
    gaps: tuple[str, ...]
    effort: Effort
    error: CounterfoilError | None = None


@dataclass(frozen=True, slots=True)
class _Broken:
    """Something of ours went wrong: the scan must say so."""

    error: BaseException


_Told = _Page | _End | _Broken


def read_sources(
    sources: Sequence[str], access: Access, journal: Journal, stage: Stage
) -> dict[str, list[str]]:
    """Read every source to its end; by source, what of it was not read, and why.

    Of several sources one that fails leaves the others running and is told of in what is returned. A source
    that is alone fails the scan, which can then be resumed from its last page; so does the last of several.
    """
    journal.plan(sources)
    progress = journal.progress()
    begun = {source: journal.checkpoint(source) for source in sources}
    reading = _Reading(access, begun, whole=frozenset(it.source for it in progress if it.whole))
    counts = {it.source: _Count(it.pages, it.listings) for it in progress}
    gaps: dict[str, list[str]] = {}
    failed: list[CounterfoilError] = []
    left = set(sources)
    try:
        reading.start()
        while left:
            match reading.told():
                case None:
                    pass
                case _Page(source, rows, after, once, effort):
                    journal.add_page(source, rows, after, once=once, effort=effort)
                    counts[source].add(len(rows))
                    stage.advance(len(rows))
                case _End(source, missing, effort, error):
                    left.discard(source)
                    journal.add_effort(source, effort)
                    gaps |= {source: list(missing)} if missing else {}
                    if error is None:
                        journal.read_whole(source)
                    else:
                        failed.append(error)
                        gaps.setdefault(source, []).append(str(error))
                case _Broken(fault):
                    raise fault
            stage.note(_words([source for source in sources if source in left], counts, reading.watches))
    finally:
        reading.leave()
    if failed and len(failed) == len(set(sources)):
        raise failed[-1]
    return gaps


class _Reading:
    """The threads that read, one for each platform."""

    def __init__(
        self, access: Access, begun: Mapping[str, Checkpoint | None], *, whole: Collection[str]
    ) -> None:
        self.watches = {source: Watch(access) for source in begun}
        self._begun = begun
        self._whole = whole
        platforms: defaultdict[str, list[str]] = defaultdict(list)
        for source in begun:
            platforms[source.partition(":")[0].partition("@")[0]].append(source)
        self._told: Queue[_Told] = Queue(maxsize=len(platforms))
        self._left = Event()
        self._threads = [
            Thread(target=self._read_all, args=(named,), name=f"reading {platform}", daemon=True)
            for platform, named in platforms.items()
        ]

    def start(self) -> None:
        """Begin to read."""
        for thread in self._threads:
            thread.start()

    def told(self) -> _Told | None:
        """What has been read next; None where nothing has for a while."""
        try:
            return self._told.get(timeout=_LOOK)
        except Empty:
            return None

    def leave(self) -> None:
        """End every reading that is still under way, at its next call or pause."""
        self._left.set()
        for watch in self.watches.values():
            watch.left.set()
        ends = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _read_all(self, sources: Sequence[str]) -> None:
        with suppress(LeftError):
            try:
                for source in sources:
                    self._tell(self._read(source))
            except LeftError:
                raise
            except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that scans
                self._tell(_Broken(error))

    def _read(self, source: str) -> _End:
        watch, checkpoint = self.watches[source], self._begun[source]
        watch.under_way = True
        try:
            connector = open_source(source, watch.watched)
            # What a search brings up again, on another page or for another query, is the same listing.
            once = bool(connector.capabilities.searches)
            # One that was read whole is not asked again: behind its last page may be another, empty one.
            for rows, after in connector.pages(checkpoint) if source not in self._whole else ():
                self._tell(_Page(source, rows, after, once, watch.spent()))
                checkpoint = after
            missing = connector.gaps(checkpoint) if checkpoint is not None else ()
        except CounterfoilError as error:
            return _End(source, (), watch.spent(), error)
        return _End(source, missing, watch.spent())

    def _tell(self, something: _Told) -> None:
        while not self._left.is_set():
            try:
                self._told.put(something, timeout=_LOOK)
            except Full:
                continue
            return
        raise LeftError


@dataclass(slots=True)
class _Count:
    pages: int = 0
    listings: int = 0

    def add(self, listings: int) -> None:
        self.pages += 1
        self.listings += listings


def _words(sources: Sequence[str], counts: Mapping[str, _Count], watches: Mapping[str, Watch]) -> str:
    """Each source being read: what came of it so far, and whether it is waiting; and how many are to come."""
    reading = [source for source in sources if watches[source].under_way]
    told = [
        f"{source if len(source) <= _SHOWN else source[: _SHOWN - 1] + '…'} page {counts[source].pages}, "
        f"{counts[source].listings:,} listings" + _pause(watches[source].pausing)
        for source in reading
    ]
    to_come = len(sources) - len(reading)
    return "; ".join([*told, f"{to_come} more to come"] if to_come else told)


def _pause(seconds: float) -> str:
    return f", waits {seconds:.0f} s" if seconds >= 1.0 else ""
