"""Processes that a test started, found by descent so that no other is ever touched (Linux)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in Linux's /proc")
ROOT = Path(__file__).parents[2]


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it ended while we looked
                found[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return found


def descendants(pid: int) -> set[int]:
    """Every process that descends from one of ours."""
    parents, family = _parents(), {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family - {pid}


def command(pid: int) -> str:
    """A process's command line; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class ScanProcess:
    """A scan in a process of its own, with its own Ray: what a person starts and may lose."""

    def __init__(
        self,
        *arguments: str,
        module: str = "tests.pipelines.scan_process",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._process = subprocess.Popen(  # our own interpreter and module
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def wait(self) -> int:
        self.said, _ = self._process.communicate(timeout=240)
        return self._process.returncode

    def kill_once(self, condition) -> None:
        """SIGKILL the driver as soon as the condition holds; what Ray leaves behind is cleared away."""
        while not condition():
            assert self._process.poll() is None, (
                f"it ended before it could be killed: {self.wait()} {self.said}"
            )
            time.sleep(0.02)
        family = descendants(self._process.pid)
        self._process.kill()
        self._process.wait()
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.stdout.close()
