"""Sources into the journal: page by page, each listing once, and one that fails leaves the others running."""

import asyncio
import threading
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from cluster.settings import Connectors
from connectors import Access
from connectors.sandbox import CREDENTIALS, Catalogue, Faults, build, running
from pipelines.journal import Journal
from pipelines.progress import Reporter
from pipelines.reading import read_sources
from pipelines.watched import LeftError, Watch
from scoring.errors import RateLimitedError, SettingsError
from tests.conftest import settings_at
from tests.pipelines.markets import import_into, listing, run_scan, write_kit, write_market

SECRETS = {"client_id": SecretStr("sandbox"), "client_secret": SecretStr("sandbox-secret")}
SECRETS_OF_ETSY = {name: SecretStr(value) for name, value in CREDENTIALS["etsy"].items()}
FAULTS = Faults(rate_limited=0.06, failing=0.04, truncated=0.08, garbled=0.05, seed=5)


async def no_pause(seconds: float) -> None:
    pass


@pytest.fixture
def shop():
    with running(build(Catalogue(500), faults=FAULTS)) as address:
        yield address


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / "work" / "journal.sqlite")
    yield opened
    opened.close()


def reaching(address, **more) -> Access:
    return Access(
        **{"credentials": {"ebay": SECRETS}, "addresses": {"ebay": f"{address}/ebay"}, "sleep": no_pause}
        | more
    )


def read(journal, sources, access):
    with Reporter(quiet=True).stage("read", None) as stage:
        return read_sources(tuple(sources), access, journal, stage)


def ids(journal) -> list[str]:
    return [row.listing.listing_id for row in journal.listings() if row.listing]


def test_what_two_queries_bring_is_kept_once(journal, shop):
    read(journal, ["ebay:*", "ebay:lamp", "ebay:steel"], reaching(shop))
    assert len(ids(journal)) == len(set(ids(journal))) == 500


def test_a_file_keeps_every_row_even_twice_the_same(journal, tmp_path):
    source = write_market(tmp_path / "shop", [listing(1), listing(1)])
    read(journal, [source], Access())
    assert ids(journal) == ["1", "1"]


def test_one_that_fails_leaves_the_others_running(journal, shop, tmp_path):
    source = write_market(tmp_path / "shop", [listing(1)])
    gaps = read(journal, ["ebay:*", source], reaching(shop, credentials={}))
    assert ids(journal) == ["1"]
    assert list(gaps) == ["ebay:*"]
    assert "COUNTERFOIL_CONNECTORS__EBAY__CLIENT_ID" in gaps["ebay:*"][0]


def test_progress_is_told_by_source(journal, shop):
    """What each has brought, and whether it waits: here for as long as its platform asks it to."""
    notes = []

    class Noted:
        def advance(self, done: int) -> None:
            pass

        def note(self, words: str) -> None:
            notes.append(words)

    async def pause(seconds: float) -> None:
        await asyncio.sleep(0.001)

    access = reaching(shop, sleep=pause)
    access.credentials["etsy"] = SECRETS_OF_ETSY
    access.addresses["etsy"] = access.addresses["ebay"].replace("ebay", "etsy")
    read_sources(["ebay:*", "etsy:*", "ebay:lamp"], access, journal, Noted())
    assert any("ebay:* page 1, 200 listings" in note for note in notes)
    assert any("etsy:* page 1, 100 listings" in note for note in notes)
    assert any("1 more to come" in note for note in notes), "the second of eBay's waits for the first"
    assert notes[-1] == "", "nothing is under way any more"
    told = {it.source: it for it in journal.progress()}
    assert (told["ebay:*"].pages, told["ebay:*"].listings) == (3, 500)
    assert (told["etsy:*"].pages, told["etsy:*"].listings) == (5, 500)
    assert told["ebay:*"].calls >= 3
    assert all(it.whole for it in told.values())
    assert told["ebay:*"].waited > 0


def test_a_source_that_waits_says_for_how_long():
    clock = 100.0
    watch = Watch(Access(clock=lambda: clock))
    assert watch.pausing == 0.0
    during = []

    async def pause(seconds: float) -> None:
        during.append(watch.pausing)

    watch.access = Access(clock=lambda: clock, sleep=pause)
    asyncio.run(watch.sleep(30.0))
    assert during == [30.0]
    assert watch.pausing == 0.0


def test_whoever_is_left_stops_at_the_next_call_or_pause():
    watch = Watch(Access(sleep=no_pause))
    watch.left.set()
    with pytest.raises(LeftError):
        watch.take("ebay")
    with pytest.raises(LeftError):
        asyncio.run(watch.sleep(1.0))
    assert watch.spent().calls == 0


def test_a_fault_of_our_own_in_one_source_is_raised_and_ends_the_others(journal, shop):
    class Faulty:
        def take(self, resource: str) -> None:
            raise ZeroDivisionError("ours")

    threads = threading.active_count()
    with pytest.raises(ZeroDivisionError, match="ours"):
        read(journal, ["ebay:*"], reaching(shop, meter=Faulty()))
    assert threading.active_count() == threads


def test_where_all_fail_so_does_the_reading(journal, shop):
    with pytest.raises(SettingsError, match="CLIENT_ID"):
        read(journal, ["ebay:lamp", "ebay:steel"], reaching(shop, credentials={}))


@dataclass
class Cap:
    most: int

    def take(self, resource: str) -> None:
        if self.most == 0:
            raise RateLimitedError("spent.", hint="Wait.", retry_after=3600)
        self.most -= 1


def test_a_source_that_is_alone_is_resumed_where_it_stopped(journal, tmp_path):
    with running(build(Catalogue(500))) as address:
        with pytest.raises(RateLimitedError):
            read(journal, ["ebay:*"], reaching(address, meter=Cap(2)))
        assert len(ids(journal)) == 400, "two pages"
        rest = Cap(5)
        read(journal, ["ebay:*"], reaching(address, meter=rest))
    assert len(ids(journal)) == len(set(ids(journal))) == 500
    assert rest.most == 4, "one call for the last page"


@pytest.mark.ray
def test_a_scan_of_a_marketplace_judges_every_listing(ray_session, tmp_path):
    """As its user would: credentials in the settings, a query, pictures from the marketplace's own server."""
    goods = Catalogue(24)
    with running(build(goods, faults=FAULTS)) as address:
        told = {"ebay": SECRETS | {"address": SecretStr(f"{address}/ebay")}}
        settings = settings_at(tmp_path / "home", private_addresses=True, connectors=Connectors(told))
        stolen = goods.picture(7, 0)
        import_into(settings, write_kit(tmp_path / "kit", {"seven.jpg": stolen}))
        outcome = run_scan(settings, ("ebay:*", "etsy:*"), tmp_path / "out")
    assert len(outcome.rows) == 24
    assert [row["listing_id"] for row in outcome.rows if row["tier"] == 1] == ["v1|110000000007|0"]
    assert not any(row["errors"] for row in outcome.rows)
    (missing,) = outcome.summary["not_covered"].pop("etsy:*")
    assert "COUNTERFOIL_CONNECTORS__ETSY__KEYSTRING" in missing, "it failed, and the other went on"
    assert outcome.summary["not_covered"] == {}
    read = outcome.summary["read"]
    assert (read["ebay:*"]["pages"], read["ebay:*"]["listings"]) == (1, 24)
    assert read["ebay:*"]["calls"] >= 1
    assert (read["etsy:*"]["pages"], read["etsy:*"]["calls"]) == (0, 0)
