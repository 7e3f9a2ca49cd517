"""What a scan's workers do under the kill switch, and which listings cost a unit: without Ray."""

import pytest

from cluster.allowance import Allowance
from cluster.kill_switch import EVERY, KillSwitchWatch
from cluster.library import build_library
from cluster.paid.desk import PaidDesk
from cluster.seen import Seen
from cluster.sources import Pictures, PictureSpec
from cluster.state import State
from pipelines.admission import COUNTED, FREE, SPENT, Admissions
from pipelines.journal import Journal
from pipelines.stages import _Bench, _measure
from scoring.features import COLOURS, GEOMETRY
from tests.pipelines.markets import TENANT, jpeg
from vision.decode import decode


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def state(protected):
    state = State(protected)
    yield state
    state.catalog.close()


@pytest.fixture
def bench(state, clock, tmp_path):
    library = build_library(state, TENANT)
    return _Bench(
        pictures=Pictures(PictureSpec(private_addresses=False, roots=(tmp_path,))),
        library=library,
        desk=PaidDesk.of(state.settings),
        switch=KillSwitchWatch(state.catalog.kill_switch.standing, clock=clock),
        seen=Seen.of(state.settings, library),
    )


@pytest.fixture
def row(tmp_path):
    """A picture that a worker is asked to measure."""
    data = jpeg(100)
    (tmp_path / "u.jpg").write_bytes(data)
    return {
        "grp": "g",
        "source": (tmp_path / "u.jpg").as_uri(),
        "sha256": decode(data).sha256,
        "wanted": [COLOURS, GEOMETRY],
    }


def turn(state, clock, **scope):
    state.catalog.kill_switch.turn(**({"on": True, "by": "ada"} | scope))
    clock.now += EVERY


def test_what_is_stopped_is_left_for_later(bench, state, clock, row):
    turn(state, clock, resource=GEOMETRY)
    assert set(_measure(row, bench).features) == {COLOURS}
    turn(state, clock, tenant=TENANT)
    assert _measure(row, bench) is None, "nothing is fetched or decoded either"
    turn(state, clock, on=False, tenant=TENANT)
    turn(state, clock, on=False, resource=GEOMETRY)
    assert set(_measure(row, bench).features) == {COLOURS, GEOMETRY}


def test_what_was_measured_lately_needs_no_picture_any_more(bench, row, tmp_path):
    measured = _measure(row, bench)
    assert (measured.sha256, measured.row["cached"]) == (row["sha256"], [])
    bench.seen.put(row["sha256"], measured.features)
    (tmp_path / "u.jpg").unlink()
    again = _measure(row, bench)
    assert again.features == measured.features
    assert (again.sha256, again.row["cached"]) == (None, [COLOURS, GEOMETRY])


@pytest.fixture
def admissions(state, tmp_path):
    """Of a tenant with two units left."""
    journal = Journal(tmp_path / "journal.sqlite")
    allowance = Allowance(lambda: state.catalog.usage, daily=2, clock=state.catalog.clock)
    yield Admissions(journal, allowance, TENANT), journal
    allowance.close()
    journal.close()


ROWS = [
    ({"a"}, COUNTED, "the first"),
    ({"a"}, FREE, "the same picture in another listing"),
    ({"a", "b"}, COUNTED, "a picture more"),
    ({"c"}, SPENT, "nothing is left"),
    ({"a", "b"}, FREE, "known ones go on"),
    ({"c"}, SPENT, "and what was refused is not known"),
    ({"seen"}, FREE, "what an earlier scan measured"),
]


def test_each_new_listing_costs_one_unit_once(admissions, state):
    ours, journal = admissions
    look = {"key": "seen", "known": True} | dict.fromkeys(
        ("sha256", "dhash", "phash", "features", "error", "failure", "hashes_only")
    )
    journal.add_looks([look])
    for number, (groups, how, reason) in enumerate(ROWS, start=1):
        refused = ours.refused(number, groups)
        assert journal.admission(number) == how, reason
        assert (refused is not None) is (how == SPENT), reason
    for number, (groups, _, _) in enumerate(ROWS, start=1):
        ours.refused(number, groups)  # judged again: by a resumed scan, or by another recipe
    ours.settle()
    assert journal.admissions() == {COUNTED: 2, FREE: 3, SPENT: 2}
    used = {it.resource: it.units for it in state.catalog.usage.today(TENANT)}
    assert used == {"image_similarity": 2, "image_similarity_free": 3}
