"""Running what is scheduled: claimed once, caught up once, gone on with where it was interrupted."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.schedules import PATIENCE, Schedule
from cluster.state import State
from pipelines.kinds import work_for
from pipelines.progress import Reporter
from pipelines.work import Place, carry_out
from scoring.errors import SettingsError

_BEAT_SECONDS = PATIENCE.total_seconds() / 4


class NothingToRunError(SettingsError):
    """No run of a schedule is to be done now: none is due, or another runner has it."""


def run_schedule(
    state: State, schedule: Schedule, *, out: Path, reporter: Reporter, at_once: bool = False
) -> dict[str, Any]:
    """Do the run of a schedule that is due, and return its summary with the folder it lies in as `out`.

    A run that was interrupted, on whatever machine sees the same folder, is gone on with first. With
    `at_once` a run is done although none is due.

    Raises:
        NothingToRunError: none is due, or another runner is at work on it.
    """
    tenant, name = schedule.tenant, schedule.name
    now = state.catalog.clock()
    due = schedule.due(now) or (now.replace(microsecond=0) if at_once else None)
    if due is None:
        raise NothingToRunError(
            f"schedule {name!r} is next due at {schedule.next_due():%Y-%m-%d %H:%M} UTC.",
            hint="Run it all the same with --now.",
        )
    with _claimed(state, schedule, due):
        folder = out / tenant / name / f"{due:%Y%m%dT%H%M%SZ}"
        summary = carry_out(work_for(schedule.task), Place(state, tenant, folder, reporter))
    return {**summary, "out": str(folder)}


@contextmanager
def _claimed(state: State, schedule: Schedule, due: datetime) -> Iterator[None]:
    """Hold a schedule's run for as long as the block lasts; where it raises, the run stays unfinished."""
    schedules, mine = state.catalog.schedules, (schedule.tenant, schedule.name)
    runner = f"{socket.gethostname()}:{os.getpid()}"
    if not schedules.claim(*mine, runner=runner, due=due):
        held = schedules.get(*mine)
        since = (
            "" if held.beat_at is None else f" (last heard of at {held.beat_at.astimezone(UTC):%H:%M:%S} UTC)"
        )
        raise NothingToRunError(
            f"schedule {schedule.name!r} is being run by {held.runner}{since}."
            if held.runner
            else f"another runner has just done this run of {schedule.name!r}.",
            hint="The next run begins when this one has ended.",
        )
    over = threading.Event()

    def beat() -> None:
        while not over.wait(_BEAT_SECONDS) and schedules.beat(*mine, runner=runner):
            pass

    heart = threading.Thread(target=beat, name="schedule-heart", daemon=True)
    heart.start()
    done = False
    try:
        yield
        done = True
    finally:
        over.set()
        heart.join()
        schedules.settle(*mine, runner=runner, done=done)
