"""What was found becomes a listing: the page's own words first, then the search's."""

import pytest

from connectors.found.hit import Hit, translate_hit
from connectors.found.places import place_of
from tests.connectors.sandboxed import WHEN

PAGE = "https://shop.example/lamp"
LAMP = {"name": "Lamp", "image": ["https://shop.example/1.jpg"]}
MUG = {"name": "Mug", "image": ["https://shop.example/2.jpg"]}

HITS = [
    (
        Hit(page=PAGE, title="seen"),
        [LAMP],
        {"title": "Lamp", "listing_id": "shop.example/lamp"},
        "its own words",
    ),
    (
        Hit(page=PAGE, picture="https://shop.example/2.jpg"),
        [LAMP, MUG],
        {"title": "Mug"},
        "who shows the picture",
    ),
    (
        Hit(page=PAGE, picture="https://cdn.example/x.jpg"),
        [LAMP],
        {"images": ("https://shop.example/1.jpg", "https://cdn.example/x.jpg")},
        "a picture that the page does not name was seen on it all the same",
    ),
    (
        Hit(page=PAGE, title="seen"),
        [],
        {"title": "seen", "platform": "shop", "images": ()},
        "the search's words",
    ),
    (Hit(page=PAGE, title="seen"), [{"image": "x"}], {"title": "seen"}, "a product without a name is none"),
    (
        Hit(page="https://www.ebay.de/itm/123456789012"),
        [LAMP],
        {"platform": "ebay", "listing_id": "v1|123456789012|0", "seller": None, "title": "Lamp"},
        "a marketplace's page is its listing",
    ),
    (
        Hit(picture="https://cdn.example/x.jpg"),
        [],
        {"listing_id": "https://cdn.example/x.jpg", "url": None, "images": ("https://cdn.example/x.jpg",)},
        "a picture alone",
    ),
]


@pytest.mark.parametrize(("hit", "products", "expected", "reason"), HITS, ids=[case[3] for case in HITS])
def test_a_hit(hit, products, expected, reason):
    listing, _ = translate_hit(hit, products, observed_at=WHEN)
    assert {name: getattr(listing, name) for name in expected} == expected


PLACES = [
    (
        "https://www.ebay.com/itm/Steel-Bottle/123456789012?x=1",
        ("ebay", "v1|123456789012|0"),
        "with its words",
    ),
    ("https://ebay.com.au/itm/123456789012", ("ebay", "v1|123456789012|0"), "another country's"),
    ("https://www.ebay.com/sch/i.html?_nkw=lamp", None, "a search is no listing"),
    ("https://notebay.com/itm/123456789012", None, "another host"),
    ("https://www.amazon.co.uk/gp/product/B0834SY88H/ref=x", ("amazon", "B0834SY88H"), "an older address"),
    ("https://www.walmart.com/ip/Bottle-Blue/6706455482", ("walmart", "6706455482"), "with its words"),
    ("https://www.etsy.com/de/listing/800000001/lamp", ("etsy", "800000001"), "in another language"),
    (
        "https://de.aliexpress.com/item/1005000000001.html",
        ("aliexpress", "1005000000001"),
        "another country's",
    ),
    ("https://www.amazon.com.evil.example/dp/B0834SY88H", None, "a host that only begins so"),
    ("", None, "no page"),
]


@pytest.mark.parametrize(("address", "expected", "reason"), PLACES, ids=[case[2] for case in PLACES])
def test_a_place(address, expected, reason):
    assert place_of(address) == expected
