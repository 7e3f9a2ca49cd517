"""A small scheduler for one machine: begins what is due, each run in a process of its own."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from catalog.schedules import Schedule, Schedules

Start = Callable[[Schedule], "subprocess.Popen[bytes]"]

_FIRST_PAUSE = 60.0
_LONGEST_PAUSE = 3600.0
"""Seconds before a run that failed is gone on with, doubled with each failure."""


@dataclass(slots=True)
class Scheduler:
    """Looks at every tenant's schedules; at most so many runs at once, and tenants take turns."""

    schedules: Schedules
    start: Start
    at_once: int = 1
    clock: Callable[[], datetime] = field(kw_only=True)
    tell: Callable[[str], None] = field(kw_only=True)
    _running: dict[tuple[str, str], "subprocess.Popen[bytes]"] = field(default_factory=dict, init=False)
    _failures: Counter[tuple[str, str]] = field(default_factory=Counter, init=False)
    _not_before: dict[tuple[str, str], float] = field(default_factory=dict, init=False)
    _last_turn: dict[str, float] = field(default_factory=dict, init=False)
    """By tenant, when a run of its last began."""

    def look(self) -> None:
        """Take note of what has ended, and begin what is due and has room."""
        self._reap()
        now = self.clock()
        waiting = [it for it in self.schedules.of() if self._may_begin(it, now)]
        while waiting and len(self._running) < self.at_once:
            chosen = min(waiting, key=self._turn)
            waiting.remove(chosen)
            self._begin(chosen)

    def forever(self, *, every_seconds: float) -> None:
        """Look again and again, until interrupted; runs that are under way are then left for later."""
        try:
            while True:
                self.look()
                time.sleep(every_seconds)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask each run to stop, which keeps it for `--resume`, and wait for it."""
        for child in self._running.values():
            child.terminate()
        for child in self._running.values():
            child.wait()
        self._running.clear()

    @property
    def running(self) -> tuple[tuple[str, str], ...]:
        """(tenant, schedule) of each run under way that this scheduler began."""
        return tuple(self._running)

    def _may_begin(self, schedule: Schedule, now: datetime) -> bool:
        key = (schedule.tenant, schedule.name)
        return (
            key not in self._running
            and schedule.due(now) is not None
            and not schedule.running(now)
            and time.monotonic() >= self._not_before.get(key, 0.0)
        )

    def _turn(self, schedule: Schedule) -> tuple[int, float, datetime]:
        """Fewest runs of the tenant's first, then whose last turn is longest ago, then what waits longest."""
        busy = sum(tenant == schedule.tenant for tenant, _ in self._running)
        return busy, self._last_turn.get(schedule.tenant, 0.0), schedule.next_due()

    def _begin(self, schedule: Schedule) -> None:
        key = (schedule.tenant, schedule.name)
        self._running[key] = self.start(schedule)
        self._last_turn[schedule.tenant] = time.monotonic()
        self.tell(f"{schedule.tenant} {schedule.name}: begun")

    def _reap(self) -> None:
        for key, child in list(self._running.items()):
            code = child.poll()
            if code is None:
                continue
            del self._running[key]
            tenant, name = key
            if code == 0:
                self._failures.pop(key, None)
                self._not_before.pop(key, None)
                self.tell(f"{tenant} {name}: done")
                continue
            self._failures[key] += 1
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (self._failures[key] - 1))
            self._not_before[key] = time.monotonic() + pause
            self.tell(f"{tenant} {name}: ended with {code}; again in {pause / 60:.0f} min")


def in_a_process(out: Path) -> Start:
    """Begin runs as `counterfoil schedule run`, whose output goes where ours goes."""

    def start(schedule: Schedule) -> "subprocess.Popen[bytes]":
        words: Sequence[str] = (
            *(sys.executable, "-m", "counterfoil", "schedule", "run", schedule.name),
            *("--tenant", schedule.tenant, "--out", str(out)),
        )
        return subprocess.Popen(words, stdin=subprocess.DEVNULL)  # noqa: S603 - our own words

    return start
