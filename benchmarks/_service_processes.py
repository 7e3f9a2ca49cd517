"""What the service's processes take, by Linux's /proc: CPU time is the same on a busy machine, nearly."""

import os
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_KINDS = {
    "ProxyActor": "proxy",
    "ServeReplica:counterfoil:Api": "Api",
    "ServeReplica:counterfoil:Scorer": "Scorer",
    "ServeReplica:counterfoil:EncoderReplica": "EncoderReplica",
    "_EdgeHost": "vector index",
    "ServeController": "controller",
}
"""What a process's title holds, and what to call it."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Taken:
    """By kind of process."""

    cpu_seconds: dict[str, float]
    megabytes: dict[str, float]
    """Of memory that no file backs."""


def taken() -> Taken:
    """What the service that this process started has taken so far, and holds now."""
    cpu: defaultdict[str, float] = defaultdict(float)
    memory: defaultdict[str, float] = defaultdict(float)
    for pid in _descendants(os.getpid()):
        with suppress(OSError):  # it ended while we looked
            folder = Path(f"/proc/{pid}")
            title = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            kind = next((name for part, name in _KINDS.items() if part in title), None)
            if kind is not None:
                user, system = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
                cpu[kind] += (int(user) + int(system)) / _TICKS
                status = (folder / "status").read_text()
                memory[kind] += int(status.partition("RssAnon:")[2].split()[0]) / 1024
    return Taken(dict(cpu), dict(memory))


def cpu_ms_each(before: Taken, after: Taken, requests: int) -> dict[str, float]:
    """Milliseconds of CPU time a request between two looks, by kind of process."""
    return {
        kind: 1000 * (spent - before.cpu_seconds.get(kind, 0.0)) / max(1, requests)
        for kind, spent in after.cpu_seconds.items()
    }


def _descendants(pid: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family - {pid}
