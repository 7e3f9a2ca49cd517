"""`recheck` against a marketplace that answers: what was taken down, what is back, and who is asked when."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from catalog.decisions import NewDecision
from catalog.records import open_catalog
from catalog.seen_listings import SeenListing
from catalog.sightings import NewSighting, SightedPicture
from cluster.access import access_of
from cluster.state import State
from connectors import open_source
from connectors.sandbox import Catalogue
from counterfoil import app
from pipelines.progress import Reporter
from pipelines.recheck import RecheckRequest, recheck
from scoring.brand import Brand
from scoring.decisions import Basis
from scoring.errors import RateLimitedError, SourceError
from scoring.listing import Listing, Seller
from tests.conftest import settings_at
from tests.pipelines.listened import listening
from tests.pipelines.markets import TENANT

BASIS = Basis(
    scan_id="1",
    recipe_version="default",
    tier=1,
    score=0.9,
    seller_id="s",
    exemption=None,
    evidence=(),
    abstentions=(),
)
SEARCH = "ebay:*"


async def no_pause(seconds: float) -> None:
    pass


class Days:
    """A clock that stands still until it is told."""

    def __init__(self):
        self.now = datetime(2026, 11, 1, 9, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_(self, days):
        self.now += timedelta(days=days)


class Timed(State):
    days = Days()

    @cached_property
    def catalog(self):
        self.settings.home.mkdir(parents=True, exist_ok=True)
        return open_catalog(self.settings.resolved_database_url(), clock=self.days)


@pytest.fixture
def market(tmp_path):
    goods = Catalogue(6)
    with listening(goods) as (listener, connectors):
        state = Timed(settings_at(tmp_path / "home", connectors=connectors))
        state.__dict__["days"] = Days()
        state.catalog.tenants.ensure(TENANT)
        state.catalog.brands.save(TENANT, Brand(name="Northpine"))
        yield Market(state, listener, goods)


class Market:
    """Six goods; `scan` sees those that are there, `decide` confirms some."""

    def __init__(self, state, listener, goods):
        self.state, self.listener, self.goods = state, listener, goods
        self.all = goods.items
        self.access = replace(access_of(state, TENANT), sleep=no_pause)
        self.days = state.days

    def scan(self):
        found = [row.listing for rows, _ in open_source(SEARCH, self.access).pages() for row in rows]
        found = [it.model_copy(update={"observed_at": self.days()}) for it in found]
        self.see(*found)
        kept = [
            SeenListing(
                platform=it.platform,
                listing_id=it.listing_id,
                url=it.url,
                title=it.title,
                seller_id=it.seller.id,
            )
            for it in found
        ]
        self.state.catalog.seen_listings.keep(TENANT, SEARCH, "scan", kept)
        return found

    def see(self, *listings, picture=None):
        self.state.catalog.sightings.keep(
            TENANT,
            "scan",
            [
                NewSighting(
                    listing=it,
                    pictures=(
                        SightedPicture(
                            sha256=picture or it.listing_id, dhash=None, phash=None, source="https://x.test"
                        ),
                    ),
                    judgement=None,
                )
                for it in listings
            ],
        )

    def decide(self, *listings, ruling="confirmed"):
        self.state.catalog.decisions.keep(
            TENANT,
            [
                NewDecision(
                    platform=it.platform,
                    listing_id=it.listing_id,
                    brand="Northpine",
                    ruling=ruling,
                    by="me",
                    basis=BASIS,
                )
                for it in listings
            ],
        )

    def recheck(self, **more):
        request = RecheckRequest(tenant=TENANT, **more)
        return recheck(request, self.state, Reporter(quiet=True), access=self.access)

    @property
    def calls(self):
        return self.listener.count("/browse/v1/item/")


def states(report):
    return {it.listing_id: it.state for it in report.cases}


def test_a_case_from_the_decision_to_the_return(market, tmp_path):
    listings = market.scan()
    watched = listings[3:]
    market.decide(*watched)
    assert market.recheck().asked == {}, "a scan has just seen them: nobody need be asked"
    market.days.pass_(2)
    assert market.recheck().asked == {"there": 3}
    market.goods.items = market.all[:4]  # the last two are taken down
    market.days.pass_(1)
    down = market.recheck()
    assert down.asked == {"there": 1, "gone": 2}
    assert list(states(down).values()) == ["there", "gone", "gone"]
    assert [(it.clock.hours, it.clock.hours_at_least) for it in down.cases][1:] == [(72, 48)] * 2
    calls = market.calls
    assert market.recheck().asked == {}, "the same again asks nobody, and changes nothing"
    assert market.calls == calls
    twin = listings[5].model_copy(
        update={"listing_id": "v1|999|0", "observed_at": market.days() + timedelta(days=1)}
    )
    market.days.pass_(1)
    market.see(twin, picture=listings[5].listing_id)
    came = market.recheck()
    assert [(it.as_listing_id, it.kind, it.certain) for it in came.come_backs] == [
        ("v1|999|0", "same seller", True)
    ]
    assert market.recheck().come_backs == came.come_backs
    market.goods.items = market.all
    market.days.pass_(7)
    back = market.recheck(every=timedelta(days=1))
    assert list(states(back).values()) == ["there"] * 3
    assert [it.clock.back_at is not None for it in back.cases] == [False, True, True]
    (platform,) = back.platforms
    assert (platform.taken_down, platform.back, platform.back_as_another, platform.median_hours) == (
        2,
        2,
        1,
        72,
    )
    assert {days: (it.gone, it.of) for days, it in platform.gone_within_days.items()} == {
        1: (0, 3),
        3: (2, 3),
        7: (2, 3),
    }
    back.write(tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "cases.parquet").to_pylist()
    assert [row["come_backs"] for row in rows] == [[], [], ["ebay:v1|999|0"]]
    assert json.loads((tmp_path / "out" / "recheck.json").read_text())["platforms"][0]["median_hours"] == 72
    assert "is back as ebay:v1|999|0" in back.to_text()


def test_what_is_gone_is_asked_for_more_rarely(market):
    market.decide(*market.scan()[5:])
    market.goods.items = market.all[:5]
    market.days.pass_(1)
    assert market.recheck().asked == {"gone": 1}
    market.days.pass_(6)
    assert market.recheck().asked == {}
    market.days.pass_(1)
    assert market.recheck().asked == {"gone": 1}


def test_what_a_search_shows_again_is_back_when_its_platform_says_so(market):
    listings = market.scan()
    market.decide(listings[5])
    market.goods.items = market.all[:5]
    market.days.pass_(1)
    assert states(market.recheck()) == {listings[5].listing_id: "gone"}
    market.days.pass_(1)
    market.see(listings[5].model_copy(update={"observed_at": market.days()}))  # a search that lags
    report = market.recheck()
    assert (report.asked, states(report)) == ({"gone": 1}, {listings[5].listing_id: "gone"}), "asked at once"
    market.goods.items = market.all
    market.days.pass_(1)
    market.scan()
    report = market.recheck()
    assert (report.asked, states(report)) == ({"there": 1}, {listings[5].listing_id: "there"})


def test_a_run_asks_no_more_than_it_may_and_the_most_urgent_first(market):
    listings = market.scan()
    market.decide(*listings[:3])
    market.days.pass_(1)
    market.state.catalog.seen_listings.told_gone(TENANT, SEARCH, [listings[2].key])
    report = market.recheck(most=1)
    assert (report.asked, report.waiting) == ({"there": 1}, 2)
    followed = market.state.catalog.rechecks.of(TENANT)
    assert [key for key, it in followed.items() if it.asked_at] == [listings[2].key], "what a scan missed"
    assert market.recheck(most=5).asked == {"there": 2}, "the others are still due"


def test_a_platform_without_a_look_up_only_lost_it(market):
    lost = Listing(
        platform="google_shopping", listing_id="1", seller=Seller(id="s"), observed_at=market.days()
    )
    market.see(lost)
    market.decide(lost)
    kept = SeenListing(platform="google_shopping", listing_id="1", url=None, title="", seller_id="s")
    market.state.catalog.seen_listings.keep(TENANT, "google_shopping:*", "scan", [kept])
    market.days.pass_(4)
    assert states(market.recheck()) == {"1": "there"}
    market.state.catalog.seen_listings.told_gone(TENANT, "google_shopping:*", [lost.key])
    report = market.recheck()
    assert states(report) == {"1": "not_found_again"}
    assert report.cases[0].clock.gone_at is None
    assert report.platforms[0].gone_within_days[3].of == 0, "of nobody who cannot be asked is a share claimed"


def test_it_may_be_back_through_an_authorised_seller(market):
    listings = market.scan()
    market.decide(listings[5])
    market.goods.items = market.all[:5]
    market.days.pass_(1)
    market.recheck()
    seller = [{"platform": "ebay", "seller_id": listings[5].seller.id}]
    market.state.catalog.brands.save(TENANT, Brand(name="Northpine", authorised_sellers=seller))
    market.goods.items = market.all
    market.days.pass_(7)
    (case,) = market.recheck().cases
    assert (case.state, case.clock.back_at) == ("authorised", None)


def test_a_spent_cap_leaves_the_rest_due(market):
    class Spent:
        def take(self, resource):
            raise RateLimitedError("spent.", hint="Wait.", retry_after=9e3)

    market.decide(*market.scan()[:2])
    market.days.pass_(1)
    whole, market.access = market.access, replace(market.access, meter=Spent())
    report = market.recheck()
    assert (report.asked, report.not_asked) == ({}, {SEARCH: "spent. Wait."})
    assert {it.unanswered for it in report.cases} == {"spent. Wait."}
    market.access = whole
    assert market.recheck().asked == {"there": 2}


def test_what_a_person_dismissed_is_not_watched(market):
    listings = market.scan()
    market.decide(listings[0], ruling="dismissed")
    assert market.recheck().cases == ()
    assert "No case is watched" in market.recheck().to_text()


def test_the_commands_answer_where_there_is_nothing_to_do(tmp_path):
    State(settings_at(tmp_path / "home")).catalog.tenants.ensure(TENANT)

    def run(*words):
        runner = CliRunner(env={"COUNTERFOIL_HOME": str(tmp_path / "home")})
        return runner.invoke(app, [*words, "--tenant", TENANT], catch_exceptions=False).stdout

    assert "No case is watched" in run("recheck")
    told = json.loads(run("recheck", "--json", "--out", str(tmp_path / "out")))
    assert (told["cases"], told["platforms"], told["waiting"]) == ([], [], 0)
    assert pq.read_table(tmp_path / "out" / "cases.parquet").num_rows == 0
    assert "Nothing to judge again" in run("rescan", "--only-changed", "--out", str(tmp_path / "again"))
    with pytest.raises(SourceError, match="is no day"):
        run("rescan", "--since", "yesterday")
