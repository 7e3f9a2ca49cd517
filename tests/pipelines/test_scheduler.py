"""The scheduler: what is due begins, tenants take turns, what failed waits."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.records import open_catalog
from catalog.schedules import Task, When
from pipelines.scheduler import Scheduler

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Run:
    """A process that ends when told to."""

    def __init__(self):
        self.code = None
        self.terminated = False

    def poll(self):
        return self.code

    def terminate(self):
        self.terminated = True
        self.code = -15

    def wait(self):
        return self.code


class Now:
    def __init__(self):
        self.now = NINE

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Now()


@pytest.fixture
def catalog(tmp_path, clock):
    with open_catalog(tmp_path / "catalog.db", clock=clock) as catalog:
        for tenant, schedules in (("large", 4), ("small", 1)):
            catalog.tenants.ensure(tenant)
            for number in range(schedules):
                catalog.schedules.add(
                    tenant, f"s{number}", When("0 * * * *"), task=Task(sources=["file:a"]), by="ada"
                )
        yield catalog


@pytest.fixture
def begun():
    return []


@pytest.fixture
def scheduler(catalog, clock, begun):
    def start(schedule):
        run = Run()
        begun.append((schedule.tenant, schedule.name, run))
        return run

    return Scheduler(catalog.schedules, start, 2, clock=clock, tell=lambda _: None)


def names(begun):
    return [(tenant, name) for tenant, name, _ in begun]


def end(catalog, begun, index, *, code=0):
    tenant, name, run = begun[index]
    run.code = code
    if code == 0:
        due = catalog.schedules.get(tenant, name).due(catalog.clock())
        catalog.schedules.claim(tenant, name, runner="it", due=due)
        catalog.schedules.settle(tenant, name, runner="it", done=True)


def test_nothing_begins_before_it_is_due(scheduler, begun):
    scheduler.look()
    assert begun == []


def test_a_small_tenant_is_not_behind_a_large_ones_queue(scheduler, catalog, clock, begun):
    clock.now = NINE + timedelta(hours=1)
    scheduler.look()
    assert names(begun) == [("large", "s0"), ("small", "s0")], "each tenant has one of the two places"
    end(catalog, begun, 0)
    scheduler.look()
    assert names(begun)[2:] == [("large", "s1")]


def test_nothing_is_begun_twice_and_there_is_room_for_so_many(scheduler, clock, begun):
    clock.now = NINE + timedelta(hours=1)
    for _ in range(3):
        scheduler.look()
    assert len(begun) == 2
    assert set(scheduler.running) == set(names(begun))


def test_a_run_that_failed_waits_before_it_is_tried_again(scheduler, catalog, clock, begun):
    clock.now = NINE + timedelta(hours=1)
    scheduler.look()
    end(catalog, begun, 1, code=2)
    scheduler.look()
    assert ("small", "s0") not in scheduler.running, "it would fail again at once"


def test_stopping_asks_what_runs_to_stop(scheduler, clock, begun):
    clock.now = NINE + timedelta(hours=1)
    scheduler.look()
    scheduler.stop()
    assert all(run.terminated for _, _, run in begun)
    assert scheduler.running == ()
