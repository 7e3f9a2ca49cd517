"""Rakuten Ichiba against the sandbox's item search."""

import httpx
import pytest
from pydantic import SecretStr

from connectors.rakuten import RakutenConnector
from connectors.rakuten.translate import translate_item
from connectors.sandbox import Catalogue, build
from scoring.errors import SettingsError
from scoring.listing import Stock
from tests.connectors.sandboxed import SECRETS, WHEN, OnSandbox, answering, listings, reaching, rows

GOODS = 100


def connector(sandbox, query="*", **more) -> RakutenConnector:
    return RakutenConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestRakuten(OnSandbox):
    kind = RakutenConnector
    nowhere = "no-shop:1"
    refused = ("image:lamp.jpg",)


def test_a_shops_items_and_one_item(sandbox):
    item = sandbox.catalogue.items[0]
    found = listings(connector(sandbox, f"seller:{item.seller}"))
    assert len(found) == sum(it.seller == item.seller for it in sandbox.catalogue.items)
    (one,) = listings(connector(sandbox, f"id:{found[0].listing_id}"))
    assert one == found[0]


def test_nothing_found_is_no_error(sandbox):
    assert rows(connector(sandbox, "no such thing anywhere")) == []


def test_wrong_keys_are_refused_and_not_shown(sandbox):
    secrets = {"rakuten": SECRETS["rakuten"] | {"access_key": SecretStr("hush")}}
    with pytest.raises(SettingsError, match="specify valid applicationId") as raised:
        rows(connector(sandbox, credentials=secrets))
    assert "hush" not in str(raised.value)


def test_an_application_of_a_site_names_it():
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers)
        return httpx.Response(200, json={"Items": [], "pageCount": 0})

    secrets = {"rakuten": SECRETS["rakuten"] | {"site": SecretStr("https://brand.example/")}}
    rows(RakutenConnector("lamp", answering(handle, credentials=secrets)))
    assert (asked[0]["Referer"], asked[0]["Origin"]) == ("https://brand.example/", "https://brand.example")


ITEMS = [
    ({}, {"stock": Stock(), "images": ()}, "a code is enough"),
    ({"availability": 0}, {"stock": Stock(kind="exact", min=0, max=0, observed_at=WHEN)}, "sold out"),
    (
        {"mediumImageUrls": ["https://a/1.jpg?_ex=128x128", {"imageUrl": "https://a/2.jpg"}, None]},
        {"images": ("https://a/1.jpg", "https://a/2.jpg")},
        "pictures in either format, as they were uploaded",
    ),
    ({"mediumImageUrls": 3}, {"images": ()}, "a shape that has drifted"),
]


@pytest.mark.parametrize(("more", "expected", "reason"), ITEMS, ids=[case[2] for case in ITEMS])
def test_an_item(more, expected, reason):
    listing, errors = translate_item({"itemCode": "shop:1"} | more, observed_at=WHEN)
    assert {name: getattr(listing, name) for name in expected} == expected
    assert listing.seller.id == "shop"
    assert not errors
