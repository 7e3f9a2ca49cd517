"""A daily cap spent in blocks: exact between threads, processes and restarts, and over midnight."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import pytest

from catalog.records import open_catalog
from cluster.allowance import FREE, Allowance

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def catalog(tmp_path, clock):
    with open_catalog(tmp_path / "catalog.db", clock=clock) as catalog:
        for tenant in ("acme", "rival"):
            catalog.tenants.ensure(tenant)
        yield catalog


@pytest.fixture
def allowance(catalog, clock):
    """One that a test settles by itself: the real timer would do it in the middle of an assertion."""
    made = []

    def make(daily=1000, **more):
        made.append(Allowance(lambda: catalog.usage, daily=daily, clock=clock, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def used(catalog, tenant="acme", resource="image_similarity"):
    return sum(it.units for it in catalog.usage.of(tenant, since=date.min) if it.resource == resource)


def test_a_block_serves_many_and_what_is_left_goes_back(catalog, allowance):
    mine = allowance()
    taken = [mine.take("acme") for _ in range(4)]
    assert [it.use.remaining for it in taken] == [999, 998, 997, 996]
    assert used(catalog) == 9, "one, and then a block of eight"
    mine.settle()
    assert used(catalog) == 4
    assert mine.take("acme").use.remaining == 995


def test_what_was_spent_lately_is_not_given_back_yet(catalog, allowance, clock):
    mine = allowance()
    for _ in range(2):
        mine.take("acme")
    clock.now += timedelta(seconds=1)
    mine.settle(idle=2)
    assert used(catalog) == 9
    clock.now += timedelta(seconds=1)
    mine.settle(idle=2)
    assert used(catalog) == 2


def test_the_last_units_are_taken_one_by_one(catalog, allowance):
    first, second = allowance(64), allowance(64)
    granted = [one.take("acme").granted for one in (first, second) * 40]
    assert granted == [True] * 64 + [False] * 16
    assert used(catalog) == 64


def test_a_lease_does_not_reach_into_the_next_day(catalog, allowance, clock):
    mine = allowance(1000)
    clock.now = datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
    for _ in range(3):
        last = mine.take("acme")
    assert last.use.seconds(clock.now) == 1
    clock.now += timedelta(seconds=1)
    first = mine.take("acme")
    assert (first.use.remaining, first.use.seconds(clock.now)) == (999, 86400)
    mine.settle()
    assert {it.day.day: it.units for it in catalog.usage.of("acme", since=date.min)} == {24: 3, 25: 1}


def test_who_dies_with_a_block_never_makes_more_of_the_cap(catalog, allowance):
    """The dead one's units stay counted: of 300 at most 8 are lost, and none is given twice."""
    dead = Allowance(lambda: catalog.usage, daily=300, clock=lambda: NOON)
    spent = sum(dead.take("acme").granted for _ in range(10))
    dead._timer.cancel()  # nobody settles for it
    lost = used(catalog) - spent
    assert 0 < lost <= 8
    mine = allowance(300)
    assert sum(mine.take("acme").granted for _ in range(400)) == 300 - spent - lost


def test_a_changed_cap_holds_within_a_block(catalog, allowance, clock):
    mine = allowance(1000)
    mine.take("acme")
    catalog.usage.set_cap("acme", "image_similarity", 1, by="ada")
    assert not mine.take("acme").granted
    catalog.usage.set_cap("acme", "image_similarity", 2, by="ada")
    clock.now += timedelta(seconds=1)
    again = mine.take("acme")
    assert (again.granted, again.use.limit, again.use.remaining) == (True, 2, 0)


def test_a_tenant_that_spent_its_cap_does_not_keep_the_store_busy(catalog, clock):
    asked = []

    class Counting:
        def take(self, *args, **kwargs):
            asked.append(args)
            return catalog.usage.take(*args, **kwargs)

    mine = Allowance(Counting, daily=0, clock=clock)
    assert not any(mine.take("acme").granted for _ in range(50))
    assert len(asked) == 1
    clock.now += timedelta(seconds=0.25)
    mine.take("acme")
    assert len(asked) == 2
    mine.close()


def test_what_was_free_is_counted_and_takes_nothing(catalog, allowance):
    mine = allowance()
    for tenant in ("acme", "acme", "rival"):
        mine.note_free(tenant)
    mine.settle()
    assert (used(catalog, resource=FREE), used(catalog, "rival", FREE), used(catalog)) == (2, 1, 0)


def test_64_threads_over_four_replicas_get_exactly_the_cap(tmp_path):
    """Each replica has connections of its own, as in processes of its own; 1,600 ask for 1,000."""
    path = tmp_path / "catalog.db"
    with open_catalog(path) as catalog:
        catalog.tenants.ensure("acme")
    with ExitStack() as stack:
        catalogs = [stack.enter_context(open_catalog(path)) for _ in range(4)]
        replicas = [Allowance(lambda it=it: it.usage, daily=1000) for it in catalogs]
        with ThreadPoolExecutor(64) as clients:
            answers = clients.map(lambda n: replicas[n % 4].take("acme").granted, range(1600))
            granted = sum(answers)
        for replica in replicas:
            replica.close()
        assert granted == 1000
        assert used(catalogs[0]) == 1000


PROCESS = """
import sys, time
from pathlib import Path
from catalog.records import open_catalog
from cluster.allowance import Allowance
with open_catalog(Path(sys.argv[1])) as catalog:
    allowance = Allowance(lambda: catalog.usage, daily=300)
    granted, end = 0, time.monotonic() + 60
    while granted < 150 and time.monotonic() < end:
        taken = allowance.take("acme")
        granted += taken.granted
        if not taken.granted:  # once more when the others have given back what they did not need
            end = min(end, time.monotonic() + 3)
            time.sleep(0.1)
    allowance.close()
print(granted)
"""


def test_processes_get_exactly_the_cap_between_them(tmp_path):
    path = tmp_path / "catalog.db"
    with open_catalog(path) as catalog:
        catalog.tenants.ensure("acme")
        command = [sys.executable, "-c", PROCESS, str(path)]
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        granted = [int(process.communicate(timeout=120)[0]) for process in started]
        assert sum(granted) == 300, granted
        assert used(catalog) == 300
