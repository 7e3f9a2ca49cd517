"""The connector to Amazon's Creators API, against the sandbox's."""

import pytest
from pydantic import SecretStr

from connectors.amazon.markets import MARKETS
from connectors.amazon_creators import AmazonCreatorsConnector
from connectors.amazon_creators.translate import translate_item
from connectors.sandbox import Catalogue, build
from connectors.sandbox.amazon import asin
from scoring.errors import SettingsError
from scoring.listing import Seller, Stock
from tests.connectors.sandboxed import SECRETS, WHEN, OnSandbox, listings, reaching

GOODS = 96


def connector(sandbox, query="*", **more) -> AmazonCreatorsConnector:
    return AmazonCreatorsConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestSearch(OnSandbox):
    kind = AmazonCreatorsConnector
    nowhere = "B000000000"
    refused = ("seller:A1", "asin:,")


class TestGivenAsins(TestSearch):
    query = "asin:" + ",".join(asin(number) for number in range(1, GOODS + 1))


def test_words_that_nothing_holds_find_nothing(sandbox):
    assert listings(connector(sandbox, "no such thing")) == []


WRONG = [
    ("credential_secret", "hush", "Client authentication failed", "another's secret"),
    ("partner_tag", "hush", "AssociateNotEligible", "a tag that is not the affiliate's"),
]


@pytest.mark.parametrize(("name", "value", "says", "reason"), WRONG, ids=[case[3] for case in WRONG])
def test_credentials_that_are_wrong(sandbox, name, value, says, reason):
    secrets = {"amazon_creators": SECRETS["amazon_creators"] | {name: SecretStr(value)}}
    with pytest.raises(SettingsError, match=says) as raised:
        list(connector(sandbox, credentials=secrets).pages())
    assert "hush" not in str(raised.value)


def offer(**more):
    return {"offersV2": {"listings": [{"merchantInfo": {"name": "Other"}}, {"isBuyBoxWinner": True} | more]}}


ITEMS = [
    ({}, {"title": "", "price": None, "stock": Stock(), "seller": None}, "an id is enough"),
    (
        offer(merchantInfo={"name": "Amazon.com"}),
        {"seller": Seller(id="Amazon.com", name="Amazon.com")},
        "the offer the page features, whose seller's id Amazon leaves out",
    ),
    (
        offer(availability={"type": "OUT_OF_STOCK"}),
        {"stock": Stock(kind="exact", min=0, max=0, observed_at=WHEN)},
        "sold out is a number",
    ),
    (
        offer(availability={"type": "IN_STOCK", "maxOrderQuantity": 30}),
        {"stock": Stock(kind="in_stock", observed_at=WHEN)},
        "how many one may buy is not how many there are",
    ),
    (
        offer(condition={"value": "Used", "subCondition": "LikeNew"}),
        {"condition": "LikeNew"},
        "the finer one",
    ),
    (offer(condition={"value": "New", "subCondition": "Unknown"}), {"condition": "New"}, "no finer one"),
]


@pytest.mark.parametrize(("more", "expected", "reason"), ITEMS, ids=[case[2] for case in ITEMS])
def test_an_item(more, expected, reason):
    listing, errors = translate_item({"asin": "B01"} | more, market=MARKETS["US"], observed_at=WHEN)
    assert {name: getattr(listing, name) for name in expected} == expected
    assert not errors
