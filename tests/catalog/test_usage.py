"""Usage and caps: exact under any concurrency, counted by tenant, resource and UTC day."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from scoring.errors import CatalogError

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 21)


@pytest.fixture
def acme(catalog):
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    return catalog


def take(catalog, units, *, tenant="acme", resource="vision_logo", cap=10):
    return catalog.usage.take(tenant, resource, units, unit_micros=1500, default_cap=cap)


def used(catalog, tenant="acme"):
    return {
        (it.resource, it.day): (it.units, it.cost_micros) for it in catalog.usage.of(tenant, since=date.min)
    }


@pytest.mark.parametrize(
    ("asked", "granted", "reason"),
    [
        ([10], [10], "the whole cap at once"),
        ([11], [10], "more than the cap: what there is"),
        ([9, 1], [9, 1], "the last unit"),
        ([9, 2], [9, 1], "one more than is left"),
        ([10, 1], [10, 0], "nothing is left"),
        ([0, 1], [0, 1], "nothing was asked for"),
    ],
)
def test_a_cap_gives_exactly_what_it_holds(acme, asked, granted, reason):
    assert [take(acme, units).units for units in asked] == granted, reason
    assert used(acme) == {("vision_logo", TODAY): (sum(granted), 1500 * sum(granted))}


def test_a_cap_of_nothing_gives_nothing(acme):
    assert take(acme, 1, cap=0).units == 0
    assert used(acme) == {}


def test_a_tenants_own_cap_goes_before_the_default(acme):
    acme.usage.set_cap("acme", "vision_logo", 3, by="ada")
    assert [take(acme, 2).units, take(acme, 2).units] == [2, 1]
    assert take(acme, 2, tenant="rival").units == 2, "another tenant's cap is its own"
    acme.usage.set_cap("acme", "vision_logo", 4, by="ada")
    grant = take(acme, 9)
    assert (grant.units, grant.cap) == (1, 4), "a raised cap holds at once"
    acme.usage.set_cap("acme", "vision_logo", 1, by="ada")
    assert take(acme, 1).units == 0, "a lowered one too, below what was used already"
    assert acme.usage.caps("acme") == {"vision_logo": 1}


def test_resources_and_tenants_are_counted_apart(acme):
    take(acme, 2)
    take(acme, 3, resource="vision_web")
    take(acme, 4, tenant="rival")
    assert {key[0]: value[0] for key, value in used(acme).items()} == {"vision_logo": 2, "vision_web": 3}
    assert {key[0]: value[0] for key, value in used(acme, "rival").items()} == {"vision_logo": 4}


def test_what_was_not_used_goes_back_to_the_day_it_came_from(acme, clock):
    grant = take(acme, 4)
    clock.now += timedelta(days=1)
    take(acme, 2)
    acme.usage.give_back(grant, 3)
    assert used(acme) == {
        ("vision_logo", TODAY): (1, 1500),
        ("vision_logo", TODAY + timedelta(days=1)): (2, 3000),
    }


def test_a_day_is_utcs(acme, clock):
    clock.now = datetime(2026, 11, 22, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    take(acme, 1)
    assert used(acme) == {("vision_logo", TODAY): (1, 1500)}
    assert [it.units for it in acme.usage.today("acme")] == [1]
    clock.now = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    assert acme.usage.today("acme") == ()
    assert take(acme, 10).units == 10, "a new day is a new cap"


def test_days_come_newest_first(acme, clock):
    for _ in range(3):
        take(acme, 1)
        clock.now += timedelta(days=1)
    days = [it.day for it in acme.usage.of("acme", since=TODAY + timedelta(days=1))]
    assert days == [TODAY + timedelta(days=2), TODAY + timedelta(days=1)]
    assert all(later > earlier for later, earlier in pairwise(days))


_TAKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from catalog.postgres import PoolSizes
from catalog.records import open_catalog

with open_catalog(sys.argv[1], pool=PoolSizes(size=4, overflow=0)) as catalog, ThreadPoolExecutor(4) as pool:
    def take(units):
        return catalog.usage.take("acme", "vision_logo", units, unit_micros=1500, default_cap=1000).units
    print(sum(pool.map(take, [7, 1, 3, 9, 16, 4] * 20)))
"""


def test_many_takers_get_exactly_the_cap_between_them(catalog, store):
    """Four processes of four threads ask for 3,200 units in odd pieces; 1,000 are there."""
    catalog.tenants.ensure("acme")
    command = [sys.executable, "-c", _TAKER, store]
    takers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    granted = [int(taker.communicate(timeout=120)[0]) for taker in takers]
    assert sum(granted) == 1000
    assert sum(map(bool, granted)) > 1, "they did not meet, so this showed nothing"
    assert list(used(catalog).values()) == [(1000, 1500 * 1000)]


def test_a_grant_says_how_much_is_left(acme):
    assert [(it.used, it.left) for it in (take(acme, units) for units in (0, 3, 9, 1))] == [
        (0, 10),
        (3, 7),
        (10, 0),
        (10, 0),
    ]


def test_what_is_only_counted_passes_every_cap(acme):
    acme.usage.set_cap("acme", "free", 1, by="ada")
    acme.usage.count("acme", "free", 2)
    acme.usage.count("acme", "free", 3)
    assert used(acme) == {("free", TODAY): (5, 0)}


def test_who_changed_a_cap_is_remembered(acme):
    acme.usage.set_cap("acme", "vision_logo", 3, by="ada")
    acme.usage.set_cap("acme", "vision_logo", None, by="bob")
    acme.usage.set_cap("rival", "vision_logo", 1, by="eve")
    changes = acme.usage.cap_changes("acme")
    assert [(it.units, it.by) for it in changes] == [(None, "bob"), (3, "ada")]
    assert acme.usage.caps("acme") == {}
    assert take(acme, 99).units == 10, "the default holds again"


@pytest.mark.parametrize(
    "ask",
    [
        lambda usage: usage.take("nobody", "vision_logo", 1, unit_micros=1, default_cap=1),
        lambda usage: usage.of("nobody", since=date.min),
        lambda usage: usage.today("nobody"),
        lambda usage: usage.caps("nobody"),
        lambda usage: usage.cap_changes("nobody"),
        lambda usage: usage.count("nobody", "vision_logo", 1),
        lambda usage: usage.set_cap("nobody", "vision_logo", 1, by="ada"),
    ],
)
def test_no_question_is_answered_for_nobody(acme, ask):
    with pytest.raises(CatalogError, match="no tenant 'nobody'"):
        ask(acme.usage)
