"""Progress a person can read: a bar on a terminal, a line now and then elsewhere, nothing with --json."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from cluster.metrics.definitions import SCAN_ROWS, SCAN_SECONDS
from cluster.metrics.meters import METERS, Meters

_EVERY = 5.0
"""Seconds between two lines where there is no terminal."""


class Stage(Protocol):
    """Told of every piece of finished work."""

    def advance(self, done: int) -> None:
        """`done` more rows are finished."""

    def note(self, words: str) -> None:
        """What there is to say beside the count, in place of what was said before."""


@dataclass(slots=True)
class _Quiet:
    def advance(self, done: int) -> None:
        """Say nothing."""

    def note(self, words: str) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Counted:
    """A stage that Prometheus hears of too."""

    shown: Stage
    name: str
    meters: Meters = METERS
    clock: Callable[[], float] = time.monotonic
    counted_until: float = field(init=False)

    def __post_init__(self) -> None:
        self.counted_until = self.clock()

    def advance(self, done: int) -> None:
        """Count and show `done` more rows."""
        self.meters.add(SCAN_ROWS, done, stage=self.name)
        self.spend()
        self.shown.advance(done)

    def spend(self) -> None:
        """Count the time since it was counted last: as it passes, or no rate would show a long stage."""
        now = self.clock()
        self.meters.add(SCAN_SECONDS, now - self.counted_until, stage=self.name)
        self.counted_until = now

    def note(self, words: str) -> None:
        """Show what there is to say; it is nothing to count."""
        self.shown.note(words)


@dataclass(slots=True)
class _Bar:
    progress: Progress
    task: TaskID
    started: float = field(default_factory=time.monotonic)
    done: int = 0

    def advance(self, done: int) -> None:
        self.done += done
        rate = self.done / max(time.monotonic() - self.started, 1e-9)
        self.progress.update(self.task, advance=done, rate=f"{rate:,.1f}/s")

    def note(self, words: str) -> None:
        self.progress.update(self.task, note=words)


@dataclass(slots=True)
class _Lines:
    console: Console
    name: str
    total: int | None
    started: float = field(default_factory=time.monotonic)
    said: float = field(default_factory=time.monotonic)
    said_done: int = -1
    done: int = 0
    words: str = ""

    def advance(self, done: int) -> None:
        self.done += done
        self._say_now_and_then()

    def note(self, words: str) -> None:
        self.words = words
        self._say_now_and_then()

    def _say_now_and_then(self) -> None:
        if time.monotonic() - self.said >= _EVERY:
            self.say()

    def say(self) -> None:
        self.said, self.said_done = time.monotonic(), self.done
        spent = max(self.said - self.started, 1e-9)
        rate = self.done / spent
        left = ""
        if self.total and self.done and self.done < self.total:
            left = f", {(self.total - self.done) / rate:,.0f} s left"
        of = f"/{self.total}" if self.total is not None else ""
        beside = f" · {self.words}" if self.words else ""
        self.console.print(
            f"{self.name}: {self.done}{of} ({rate:,.1f}/s{left}){beside}", highlight=False, markup=False
        )


class Reporter:
    """Shows stages on standard error; standard output stays the result's."""

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self._quiet = quiet
        self._console = console or Console(file=sys.stderr)

    def say(self, text: str) -> None:
        """One line of its own, for what a person should know while it lasts."""
        if not self._quiet:
            self._console.print(text, highlight=False)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Stage]:
        """A stage of known or unknown length, shown from here to its end."""
        if self._quiet:
            yield _Quiet()
        elif self._console.is_terminal:
            columns = (
                TextColumn("{task.description:<22}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[note]}", style="dim", markup=False),
            )
            with Progress(*columns, console=self._console) as progress:
                yield _Bar(progress, progress.add_task(name, total=total, rate="", note=""))
        else:
            lines = _Lines(self._console, name, total)
            yield lines
            if lines.said_done != lines.done:
                lines.say()
