"""What a family of processes uses while something runs: memory and processor time, by kind (Linux)."""

import os
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.pipelines.processes import command, descendants

_TICK = os.sysconf("SC_CLK_TCK")
_KINDS = {"ray::MapWorker(": "encoder", "ray::_prepare_encoders": "encoder", "ray::_EdgeHost": "vectors"}
"""What Ray calls a process, and what it is here; its other workers look and measure."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment: megabytes and processor seconds since the one before, by kind."""

    at: float
    memory: dict[str, float]
    spent: dict[str, float]
    most: float
    """The largest worker's megabytes."""


@dataclass(slots=True)
class Sampler:
    """Looks at a process and everything that descends from it, until told to stop."""

    pid: int
    every: float = 0.5
    samples: list[Sample] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _known: dict[int, float] = field(default_factory=dict)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def total(self) -> float:
        """Processor seconds of all that was seen; what a process did after its last sample is missing."""
        return sum(sum(sample.spent.values()) for sample in self.samples)

    def _run(self) -> None:
        while not self._over.wait(self.every):
            self.samples.append(self._look())

    def _look(self) -> Sample:
        memory: defaultdict[str, float] = defaultdict(float)
        spent: defaultdict[str, float] = defaultdict(float)
        most = 0.0
        for pid in (self.pid, *descendants(self.pid)):
            with suppress(OSError, IndexError, ValueError):  # it ended while we looked
                kind = "driver" if pid == self.pid else _kind(pid)
                megabytes, seconds = anonymous(pid), seconds_of(pid)
                memory[kind] += megabytes
                spent[kind] += max(0.0, seconds - self._known.get(pid, 0.0))
                self._known[pid] = seconds
                if kind in {"tasks", "encoder"}:
                    most = max(most, megabytes)
        return Sample(time.time(), dict(memory), dict(spent), most)


def _kind(pid: int) -> str:
    words = command(pid)
    for name, kind in _KINDS.items():
        if words.startswith(name):
            return kind
    return (
        "tasks"
        if words.startswith(("ray::Map", "ray::IDLE", "ray::look_at", "ray::measure"))
        else "Ray itself"
    )


def anonymous(pid: int) -> float:
    """Memory that is the process's own: what it shares with the object store or with files is not in it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return 0.0


def seconds_of(pid: int) -> float:
    """Processor seconds that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
