"""eBay's words into ours, on a page that eBay itself has answered with."""

import json
from pathlib import Path

import pytest

from connectors.ebay.connector import translate_page
from tests.connectors.sandboxed import WHEN

PAGE = Path(__file__).parents[3] / "../shared/data/api-pages/ebay-browse/item_summary_search.json"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not PAGE.is_file(), reason=f"the shared data folder is not at {PAGE.parent}"),
]


def test_all_of_a_hundred_items_with_price_currency_seller_and_every_picture():
    page = json.loads(PAGE.read_text("utf-8"))
    items = page["itemSummaries"]
    rows = list(translate_page(page, WHEN))
    assert len(rows) == len(items) == 100
    for item, row in zip(items, rows, strict=True):
        listing = row.listing
        assert not row.errors
        assert listing.listing_id == item["itemId"]
        assert listing.title == item["title"].strip()
        price = item.get("price") or item["currentBidPrice"]
        amount = price.get("convertedFromValue", price["value"])
        assert (f"{listing.price.amount}", listing.price.currency) == (
            amount,
            price.get("convertedFromCurrency", price["currency"]),
        )
        assert listing.seller.id == item["seller"]["username"]
        assert f"{listing.seller.rating:.1f}" == item["seller"]["feedbackPercentage"]
        pictures = [item.get("image"), *item.get("additionalImages", ())]
        assert len(listing.images) == len({one["imageUrl"].rpartition("/")[0] for one in pictures if one})
        assert all(url.startswith("https://") for url in listing.images)
