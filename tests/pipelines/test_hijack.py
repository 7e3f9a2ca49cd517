"""Offers that others attach to a brand's own page on Amazon: from `getItemOffers` to what a person sees.

All offers of a page share the brand's title and pictures: only who sells, and for how much, tells them apart.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from cluster.state import State
from connectors.sandbox import Catalogue
from connectors.sandbox.amazon import asin
from pipelines.journal import Journal
from tests.conftest import settings_at
from tests.pipelines.listened import listening
from tests.pipelines.markets import import_into, write_kit
from tests.pipelines.test_details import Scan

OWN, ALONE, DEALER = 2, 3, 6
"""The brand's page with two attached offers (2 % 3), one with its own alone, and an unknown dealer's."""
SOURCES = {
    "its pages, by their ASINs": f"amazon:asin:{asin(OWN)},{asin(ALONE)},{asin(DEALER)}",
    "a search, and look-ups of what it leaves suspicious": "amazon:text:northpine",
}


@pytest.fixture(params=SOURCES.values(), ids=SOURCES)
def judged(request, tmp_path):
    """Every offer on the brand's pages by its seller, judged."""
    goods = Catalogue(8)
    names = {OWN: "brand-1", ALONE: "brand-1", DEALER: "somebody"}
    goods.items = tuple(
        replace(
            it,
            title=f"Northpine Trailkeeper bottle no. {it.number}",
            price=Decimal("30.00"),
            condition="new",
            seller=names[it.number],
        )
        if it.number in names
        else it
        for it in goods.items
    )
    rights = {
        "marks": [{"text": "Northpine", "kind": "word"}],
        "price": {"floor": {"amount": "28.00", "currency": "USD"}},
        "authorised_sellers": [{"platform": "amazon", "seller_id": "BRAND-1"}],
    }
    with listening(goods) as (_, connectors):
        settings = settings_at(tmp_path / "home", connectors=connectors)
        import_into(settings, write_kit(tmp_path / "kit", {}, **rights))
        journal = Journal(tmp_path / "work" / "journal.sqlite")
        scan = Scan(State(settings), journal, request.param)
        scan.read()
        rows = [row for row in scan.judge().values() if row.listing.title.startswith("Northpine")]
        journal.close()
    return {(row.listing.listing_id[:10], row.listing.seller.id): row for row in rows if row.listing.seller}


def verdict(row):
    return row.verdict["verdict"]


def fired(row) -> dict[str, float]:
    return {one["signal"]: one["score"] for one in verdict(row)["contributions"]}


def test_an_unknown_seller_far_below_the_floor_is_put_before_a_person(judged):
    attached = {key: row for key, row in judged.items() if key[1].startswith("ATTACHED")}
    assert {key[0] for key in attached} == {asin(OWN)}
    assert len(attached) == 2
    for row in attached.values():
        assert verdict(row)["tier"] <= 2
        assert verdict(row)["route"] in ("review", "priority_review")
        assert fired(row)["price"] >= 0.5, "12 of 28 dollars"
        assert asin(OWN) in row.listing.url


def test_the_authorised_sellers_own_offer_on_the_same_page_is_cleared(judged):
    own = judged[asin(OWN), "BRAND-1"]
    assert verdict(own)["exemption"] == "authorised_seller"
    assert (verdict(own)["tier"], verdict(own)["route"]) == (4, "none")


def test_an_unknown_seller_at_a_fair_price_is_not_accused_of_one(judged):
    """A dealer may resell what they bought: only the name on the page speaks, and the score stays lower."""
    dealer = judged[asin(DEALER), "SOMEBODY"]
    hijacker = next(row for key, row in judged.items() if key[1].startswith("ATTACHED"))
    assert "price" not in fired(dealer)
    assert verdict(dealer)["score"] < verdict(hijacker)["score"]
    assert verdict(dealer)["tier"] > 1
