"""Walmart's connector against the sandbox's affiliate API, which checks every signature."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from connectors.sandbox import Catalogue, build
from connectors.walmart import WalmartConnector
from connectors.walmart.translate import translate_item
from scoring.errors import SettingsError
from scoring.listing import Stock
from tests.connectors.sandboxed import SECRETS, WHEN, OnSandbox, listings, reaching

GOODS = 140


class Frozen(WalmartConnector):
    """The same moment in every listing, though signatures need today's."""

    def translate(self, item):
        return translate_item(item, observed_at=WHEN)


def connector(sandbox, query="*", **more) -> WalmartConnector:
    return Frozen(query, reaching(sandbox, **more))


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestWalmart(OnSandbox):
    kind = Frozen
    nowhere = "1"
    refused = ("seller:someone", "id:1")

    def asked(self, query, **more):
        return connector(self.sandbox, query, **more)


def test_words_find_what_holds_them_all(sandbox):
    found = listings(connector(sandbox, '"steel lamp"'))
    assert len(found) == len(sandbox.catalogue.find("steel lamp")) > 0


def test_given_items_are_looked_up_twenty_at_a_time(sandbox):
    wanted = [str(5_000_000 + number) for number in range(1, 46)]
    assert [one.listing_id for one in listings(connector(sandbox, f"id:{','.join(wanted)}"))] == wanted


WRONG = [
    ("private_key", "c2VjcmV0", "cannot be read", "base64 of something else"),
    ("private_key", "-----BEGIN PRIVATE KEY-----\\nhush", "cannot be read", "a PEM file cut short"),
    ("consumer_id", "hush", "Unknown consumer", "another's id"),
    ("key_version", "2", "Unknown consumer or key version", "a key that has been replaced"),
]


@pytest.mark.parametrize(("name", "value", "says", "reason"), WRONG, ids=[case[3] for case in WRONG])
def test_credentials_that_are_wrong(sandbox, name, value, says, reason):
    secrets = {"walmart": SECRETS["walmart"] | {name: SecretStr(value)}}
    with pytest.raises(SettingsError, match=says) as raised:
        list(connector(sandbox, credentials=secrets).pages())
    assert "hush" not in str(raised.value)


def test_a_clock_that_is_off_is_refused(sandbox):
    late = WalmartConnector("lamp", reaching(sandbox), clock=lambda: datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(SettingsError, match="timestamp expired"):
        list(late.pages())


ITEMS = [
    ({}, {"title": "", "stock": Stock(), "seller": None}, "an id is enough"),
    ({"name": "Bottle &amp; lid"}, {"title": "Bottle & lid"}, "words are escaped for HTML"),
    (
        {"stock": "Not available"},
        {"stock": Stock(kind="exact", min=0, max=0, observed_at=WHEN)},
        "sold out is a number",
    ),
    ({"stock": "Limited Supply"}, {"stock": Stock(kind="in_stock", observed_at=WHEN)}, "a few are some"),
    ({"categoryPath": "Home/Lamps"}, {"category": "Home > Lamps"}, "the path of its category"),
    (
        {
            "largeImage": "https://i5.walmartimages.com/a.jpeg?odnHeight=450&odnWidth=450",
            "imageEntities": [
                {
                    "largeImage": "https://i5.walmartimages.com/b.jpeg?odnHeight=450",
                    "entityType": "SECONDARY",
                },
                {"largeImage": "https://i5.walmartimages.com/a.jpeg?odnHeight=450", "entityType": "PRIMARY"},
            ],
        },
        {"images": ("https://i5.walmartimages.com/a.jpeg", "https://i5.walmartimages.com/b.jpeg")},
        "each picture once, as it was uploaded",
    ),
]


@pytest.mark.parametrize(("more", "expected", "reason"), ITEMS, ids=[case[2] for case in ITEMS])
def test_an_item(more, expected, reason):
    listing, errors = translate_item({"itemId": 7} | more, observed_at=WHEN)
    assert {name: getattr(listing, name) for name in expected} == expected
    assert not errors


def test_walmart_itself_is_a_seller():
    assert translate_item({"itemId": 7, "marketplace": False}, observed_at=WHEN)[0].seller.id == "Walmart.com"


def test_a_price_that_is_none_is_told():
    listing, errors = translate_item({"itemId": 7, "salePrice": "see cart"}, observed_at=WHEN)
    assert listing.price is None
    assert errors == ("price: 'see cart' 'USD' is no amount of money",)
