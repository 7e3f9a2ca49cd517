"""Listings that are not there any more: gone where the platform says so, elsewhere only not found again."""

from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from cluster.access import access_of
from cluster.state import State
from connectors.sandbox import Catalogue
from pipelines.journal import Journal
from pipelines.progress import Reporter
from pipelines.reading import read_sources
from pipelines.vanished import Missing, is_search
from scoring.errors import RateLimitedError
from tests.conftest import settings_at
from tests.pipelines.listened import listening
from tests.pipelines.markets import TENANT


async def no_pause(seconds: float) -> None:
    pass


class Spent:
    def take(self, resource: str) -> None:
        raise RateLimitedError("spent.", hint="Wait.", retry_after=9e3)


@pytest.fixture
def shop(tmp_path):
    goods = Catalogue(12)
    with listening(goods) as (listener, connectors):
        state = State(settings_at(tmp_path / "home", connectors=connectors))
        state.catalog.tenants.ensure(TENANT)
        yield Shop(tmp_path, state, listener, goods)


class Shop:
    def __init__(self, folder, state, listener, goods):
        self.folder, self.state, self.listener, self.goods = folder, state, listener, goods
        self.access = replace(access_of(state, TENANT), sleep=no_pause)

    def scan(self, scan_id, source="ebay:*", *, shown=12, access=None, twice=False):
        """Read a source that shows so many of its goods, and miss the others."""
        journal = Journal(self.folder / scan_id / "work" / "journal.sqlite")
        every = self.goods.items
        found = self.goods.find
        self.goods.find = lambda words: found(words)[:shown]
        try:
            with Reporter(quiet=True).stage("read") as stage:
                read_sources([source], self.access, journal, stage)
            missing = Missing(journal, self.state.catalog.seen_listings, access or self.access, TENANT)
            found_missing = missing.find([source], scan_id)
            if twice:
                found_missing = missing.find([source], scan_id)
        finally:
            self.goods.find, self.goods.items = found, every
            journal.close()
        out = self.folder / scan_id
        found_missing.tell(self.state.catalog.seen_listings, out, tenant=TENANT, scan_id=scan_id)
        return found_missing


def fates(vanished) -> dict[str, str]:
    return {row["listing_id"].split("|")[-2][-2:]: row["fate"] for row in vanished.rows}


def test_the_first_scan_misses_nothing(shop):
    assert shop.scan("1").counts == {}
    assert not (shop.folder / "1" / "vanished.parquet").exists()


def test_only_what_the_platform_says_is_gone_is_called_gone(shop):
    shop.scan("1")
    kept = shop.goods.items
    shop.goods.items = kept[:11]  # the twelfth is gone; the eleventh is only not shown
    found = shop.scan("2", shown=10, twice=True)
    assert found.counts == {"ebay:*": {"gone": 1, "there": 1}}
    assert fates(found) == {"12": "gone"}
    assert shop.listener.count("/browse/v1/item/") == 2, "each once, though it was done twice"
    (row,) = pq.read_table(shop.folder / "2" / "vanished.parquet").to_pylist()
    assert (row["title"], row["scan_id"], row["last_scan_id"]) == (kept[11].title, "2", "1")
    assert row["last_seen_at"] <= datetime.now(UTC)


def test_what_was_told_once_is_not_missed_again_unless_it_comes_back(shop):
    shop.scan("1")
    shop.goods.items = shop.goods.items[:11]
    shop.scan("2", shown=11)
    assert shop.scan("3", shown=11).counts == {}
    shop.goods.items = Catalogue(12).items
    assert shop.scan("4").counts == {}
    shop.goods.items = shop.goods.items[:11]
    assert shop.scan("5", shown=11).counts == {"ebay:*": {"gone": 1}}


def test_without_a_look_up_it_is_only_not_found_again(shop):
    shop.scan("1", "google_shopping:*")
    found = shop.scan("2", "google_shopping:*", shown=10)
    assert found.counts == {"google_shopping:*": {"not_found_again": 2}}
    assert {row["fate"] for row in found.rows} == {"not_found_again"}


def test_a_spent_cap_leaves_it_open_and_says_so(shop):
    shop.scan("1")
    found = shop.scan("2", shown=10, access=replace(shop.access, meter=Spent()))
    assert found.counts == {"ebay:*": {"unanswered": 2}}
    assert found.unanswered == {"ebay:*": "spent. Wait."}
    assert found.rows == []
    assert shop.scan("3", shown=10).counts == {"ebay:*": {"there": 2}}, "the next scan asks"


def test_files_are_no_inventories_of_a_marketplace(shop, tmp_path):
    (tmp_path / "listings.jsonl").write_text("")
    assert is_search("ebay:lamp", shop.access)
    assert not is_search(f"file:{tmp_path / 'listings.jsonl'}", shop.access)
