"""A file of listings, played by marketplaces: what they tell of it comes back as the file had it."""

import json

import pytest

from connectors import open_source
from connectors.sandbox import ListedCatalogue, build
from tests.connectors.sandboxed import listings, reaching, rows

PLAYED = {"ebay": "ebay:*", "amazon": "amazon_creators:*", "walmart": "walmart:*"}


def line(number, platform, **more):
    return {
        "platform": platform,
        "listing_id": f"{platform}-{number}",
        "title": f"Flasche {number}",
        "description": "Wasserdicht.",
        "brand": None,
        "category": "Outdoor",
        "condition": "new",
        "price": {"amount": "19.90", "currency": "EUR"},
        "stock": {"kind": "in_stock", "min": None, "max": None},
        "seller": {"id": f"SHOP-{number}", "country": "DE", "rating": 98.1, "feedback_count": 7},
        "images": [f"{number}.jpg"],
        "observed_at": "2026-11-20T10:00:00Z",
    } | more


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("listed")
    stock = {"kind": "at_least", "min": 10, "max": None}
    lines = [line(n, name) for n, name in enumerate((*PLAYED, "etsy"), start=1)]
    lines.append(line(5, "ebay", condition="used", stock=stock))
    for number in range(1, 6):
        (folder / f"{number}.jpg").write_bytes(b"picture %d" % number)
    (folder / "listings.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    return build(ListedCatalogue(folder / "listings.jsonl"))


@pytest.mark.parametrize(("platform", "source"), PLAYED.items(), ids=PLAYED)
def test_each_marketplace_sells_its_own(sandbox, platform, source):
    first, *_ = found = listings(open_source(source, reaching(sandbox)))
    number = 1 + list(PLAYED).index(platform)
    assert [it.title for it in found] == ["Flasche 1", "Flasche 5"] if platform == "ebay" else [first.title]
    assert (first.platform, first.title, first.seller.id) == (platform, f"Flasche {number}", f"SHOP-{number}")
    assert (str(first.price.amount), first.price.currency) in (("19.90", "EUR"), ("19.9", "EUR"))
    assert [image.split("/pictures/")[1] for image in first.images] == [f"{number}-0.jpg"]
    assert sandbox.catalogue.picture(number, 0) == b"picture %d" % number


def test_stock_is_told_as_far_as_the_file_knows_it(sandbox):
    ebay = open_source("ebay:*", reaching(sandbox))
    details = list(ebay.details(row.listing for row in rows(ebay)))
    assert [(one.listing.stock.kind, one.listing.stock.min) for one in details] == [
        ("in_stock", None),
        ("at_least", 11),
    ]
    assert details[1].listing.condition == "Used"
