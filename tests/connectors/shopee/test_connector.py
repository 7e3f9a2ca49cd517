"""Shopee against the sandbox's affiliate API, which checks every signature."""

import httpx
import pytest
from pydantic import SecretStr

from connectors.sandbox import Catalogue, build
from connectors.shopee import ShopeeConnector
from connectors.shopee.translate import translate_offer
from scoring.errors import RateLimitedError, SettingsError, SourceError
from tests.connectors.sandboxed import SECRETS, WHEN, OnSandbox, answering, listings, reaching, rows

GOODS = 160


def connector(sandbox, query="*", **more) -> ShopeeConnector:
    return ShopeeConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestShopee(OnSandbox):
    kind = ShopeeConnector
    refused = ("id:1",)


def test_words_with_signs_are_signed_as_they_are_sent(sandbox):
    assert rows(connector(sandbox, 'garrafa "aço" ขวด')) == []


def test_words_find_what_holds_them_all(sandbox):
    found = listings(connector(sandbox, "steel"))
    assert len(found) == len(sandbox.catalogue.find("steel")) > 0


@pytest.mark.parametrize("name", ["app_id", "app_secret"])
def test_credentials_that_are_refused_are_not_shown(sandbox, name):
    secrets = {"shopee": SECRETS["shopee"] | {name: SecretStr("hush")}}
    with pytest.raises(SettingsError, match="Invalid Signature") as raised:
        rows(connector(sandbox, credentials=secrets))
    assert "hush" not in str(raised.value)


REFUSED = [
    (10030, RateLimitedError, "too many calls"),
    (10010, SourceError, "a query that is wrong"),
    (None, SourceError, "an error without a code"),
]


@pytest.mark.parametrize(("code", "error", "reason"), REFUSED, ids=[case[2] for case in REFUSED])
def test_errors_that_come_with_status_200(code, error, reason):
    body = {"errors": [{"message": "sorry", "extensions": {"code": code}}]}
    access = answering(lambda request: httpx.Response(200, json=body))
    with pytest.raises(error, match="sorry") as raised:
        rows(ShopeeConnector("lamp", access))
    assert raised.value.hint


def test_it_speaks_to_the_markets_own_site():
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        node = {"itemId": 7, "priceMin": "10"}
        return httpx.Response(200, json={"data": {"productOfferV2": {"nodes": [node]}}})

    (found,) = listings(ShopeeConnector("lamp", answering(handle), market="th"))
    assert asked == ["open-api.affiliate.shopee.co.th"]
    assert found.price.currency == "THB"


def test_an_offer_needs_an_id_only():
    listing, errors = translate_offer({"itemId": 7}, currency="BRL", observed_at=WHEN)
    assert (listing.seller, listing.images, errors) == (None, (), ())
