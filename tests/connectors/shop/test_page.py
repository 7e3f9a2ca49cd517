"""Which products a page describes, and what its words mean."""

import json

import pytest

from connectors.shop.page import products_in
from connectors.shop.translate import translate_product
from scoring.listing import Money, Stock
from tests.connectors.sandboxed import WHEN

PAGE = "https://Shop.example/goods/lamp?ref=1"


def page(*scripts: str, kind: str = "application/ld+json") -> str:
    return "<html><head>" + "".join(f'<script type="{kind}">{one}</script>' for one in scripts) + "</head>"


def told(**more) -> str:
    return json.dumps({"@context": "https://schema.org", "@type": "Product", "name": "Lamp"} | more)


PAGES = [
    (page(told()), ["Lamp"], "one product"),
    (page("[" + told(name="A") + "," + told(name="B") + "]"), ["A", "B"], "a list"),
    (page('{"@graph": [{"@type": "WebSite"}, ' + told() + "]}"), ["Lamp"], "a graph"),
    (page('{"@type": "WebPage", "mainEntity": ' + told() + "}"), ["Lamp"], "a page's subject"),
    (
        page('{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": ' + told() + "}]}"),
        ["Lamp"],
        "a list of items",
    ),
    (page(told(isRelatedTo=json.loads(told(name="Shade")))), ["Lamp"], "related ones are only mentioned"),
    (page('{"@type": ["Thing", "http://schema.org/Product"], "name": "A"}'), ["A"], "several types"),
    (page("{not json", told()), ["Lamp"], "a broken script before a good one"),
    (page("//<![CDATA[\n" + told() + "\n//]]>"), ["Lamp"], "wrapped as old pages do it"),
    (page(told() + ";"), ["Lamp"], "ended as if it were a statement"),
    (page('{"@type": "Product", "name": "two\nlines"}'), ["two\nlines"], "a raw line's end within text"),
    (page(told(), kind="Application/LD+JSON; charset=utf-8"), ["Lamp"], "its kind spelt otherwise"),
    (page(told(), kind="application/json"), [], "another kind of script"),
    ("<p>" + told() + "</p>", [], "text that only looks like it"),
    (page('{"a":' * 3000 + "1" + "}" * 3000), [], "nested without end"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize(("html", "names", "reason"), PAGES, ids=[case[2] for case in PAGES])
def test_products_of_a_page(html, names, reason):
    assert [one["name"] for one in products_in(html)] == names


def read(place=0, **more):
    return translate_product(json.loads(told(**more)), page=PAGE, place=place, observed_at=WHEN)


PRODUCTS = [
    (
        {},
        {"listing_id": "shop.example/goods/lamp", "url": PAGE, "price": None, "stock": Stock()},
        "a name is enough",
    ),
    ({"brand": {"@type": "Brand", "name": "Northpine"}}, {"brand": "Northpine"}, "a brand as a thing"),
    ({"brand": ["Northpine"]}, {"brand": "Northpine"}, "a brand in a list"),
    (
        {"image": ["/a.jpg", {"@type": "ImageObject", "url": "https://cdn.example/b.jpg"}, None, "/a.jpg"]},
        {"images": ("https://Shop.example/a.jpg", "https://cdn.example/b.jpg")},
        "pictures as addresses, as things, and twice",
    ),
    (
        {"offers": {"price": 12.5, "priceCurrency": "EUR", "availability": "InStock"}},
        {"price": Money(amount="12.5", currency="EUR"), "stock": Stock(kind="in_stock", observed_at=WHEN)},
        "an offer",
    ),
    (
        {
            "offers": {
                "@type": "AggregateOffer",
                "lowPrice": "8",
                "priceCurrency": "EUR",
                "offers": [{"price": "9", "availability": "https://schema.org/SoldOut"}],
            }
        },
        {
            "price": Money(amount="8", currency="EUR"),
            "stock": Stock(kind="exact", min=0, max=0, observed_at=WHEN),
        },
        "many offers: the lowest price",
    ),
    (
        {"offers": [{"priceSpecification": [{"price": "7", "priceCurrency": "GBP"}]}]},
        {"price": Money(amount="7", currency="GBP")},
        "a price in its own thing",
    ),
    (
        {"@type": "ProductGroup", "hasVariant": [{"offers": {"price": "6", "priceCurrency": "USD"}}]},
        {"price": Money(amount="6", currency="USD")},
        "a group's price is its first variant's",
    ),
    (
        {"offers": {"inventoryLevel": {"value": 4}, "availability": "InStock"}},
        {"stock": Stock(kind="exact", min=4, max=4, observed_at=WHEN)},
        "how many there are",
    ),
    (
        {"offers": {"itemCondition": "https://schema.org/UsedCondition"}},
        {"condition": "used"},
        "its condition",
    ),
    ({"url": "/goods/lamp"}, {"url": "https://Shop.example/goods/lamp"}, "its own address"),
    (
        {"offers": "soon", "image": None, "brand": []},
        {"price": None, "images": (), "brand": None},
        "shapes that are none of schema.org's",
    ),
]


@pytest.mark.parametrize(("more", "expected", "reason"), PRODUCTS, ids=[case[2] for case in PRODUCTS])
def test_a_product(more, expected, reason):
    listing, errors = read(**more)
    assert {name: getattr(listing, name) for name in expected} == expected
    assert not errors


def test_several_products_of_a_page_are_told_apart():
    assert read()[0].listing_id != read(place=1)[0].listing_id == "shop.example/goods/lamp#2"


def test_a_price_that_is_none_is_told():
    _, errors = read(offers={"price": "ask us", "priceCurrency": "EUR"})
    assert errors == ("price: 'ask us' 'EUR' is no amount of money",)
