"""A whole scan of four platforms on a bad day, killed while it reads and while it looks listings up."""

import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace

import pytest

from cluster.state import State
from connectors.sandbox import Catalogue, Faults
from tests.conftest import settings_at
from tests.pipelines.listened import PAGES, SOURCES, listening
from tests.pipelines.markets import TENANT, import_into, run_scan, write_kit
from tests.pipelines.processes import ScanProcess, linux
from tests.pipelines.test_reading_killed import environment

pytestmark = [pytest.mark.ray, linux, pytest.mark.timeout(600)]

GOODS = 1250
FAULTS = Faults(rate_limited=0.04, failing=0.02, truncated=0.04, garbled=0.02)
FAKES = range(1, GOODS, 50)
"""Numbers of the goods whose title names the brand: 25, of which some are called used."""


@pytest.fixture
def goods():
    catalogue = Catalogue(GOODS)
    catalogue.items = tuple(
        replace(item, title=f"Kestrelholm {item.title}", stock=30) if item.number in FAKES else item
        for item in catalogue.items
    )
    return catalogue


def says(out, sql) -> int:
    """What a query on a running scan's journal counts; 0 where there is no journal yet."""
    path = out / "work" / "journal.sqlite"
    if path.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchone()[0]
    return 0


def test_a_scan_of_5000_listings_loses_none_and_asks_for_nothing_twice(ray_session, tmp_path, goods):
    out = tmp_path / "out"
    with listening(goods, faults=FAULTS, revoking=25) as (shop, connectors):
        settings = settings_at(tmp_path / "home", connectors=connectors)
        # No reference: the cheap signals alone decide, and no picture is looked at.
        import_into(settings, write_kit(tmp_path / "kit", {}, brand="Kestrelholm"))
        process = ScanProcess(
            str(settings.home), "\n".join(SOURCES), str(out), environment=environment(connectors)
        )
        looked_up = "SELECT COUNT(*) FROM listings WHERE detail = 'had'"
        process.kill_once(lambda: says(out, looked_up) > 3)
        asked, before = len(shop.asked), says(out, looked_up)
        (scan_id,) = [known.id for known in State(settings).catalog.scans.of(TENANT)]
        outcome = run_scan(settings, "", out, resume=scan_id)

    assert Counter(row["platform"] for row in outcome.rows) == dict.fromkeys(PAGES, GOODS)
    assert len({(row["platform"], row["listing_id"]) for row in outcome.rows}) == 4 * GOODS
    assert not shop.pages(asked), "all pages had been committed"
    suspicious = [row for row in outcome.rows if row["brand"] == "Kestrelholm"]
    assert len(suspicious) == 4 * len(FAKES)
    assert not any(row["exemption"] for row in suspicious if row["platform"] == "ebay"), "stock contradicts"
    assert any(row["exemption"] for row in suspicious if row["platform"] == "google_shopping")

    summary = outcome.summary
    assert summary["listings"] == 4 * GOODS
    assert summary["not_covered"] == {}
    assert summary["read"]["ebay:*"]["details"] == len(FAKES) > before > 3
    for source, read in summary["read"].items():
        assert read["listings"] == GOODS, source
        assert read["calls"] >= read["pages"] + read["details"], "each page and look-up took a call"
    assert summary["read"]["shopify:store.example"]["waited_seconds"] > 1, "at one page a second"
