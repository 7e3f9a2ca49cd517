"""What the service's processes take, by Linux's /proc: CPU time is the same on a busy machine, nearly."""

import os
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

from benchmarks._processes import anonymous, seconds_of
from tests.pipelines.processes import command, descendants

_KINDS = {
    "ProxyActor": "proxy",
    "ServeReplica:counterfoil:Api": "Api",
    "ServeReplica:counterfoil:Scorer": "Scorer",
    "ServeReplica:counterfoil:EncoderReplica": "EncoderReplica",
    "_EdgeHost": "vector index",
    "ServeController": "controller",
}
"""What a process's title holds, and what to call it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """By kind of process."""

    at: float
    cpu_seconds: dict[str, float]
    megabytes: dict[str, float]
    """Of memory that no file backs."""


def taken() -> Taken:
    """What the service that this process started has taken so far, and holds now."""
    cpu: defaultdict[str, float] = defaultdict(float)
    memory: defaultdict[str, float] = defaultdict(float)
    for pid in descendants(os.getpid()):
        with suppress(OSError):  # it ended while we looked
            title = command(pid)
            kind = next((name for part, name in _KINDS.items() if part in title), None)
            if kind is not None:
                cpu[kind] += seconds_of(pid)
                memory[kind] += anonymous(pid)
    return Taken(time.perf_counter(), dict(cpu), dict(memory))


def cpu_ms_each(before: Taken, after: Taken, requests: int) -> dict[str, float]:
    """Milliseconds of CPU time a request between two looks, by kind of process."""
    return {
        kind: 1000 * (spent - before.cpu_seconds.get(kind, 0.0)) / max(1, requests)
        for kind, spent in after.cpu_seconds.items()
    }


def cores(before: Taken, after: Taken) -> dict[str, float]:
    """How many cores were kept busy between two looks, by kind of process."""
    return {
        kind: (spent - before.cpu_seconds.get(kind, 0.0)) / (after.at - before.at)
        for kind, spent in after.cpu_seconds.items()
    }
