"""Amazon's words into ours: cases, and the page that Amazon itself publishes."""

import json
from pathlib import Path

import pytest

from connectors.amazon.markets import MARKETS
from connectors.amazon.translate import translate_item, translate_offer
from tests.connectors.sandboxed import WHEN

US = "ATVPDKIKX0DER"
RECORDED = Path(__file__).parents[3] / "../shared/data/api-pages/amazon-spapi-catalog"


def item(**more):
    return translate_item({"asin": "B01"} | more, market=MARKETS["US"], observed_at=WHEN)[0]


ITEMS = [
    ({}, {"title": "", "images": (), "url": "https://www.amazon.com/dp/B01"}, "an id is enough"),
    (
        {"summaries": [{"marketplaceId": "other", "itemName": "Lampe"}]},
        {"title": ""},
        "what is said for another marketplace is not this page's",
    ),
    (
        {
            "images": [
                {
                    "marketplaceId": US,
                    "images": [
                        {"variant": "MAIN", "link": "small", "height": 75, "width": 75},
                        {"variant": "MAIN", "link": "large", "height": 900, "width": 900},
                        {"variant": "PT01", "link": "side", "height": 500, "width": 500},
                        {"variant": "PT02", "link": ""},
                    ],
                }
            ]
        },
        {"images": ("large", "side")},
        "the largest of each picture",
    ),
    (
        {"attributes": {"bullet_point": [{"value": "One"}, {"value": "Two"}]}},
        {"description": "One\nTwo"},
        "bullet points are its description",
    ),
    (
        {
            "classifications": [
                {
                    "marketplaceId": US,
                    "classifications": [{"displayName": "Lamps", "parent": {"displayName": "Home"}}],
                }
            ]
        },
        {"category": "Home > Lamps"},
        "from the widest class to the narrowest",
    ),
    ({"images": "none", "attributes": 3, "summaries": [None]}, {"images": ()}, "shapes that have drifted"),
]


@pytest.mark.parametrize(("more", "expected", "reason"), ITEMS, ids=[case[2] for case in ITEMS])
def test_an_item(more, expected, reason):
    listing = item(**more)
    assert {name: getattr(listing, name) for name in expected} == expected


OFFERS = [
    ({}, (), "B01/A1", "a seller's only offer"),
    ({"SubCondition": "Very Good"}, ("B01/A1",), "B01/A1/very_good", "the same seller's used one"),
    ({}, ("B01/A1", "B01/A1/new"), "B01/A1/new/merchant", "sent by the seller"),
    ({"IsFulfilledByAmazon": True}, ("B01/A1", "B01/A1/new"), "B01/A1/new/amazon", "sent by Amazon"),
]


@pytest.mark.parametrize(("more", "taken", "expected", "reason"), OFFERS, ids=[case[3] for case in OFFERS])
def test_offers_of_one_page_are_told_apart(more, taken, expected, reason):
    assert translate_offer({"SellerId": "A1"} | more, page=item(), taken=taken)[0].listing_id == expected


def test_an_offer_whose_price_cannot_be_read_says_so():
    offer = {"SellerId": "A1", "ListingPrice": {"Amount": "free", "CurrencyCode": "USD"}}
    listing, errors = translate_offer(offer, page=item())
    assert listing.price is None
    assert errors == ("price: 'free' 'USD' is no amount of money",)


@pytest.mark.parametrize(("words", "says"), [({}, "without an asin"), ({"asin": None}, "without an asin")])
def test_what_has_no_id_is_no_listing(words, says):
    with pytest.raises(ValueError, match=says):
        translate_item(words, market=MARKETS["US"], observed_at=WHEN)


@pytest.mark.data
def test_the_published_page_translates_whole():
    path = RECORDED / "catalogItems_2022-04-01.examples.json"
    if not path.is_file():
        pytest.skip(f"the recorded page is not at {path}")
    for page in json.loads(path.read_text("utf-8")).values():
        for found in page.get("application/json", {}).get("items", []):
            listing, errors = translate_item(found, market=MARKETS["US"], observed_at=WHEN)
            assert not errors
            assert listing.title.startswith("Samsung")
            assert listing.brand == "SAMSUNG"
            assert listing.category == "Electronics > Television & Video > Televisions > QLED TVs"
            variants = {one["variant"] for one in found["images"][0]["images"]}
            assert len(listing.images) == len(variants) > 5
