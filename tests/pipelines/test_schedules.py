"""A schedule's runs with real scans: one a due time, gone on with where it was cut off."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.records import open_catalog
from catalog.schedules import Task, When
from cluster.state import State
from pipelines.beginning import WORK
from pipelines.progress import Reporter
from pipelines.schedules import NothingToRunError, run_schedule
from pipelines.unfinished import unfinished_in
from tests.pipelines.markets import TENANT, jpeg, listing, write_market

pytestmark = [pytest.mark.ray, pytest.mark.timeout(600)]

DUE = datetime(2026, 11, 24, 3, tzinfo=UTC)


class Now:
    now = DUE - timedelta(hours=1)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Now()


@pytest.fixture
def state(protected, clock):
    """The stores, with a schedule that is due at three."""
    state = State(protected)
    state.catalog.close()
    state.__dict__["catalog"] = open_catalog(protected.resolved_database_url(), clock=clock)
    return state


@pytest.fixture
def nightly(state, tmp_path):
    source = write_market(tmp_path / "shop", [listing("copy", "copy.jpg")], {"copy.jpg": jpeg(0, quality=85)})
    return state.catalog.schedules.add(
        TENANT, "nightly", When("0 3 * * *"), task=Task(sources=[source]), by="ada"
    )


class CutOff(Reporter):
    """Ends the process, as far as a scan can tell, when it would write its results."""

    def stage(self, name, total=None):
        if name == "write":
            raise KeyboardInterrupt
        return super().stage(name, total)


def run(state, out, reporter=None):
    schedule = state.catalog.schedules.get(TENANT, "nightly")
    return run_schedule(state, schedule, out=out, reporter=reporter or Reporter(quiet=True))


def test_a_run_that_is_cut_off_is_gone_on_with(ray_session, state, nightly, clock, tmp_path):
    out = tmp_path / "results"
    with pytest.raises(NothingToRunError, match="next due at 2026-11-24 03:00 UTC"):
        run(state, out)
    clock.now = DUE + timedelta(days=2, minutes=1)
    with pytest.raises(KeyboardInterrupt):
        run(state, out, CutOff(quiet=True))
    folder = out / TENANT / "nightly" / "20261126T030000Z"
    begun = unfinished_in(folder)
    assert begun is not None
    clock.now += timedelta(days=1)
    summary = run(state, out)
    assert (summary["scan_id"], summary["out"]) == (begun, str(folder)), "the same scan, to its end"
    assert not (folder / WORK).exists()
    # Three nights passed since; the last of them is still due, the ones between are not made up for.
    assert run(state, out)["out"].endswith("20261127T030000Z")
    with pytest.raises(NothingToRunError, match="next due at 2026-11-28"):
        run(state, out)
    assert len(list((out / TENANT / "nightly").iterdir())) == 2


def test_a_run_that_another_is_at_work_on_is_left_alone(state, nightly, clock, tmp_path):
    clock.now = DUE
    assert state.catalog.schedules.claim(TENANT, "nightly", runner="elsewhere:1", due=DUE)
    with pytest.raises(NothingToRunError, match="is being run by elsewhere:1"):
        run(state, tmp_path)
    assert list(tmp_path.glob(f"{TENANT}/*")) == []
