"""What schedules can run: named, told of at once where it cannot be, and done once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from catalog.records import open_catalog
from catalog.schedules import Task, When
from cluster.settings import Settings
from cluster.state import State
from counterfoil import app
from pipelines.kinds import KINDS, work_for
from pipelines.progress import Reporter
from pipelines.schedules import run_schedule
from pipelines.work import Work, work_of
from scoring.errors import CounterfoilError

DUE = datetime(2026, 11, 24, 3, tzinfo=UTC)


class Counting(Work):
    """Writes a line each time it is run, and fails as often as it is told to."""

    failures: int = 0

    def run(self, place):
        file = place.out / "runs.txt"
        before = file.read_text() if file.exists() else ""
        file.write_text(before + "x")
        if len(before) < self.failures:
            raise OSError("the disk is full")
        return {"tenant": place.tenant, "runs": len(before) + 1}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_command_and_its_work_can_be_made(kind):
    assert kind in get_command(app).commands
    sources = ("file:a.jsonl",) if kind == "scan" else ()
    assert isinstance(work_for(Task(kind=kind, sources=sources)), Work)


REFUSED = [
    (Task(kind="dance"), "nothing that a schedule can run is called 'dance'", "no such kind"),
    (Task(), "sources: Field required", "a scan of nothing"),
    (Task(sources=("flie:a.jsonl",)), "flie", "a misspelt source"),
    (Task(sources=("file:a.jsonl",), options={"speed": "9"}), "lets one say: sources", "no such option"),
]


@pytest.mark.parametrize(("task", "said", "reason"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_cannot_work_is_told_when_the_schedule_is_made(task, said, reason):
    with pytest.raises(CounterfoilError, match=said):
        work_for(task).check()


def test_what_is_said_in_words_becomes_what_the_work_asks_for():
    assert work_of({"count": f"{__name__}:Counting"}, "count", {"failures": "2"}) == Counting(failures=2)


@pytest.fixture
def state(tmp_path):
    state = State(Settings(home=tmp_path / "home"))
    state.__dict__["catalog"] = open_catalog(tmp_path / "catalog.db", clock=lambda: DUE + timedelta(hours=1))
    with state.catalog:
        state.catalog.tenants.ensure("acme")
        yield state


def test_work_that_failed_is_run_again_in_its_place_and_what_is_done_is_not(state, tmp_path):
    with open_catalog(tmp_path / "catalog.db", clock=lambda: DUE - timedelta(hours=1)) as before:
        made = before.schedules.add(
            "acme", "nightly", When("0 3 * * *"), task=Task(kind="count", options={"failures": 1}), by="ada"
        )
    kinds = {"count": f"{__name__}:Counting"}

    def run():
        schedule = state.catalog.schedules.get("acme", "nightly")
        return run_schedule(state, schedule, out=tmp_path, reporter=Reporter(quiet=True), kinds=kinds)

    with pytest.raises(OSError, match="disk is full"):
        run()
    assert state.catalog.schedules.get("acme", "nightly").unfinished == DUE
    summary = run()
    assert summary == {"tenant": "acme", "runs": 2, "out": str(tmp_path / "acme/nightly/20261124T030000Z")}
    # As if the machine had stopped between its end and the catalogue's knowing of it:
    state.catalog.schedules.remove("acme", made.name)
    with open_catalog(tmp_path / "catalog.db", clock=lambda: DUE - timedelta(hours=1)) as before:
        before.schedules.add("acme", "nightly", When("0 3 * * *"), task=made.task, by="ada")
    assert run()["runs"] == 2
    assert (Path(summary["out"]) / "runs.txt").read_text() == "xx"
