"""Etsy against the sandbox's Open API."""

import httpx
import pytest
from pydantic import SecretStr

from connectors.etsy import EtsyConnector
from connectors.etsy.translate import translate_listing
from connectors.sandbox import Catalogue, build
from scoring.errors import SettingsError
from tests.connectors.sandboxed import WHEN, OnSandbox, answering, listings, reaching, rows

GOODS = 230


def connector(sandbox, query="*", **more) -> EtsyConnector:
    return EtsyConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestEtsy(OnSandbox):
    kind = EtsyConnector
    nowhere = "1"
    refused = ("id:,", "image:lamp.jpg")


def test_a_shops_listings(sandbox):
    seller = sandbox.catalogue.items[0].seller
    shop = 400_000 + int(seller.removeprefix("seller-"))
    found = listings(connector(sandbox, f"seller:{shop}"))
    assert {one.seller.name for one in found} == {seller}
    assert len(found) == sum(it.seller == seller for it in sandbox.catalogue.items)


def test_given_listings(sandbox):
    found = listings(connector(sandbox, "id:800000001,800000009"))
    assert [one.listing_id for one in found] == ["800000001", "800000009"]
    assert all(one.images for one in found)


def test_a_listing_that_vanishes_between_two_calls_stays_as_the_search_had_it():
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("batch"):
            return httpx.Response(200, json={"count": 0, "results": []})
        return httpx.Response(200, json={"count": 1, "results": [{"listing_id": 7, "title": "Lamp"}]})

    (found,) = listings(EtsyConnector("lamp", answering(handle), clock=lambda: WHEN))
    assert (found.title, found.images) == ("Lamp", ())


def test_a_wrong_key_is_refused_and_not_shown(sandbox):
    secrets = {"etsy": {"keystring": SecretStr("sandbox"), "shared_secret": SecretStr("hush")}}
    with pytest.raises(SettingsError, match="incorrect shared secret") as raised:
        rows(connector(sandbox, credentials=secrets))
    assert "hush" not in str(raised.value)


PRICES = [
    ({"amount": 1250, "divisor": 100, "currency_code": "EUR"}, "12.5", (), "cents"),
    ({"amount": 500, "divisor": 1, "currency_code": "JPY"}, "500", (), "a currency without cents"),
    ({"amount": 5, "divisor": 0, "currency_code": "EUR"}, None, ("5 / 0",), "divided by nothing"),
    (None, None, (), "nothing is said"),
]


@pytest.mark.parametrize(("price", "amount", "says", "reason"), PRICES, ids=[case[3] for case in PRICES])
def test_a_price(price, amount, says, reason):
    listing, errors = translate_listing({"listing_id": 7, "price": price}, observed_at=WHEN)
    assert (str(listing.price.amount) if listing.price else None) == amount
    assert len(errors) == len(says)
    assert all(one in errors[0] for one in says)
