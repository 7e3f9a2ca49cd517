"""Look-ups of single listings: those that the cheap steps leave suspicious, and no others, under the cap."""

from dataclasses import dataclass, field, replace

import pytest

from cluster.access import access_of
from cluster.allowance import Allowance
from cluster.library import build_library
from cluster.state import State
from connectors.sandbox import Catalogue
from pipelines.admission import Admissions
from pipelines.details import GONE, look_up_details, offers_details
from pipelines.journal import Journal
from pipelines.judging import DETAILS, Judge
from pipelines.progress import Reporter
from pipelines.reading import read_sources
from scoring.errors import RateLimitedError
from tests.conftest import settings_at
from tests.pipelines.listened import listening
from tests.pipelines.markets import TENANT, import_into, write_kit

TITLES = (
    "Northpine bottle",
    "Northpine bottle, used",
    "plain bottle",
    "N0rthpine bottle",
    "lid for Northpine",
    "official Northpine bottle",
)
"""Numbered from 1: named, called used, nothing, disguised, a lawful reference, and an authorised seller's."""
SUSPICIOUS = {1, 2, 4}


@dataclass
class Bounded:
    """A meter that gives so many calls, and then raises something."""

    most: int
    error: BaseException = field(
        default_factory=lambda: RateLimitedError("spent.", hint="Wait.", retry_after=9e3)
    )

    def take(self, resource: str) -> None:
        if self.most == 0:
            raise self.error
        self.most -= 1


async def no_pause(seconds: float) -> None:
    pass


@pytest.fixture(scope="module")
def goods():
    """The titles' goods, each with 30 in stock; the last one's seller is authorised."""
    catalogue = Catalogue(len(TITLES))
    catalogue.items = tuple(
        replace(item, title=title, stock=30, seller="official" if "official" in title else "somebody")
        for item, title in zip(catalogue.items, TITLES, strict=True)
    )
    return catalogue


@pytest.fixture
def shop(goods):
    with listening(goods) as (listener, connectors):
        yield listener, connectors, goods


@pytest.fixture
def scan(shop, tmp_path):
    """A scan without Ray, all of whose listings have been read."""
    _, connectors, _ = shop
    settings = settings_at(tmp_path / "home", connectors=connectors)
    rights = [{"platform": "ebay", "seller_id": "official"}]
    import_into(settings, write_kit(tmp_path / "kit", {}, authorised_sellers=rights))
    journal = Journal(tmp_path / "work" / "journal.sqlite")
    made = Scan(State(settings), journal)
    made.read()
    yield made
    journal.close()


class Scan:
    def __init__(self, state, journal, source="ebay:*"):
        self.journal, self.source = journal, source
        self.library = build_library(state, TENANT)
        self.admissions = Admissions(journal, Allowance(lambda: state.catalog.usage, daily=1000), TENANT)
        self.access = replace(access_of(state, TENANT), sleep=no_pause)
        self.stage = Reporter(quiet=True).stage("test")

    def read(self):
        with Reporter(quiet=True).stage("read") as stage:
            read_sources([self.source], self.access, self.journal, stage)

    def judge(self, *, look_up=True, access=None):
        """Rounds until every listing is judged: {number: listing row}."""
        judge = Judge(self.journal, self.library, self.admissions, detailed=[0])
        with Reporter(quiet=True).stage("judge") as stage:
            assert judge.round(stage) == 0, "names need no measuring"
            if look_up:
                look_up_details(self.journal, access or self.access, stage)
                judge.round(stage)
        return dict(enumerate(self.journal.listings(), start=1))


def abstained(row) -> list[str]:
    return [it["reason"] for it in row.verdict["verdict"]["abstentions"] if it["signal"] == DETAILS]


def test_only_what_the_cheap_steps_leave_suspicious_is_looked_up(shop, scan):
    rows = scan.judge()
    stocked = {number for number, row in rows.items() if row.listing.stock.kind != "unknown"}
    assert stocked == SUSPICIOUS
    assert shop[0].count("/browse/v1/item/") == len(SUSPICIOUS)
    assert all(row.verdict is not None and not abstained(row) for row in rows.values())
    assert (
        rows[1].listing.description == "A blue bottle, number 1 of its kind." or rows[1].listing.description
    )


def test_the_rest_is_judged_with_it(scan):
    """Used, but more than ten in stock: the exemption lapses, which no search could have told."""
    before = scan.judge(look_up=False)
    assert before[2].verdict is None, "it waits for its look-up"
    after = scan.judge()
    assert after[2].listing.stock.min == 11
    assert after[2].verdict["verdict"]["exemption"] is None
    assert after[2].verdict["verdict"]["tier"] == 2


def test_a_spent_cap_is_used_on_the_most_suspicious_and_told_of(scan):
    rows = scan.judge(access=replace(scan.access, meter=Bounded(1)))
    assert rows[4].detail == "had", "disguised: the most suspicious of them"
    for number in SUSPICIOUS - {4}:
        assert rows[number].listing.stock.kind == "unknown", "as the search told it"
        assert abstained(rows[number]) == ["spent. Wait."]
    assert scan.journal.details("ebay:*") == (1, {"spent. Wait.": 2})


def test_one_that_is_gone_by_then_says_so(shop, scan):
    goods = shop[2]
    kept, goods.items = goods.items, goods.items[:3]
    try:
        rows = scan.judge()
    finally:
        goods.items = kept
    assert rows[4].errors == (GONE,)
    assert rows[4].verdict["verdict"]["tier"] == 2, "what it showed is judged all the same"
    assert not rows[1].errors


def test_a_driver_that_dies_does_not_ask_twice(shop, scan):
    class Death(BaseException):
        pass

    with pytest.raises(Death):
        scan.judge(access=replace(scan.access, meter=Bounded(1, Death())))
    assert shop[0].count("/browse/v1/item/") == 1
    scan.judge()
    assert shop[0].count("/browse/v1/item/") == len(SUSPICIOUS)


def test_what_is_down_is_not_asked_for_ever(shop, scan):
    """Three look-ups in a row that fail leave the rest as it is; here each is tried five times."""
    from connectors.sandbox import Faults

    listener = shop[0]
    listener._shop.app._faults = Faults(failing=1.0)
    rows = scan.judge()
    assert listener.count("/browse/v1/item/") == 3 * 5
    assert all("ebay fails (503" in abstained(rows[number])[0] for number in SUSPICIOUS)


def test_a_file_offers_none(tmp_path, scan):
    listings = tmp_path / "listings.jsonl"
    listings.write_text("")
    assert not offers_details(f"file:{listings}", scan.access)
    assert offers_details("ebay:lamp", scan.access)
