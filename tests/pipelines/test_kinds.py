"""What schedules can run: named, told of at once where it cannot be, and done once."""

import pytest
from typer.main import get_command

from catalog.schedules import Task
from cluster.settings import Settings
from cluster.state import State
from counterfoil import app
from pipelines.kinds import KINDS, work_for
from pipelines.progress import Reporter
from pipelines.work import Place, Work, carry_out, work_of
from scoring.errors import CounterfoilError


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


def test_work_that_failed_is_run_again_in_its_place_and_what_is_done_is_not(tmp_path):
    place = Place(State(Settings(home=tmp_path)), "acme", tmp_path / "run", Reporter(quiet=True))
    with pytest.raises(OSError, match="disk is full"):
        carry_out(Counting(failures=1), place)
    for _ in range(2):
        assert carry_out(Counting(failures=1), place) == {"tenant": "acme", "runs": 2}
