"""Google Shopping through SerpApi, against the sandbox's."""

import logging

import httpx
import pytest
from pydantic import SecretStr

from connectors.google_shopping import GoogleShoppingConnector
from connectors.google_shopping.translate import translate_result
from connectors.sandbox import Catalogue, build
from scoring.errors import RateLimitedError, SettingsError, SourceError
from tests.connectors.sandboxed import WHEN, OnSandbox, answering, listings, reaching, rows

GOODS = 150


def connector(sandbox, query="*", **more) -> GoogleShoppingConnector:
    return GoogleShoppingConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestGoogleShopping(OnSandbox):
    kind = GoogleShoppingConnector
    refused = ("id:1",)


def test_nothing_found_is_no_error(sandbox):
    assert rows(connector(sandbox, "no such thing anywhere")) == []


def test_a_wrong_key_is_refused_and_neither_shown_nor_logged(sandbox, caplog):
    secrets = {"google_shopping": {"api_key": SecretStr("hush")}}
    with caplog.at_level(logging.DEBUG), pytest.raises(SettingsError, match="Invalid API key") as raised:
        list(connector(sandbox, credentials=secrets).pages())
    assert "hush" not in str(raised.value)
    assert "hush" not in caplog.text


def asked(body, status=200, market=None):
    calls = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.params)
        return httpx.Response(status, json=body)

    return GoogleShoppingConnector("lamp", answering(handle), market=market, clock=lambda: WHEN), calls


def test_prices_are_in_the_markets_currency():
    result = {"product_id": "1", "extracted_price": 12.5}
    source, calls = asked({"shopping_results": [result]}, market="gb")
    (found,) = listings(source)
    assert found.price.currency == "GBP"
    assert calls[0]["gl"] == "uk"


def test_google_that_was_not_understood_is_no_empty_page():
    with pytest.raises(SourceError, match="couldn't parse"):
        rows(asked({"error": "We couldn't parse the page."})[0])


def test_a_spent_plan_ends_the_run():
    with pytest.raises(RateLimitedError, match="run out of searches"):
        rows(asked({"error": "Your account has run out of searches."}, status=429)[0])


RESULTS = [
    ({"product_id": "7"}, {"listing_id": "7", "url": None, "seller": None}, "an id is enough"),
    ({"link": "https://shop.example/7"}, {"listing_id": "https://shop.example/7"}, "a link stands for an id"),
    (
        {"product_id": "7", "thumbnail": "data:image/png;base64,AA", "thumbnails": ["b", "b"]},
        {"images": ("data:image/png;base64,AA", "b")},
        "each picture once",
    ),
    ({"product_id": "7", "second_hand_condition": "refurbished"}, {"condition": "refurbished"}, "used goods"),
]


@pytest.mark.parametrize(("result", "expected", "reason"), RESULTS, ids=[case[2] for case in RESULTS])
def test_a_result(result, expected, reason):
    listing, errors = translate_result(result, currency="EUR", observed_at=WHEN)
    assert {name: getattr(listing, name) for name in expected} == expected
    assert not errors
