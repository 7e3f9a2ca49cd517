"""Schedules: due when they say, run by one at a time, missed runs caught up once."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.cron import check_cron, last_due, next_due
from catalog.schedules import PATIENCE, Task, When
from scoring.errors import CatalogError

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def acme(catalog):
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    return catalog


def add(catalog, name="hourly", *, tenant="acme", cron="0 * * * *", zone="UTC"):
    return catalog.schedules.add(
        tenant, name, When(cron, zone), task=Task(sources=["file:a.jsonl"]), by="ada"
    )


REFUSED = [
    ("0 3 * *", "UTC", "five fields", "a field is missing"),
    ("0 3 * * * *", "UTC", "five fields", "seconds are not offered"),
    ("0 25 * * *", "UTC", "never due", "no such hour"),
    ("0 0 30 2 *", "UTC", "never due", "the thirtieth of February"),
    ("nightly", "UTC", "five fields", "a word"),
    ("0 3 * * *", "Berlin", "no time zone", "a town without its continent"),
    ("0 3 * * *", "../etc/passwd", "no time zone", "a path"),
]


@pytest.mark.parametrize(("cron", "zone", "said", "reason"), REFUSED, ids=[row[3] for row in REFUSED])
def test_what_cannot_be_read_or_is_never_due_is_refused(cron, zone, said, reason):
    with pytest.raises(CatalogError, match=said):
        check_cron(cron, zone)


DUE = [
    ("0 3 * * *", "UTC", "2026-11-21T09:00", "2026-11-22T03:00", "tomorrow"),
    ("0 3 * * *", "Asia/Tokyo", "2026-11-21T09:00", "2026-11-21T18:00", "three in Tokyo is 18 h in UTC"),
    (
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T12:00",
        "2026-03-29T01:00",
        "half past two does not exist that night",
    ),
    (
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-24T12:00",
        "2026-10-25T00:30",
        "it exists twice, the first counts",
    ),
    ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30", "2026-10-26T01:30", "and only the first"),
    ("0 9 * * *", "UTC", "2026-11-21T09:00", "2026-11-22T09:00", "after means after"),
]


@pytest.mark.parametrize(("cron", "zone", "after", "due", "reason"), DUE, ids=[row[4] for row in DUE])
def test_when_it_is_due(cron, zone, after, due, reason):
    found = next_due(cron, zone, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_missed_runs_are_one_run():
    assert last_due("0 * * * *", "UTC", after=NINE, until=NINE + timedelta(hours=5)) == NINE + timedelta(
        hours=5
    )
    assert last_due("0 * * * *", "UTC", after=NINE, until=NINE + timedelta(minutes=59)) is None


def test_a_run_is_claimed_once_and_settled(acme, clock):
    schedule = add(acme)
    assert schedule.due(clock.now) is None, "a new one is not due at once"
    clock.now = NINE + timedelta(hours=3, minutes=5)
    due = acme.schedules.get("acme", "hourly").due(clock.now)
    assert due == NINE + timedelta(hours=3), "three were missed; the last stands for them"
    assert acme.schedules.claim("acme", "hourly", runner="a", due=due)
    assert not acme.schedules.claim("acme", "hourly", runner="b", due=due)
    assert acme.schedules.get("acme", "hourly").running(clock.now)
    acme.schedules.settle("acme", "hourly", runner="b", done=True)
    assert acme.schedules.get("acme", "hourly").runner == "a", "it was not b's to settle"
    acme.schedules.settle("acme", "hourly", runner="a", done=True)
    settled = acme.schedules.get("acme", "hourly")
    assert (settled.runner, settled.unfinished, settled.due(clock.now)) == (None, None, None)
    assert not acme.schedules.claim("acme", "hourly", runner="b", due=due), "it has been done"


def test_a_run_under_way_does_not_pile_up(acme, clock):
    add(acme)
    clock.now = NINE + timedelta(hours=1)
    acme.schedules.claim("acme", "hourly", runner="a", due=NINE + timedelta(hours=1))
    for hour in (2, 3, 4):
        clock.now = NINE + timedelta(hours=hour)
        assert acme.schedules.beat("acme", "hourly", runner="a")
        assert not acme.schedules.claim("acme", "hourly", runner="b", due=NINE + timedelta(hours=hour))
    acme.schedules.settle("acme", "hourly", runner="a", done=True)
    assert acme.schedules.get("acme", "hourly").due(clock.now) == NINE + timedelta(hours=4), "one, not three"


def test_a_runner_that_falls_silent_is_taken_over_where_it_stopped(acme, clock):
    add(acme)
    clock.now = NINE + timedelta(hours=1)
    first = NINE + timedelta(hours=1)
    assert acme.schedules.claim("acme", "hourly", runner="a", due=first)
    clock.now += PATIENCE + timedelta(hours=1)
    silent = acme.schedules.get("acme", "hourly")
    assert not silent.running(clock.now)
    assert silent.due(clock.now) == first, "the unfinished one goes before the one that is due since"
    assert acme.schedules.claim("acme", "hourly", runner="b", due=first)
    assert not acme.schedules.beat("acme", "hourly", runner="a"), "a is told that it lost it"
    acme.schedules.settle("acme", "hourly", runner="a", done=True)
    assert acme.schedules.get("acme", "hourly").runner == "b"


def test_a_run_that_failed_stays_unfinished(acme, clock):
    add(acme)
    clock.now = due = NINE + timedelta(hours=1)
    acme.schedules.claim("acme", "hourly", runner="a", due=due)
    acme.schedules.settle("acme", "hourly", runner="a", done=False)
    assert acme.schedules.get("acme", "hourly").due(clock.now) == due


def test_each_tenant_has_its_own(acme):
    add(acme)
    add(acme, tenant="rival", cron="5 * * * *")
    assert [(it.tenant, it.cron) for it in acme.schedules.of()] == [
        ("acme", "0 * * * *"),
        ("rival", "5 * * * *"),
    ]
    acme.schedules.remove("acme", "hourly")
    assert [it.tenant for it in acme.schedules.of()] == ["rival"]
    with pytest.raises(CatalogError, match="has no schedule 'hourly'"):
        acme.schedules.get("acme", "hourly")
    with pytest.raises(CatalogError, match="nobody"):
        acme.schedules.of("nobody")


@pytest.mark.parametrize("name", ["", "Nightly", "a/b", "-a", "a" * 41])
def test_a_name_that_could_not_be_a_folder_or_an_object(acme, name):
    with pytest.raises(CatalogError, match="cannot name a schedule"):
        add(acme, name)


def test_a_name_is_taken_once(acme):
    add(acme)
    with pytest.raises(CatalogError, match="already"):
        add(acme)
