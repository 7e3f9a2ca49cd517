"""5,000 listings on four platforms on a bad day, read by a process that is killed: none lost or doubled."""

import random
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace

import pytest

from cluster.access import access_of
from cluster.state import State
from connectors.sandbox import Catalogue, Faults
from pipelines.journal import Journal
from pipelines.progress import Reporter
from pipelines.reading import read_sources
from scoring.errors import RateLimitedError
from tests.conftest import settings_at
from tests.pipelines.listened import PAGES, SOURCES, listening
from tests.pipelines.markets import TENANT
from tests.pipelines.processes import ScanProcess, linux

GOODS = 1250
FAULTS = Faults(rate_limited=0.06, failing=0.03, slow=0.2, slow_seconds=0.05, truncated=0.06, garbled=0.04)
ROUNDS = 5
_MODULE = "tests.pipelines.reading_process"


def environment(connectors) -> dict[str, str]:
    return {
        f"COUNTERFOIL_CONNECTORS__{platform.upper()}__{name.upper()}": value.get_secret_value()
        for platform, names in connectors.root.items()
        for name, value in names.items()
    }


def committed(file) -> dict[str, tuple[int, int]]:
    """By source, the pages and rows that a reading has kept so far."""
    if not file.exists():
        return {}
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        return {
            source: (pages, rows)
            for source, pages, rows in db.execute("SELECT source, pages, listings FROM sources")
        }
    return {}


@linux
@pytest.mark.timeout(300)
def test_nothing_is_lost_doubled_or_asked_for_again_however_often_it_is_killed(tmp_path):
    home, file = tmp_path / "home", tmp_path / "work" / "journal.sqlite"
    State(settings_at(home)).catalog.tenants.ensure(TENANT)
    chance = random.Random(5)  # noqa: S311 - moments, not secrets
    # Rows at which the reading dies: after the very first page, near the end, and anywhere between.
    last = 4 * GOODS * 9 // 10
    moments = sorted([1, last, *(chance.randrange(last) for _ in range(ROUNDS - 2))])
    with listening(Catalogue(GOODS), faults=FAULTS, revoking=7) as (shop, connectors):
        told = environment(connectors)

        def started():
            return ScanProcess(str(home), str(file), *SOURCES, module=_MODULE, environment=told)

        for moment in moments:
            before = committed(file)
            since = len(shop.asked)
            process = started()
            process.kill_once(
                lambda moment=moment: sum(rows for _, rows in committed(file).values()) >= moment
            )
            never_again(shop, before, since)
        for _ in range(10):
            before, since = committed(file), len(shop.asked)
            if started().wait() == 0:
                break
        never_again(shop, before, since)

    journal = Journal(file)
    found = Counter(row.platform for row in journal.listings() if row.listing)
    keys = {(row.platform, row.listing_id) for row in journal.listings()}
    assert found == dict.fromkeys(PAGES, GOODS)
    assert len(keys) == journal.total("listings") == 4 * GOODS
    assert [row.number for row in journal.listings()] == sorted(row.number for row in journal.listings())
    journal.close()


def never_again(shop, before, since) -> None:
    """No page that had been kept with its checkpoint was asked for in a later run."""
    ever, again = shop.pages(), shop.pages(since)
    for platform, (source, _) in PAGES.items():
        pages, _ = before.get(source, (0, 0))
        kept = set(ever.get(platform, ())[:pages])
        assert not kept & set(again.get(platform, ())), f"{platform}: read twice"


@pytest.mark.parametrize(
    ("cap", "calls", "why"),
    [
        (137, 137, "all of them are made, and not one more: there would have been 150 pages"),
        (0, 0, "nothing is allowed"),
    ],
)
def test_a_cap_is_exact(tmp_path, cap, calls, why):
    """Bad days included: a call that failed has been made, and counts."""

    async def no_pause(seconds: float) -> None:
        pass

    settings = settings_at(tmp_path / "home")
    state = State(settings)
    state.catalog.tenants.ensure(TENANT)
    state.catalog.usage.set_cap(TENANT, "calls_google_shopping", cap, by="a test")
    faults = Faults(rate_limited=0.06, truncated=0.08, seed=3)
    with listening(Catalogue(15_000), faults=faults) as (shop, connectors):
        state = State(settings.model_copy(update={"connectors": connectors}))
        access = replace(access_of(state, TENANT), sleep=no_pause)
        journal = Journal(tmp_path / "work" / "journal.sqlite")
        with (
            Reporter(quiet=True).stage("read") as stage,
            pytest.raises(RateLimitedError, match=f"has made its {cap} calls of google_shopping"),
        ):
            read_sources(["google_shopping:*"], access, journal, stage)
        (progress,) = journal.progress()
        journal.close()
    assert shop.count("/google_shopping/") == progress.calls == calls, why
    assert sum(it.units for it in state.catalog.usage.today(TENANT)) == calls
