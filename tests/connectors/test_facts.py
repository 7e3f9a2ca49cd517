"""What platforms allow, as they have published it: the figures that scans are planned by."""

from datetime import UTC, datetime

import pytest

from connectors import SOURCES, open_source
from connectors.amazon.client import CATALOG_PACE, PRICING_PACE
from connectors.web import Access

WORDS = {
    "apify": "google-shopping-actor:lamp",
    "google_lens": "https://elsewhere.example/any.jpg",
    "shop": "https://shop.example/lamp",
    "shopify": "store.example",
}
"""What those are asked that are not asked by words."""

FACTS = [
    ("ebay", {"page_size": 200, "depth_limit": 10_000, "daily_quota": 5_000}, "Browse's limits"),
    ("amazon", {"page_size": 20, "depth_limit": 1_000, "requests_per_second": 2.0}, "Catalog Items' plan"),
    ("amazon_creators", {"page_size": 10, "depth_limit": 100}, "ten pages of ten"),
    ("walmart", {"page_size": 25, "depth_limit": 1_000}, "affiliates' search"),
    ("walmart_marketplace", {"page_size": 40, "depth_limit": 40}, "sellers' search has one page"),
    ("etsy", {"page_size": 100, "depth_limit": 12_000}, "its offset ends there"),
    ("shopify", {"page_size": 250, "depth_limit": 25_000}, "as many as can be paged through"),
    ("rakuten", {"page_size": 30, "depth_limit": 3_000}, "a hundred pages of thirty"),
    ("brave", {"depth_limit": 200}, "one search has no second page"),
]


@pytest.mark.parametrize(("platform", "facts", "reason"), FACTS, ids=[case[0] for case in FACTS])
def test_figures(platform, facts, reason):
    can = open_source(f"{platform}:{WORDS.get(platform, 'lamp')}", Access()).capabilities
    assert {name: getattr(can, name) for name in facts} == facts, reason


def test_pricing_is_slower_than_the_catalogue():
    """`getItemOffers` is asked every other second, also in a query of given pages."""
    assert (CATALOG_PACE, PRICING_PACE) == (2.0, 0.5)
    assert open_source("amazon:asin:B000000001", Access()).capabilities.requests_per_second == PRICING_PACE


UNSEEN = [
    ("amazon", "stock"),
    ("mercadolibre", "anything by words: search is closed to most applications since 2025"),
    ("shop", "pages that their robots.txt keeps from us"),
    ("google_web", "references that nobody allowed to be sent"),
    ("ebay", "variations of an item"),
]


@pytest.mark.parametrize(("platform", "words"), UNSEEN, ids=[case[0] for case in UNSEEN])
def test_what_nobody_should_expect_is_said(platform, words):
    told = SOURCES[platform].capabilities.cannot_see
    assert any(one.startswith(words) for one in told)


def test_nothing_is_built_on_what_has_been_turned_off():
    """Amazon's PA-API 5 is gone; whatever is to go next is told with its day."""
    today = datetime.now(UTC).date()
    for name, source in SOURCES.items():
        if source.capabilities is not None and source.capabilities.sunset is not None:
            assert source.capabilities.sunset > today, name


def test_every_marketplace_says_where_it_is_documented():
    own = {"file", "seen"}  # a file's and our own, which no marketplace documents
    assert not [name for name in SOURCES.keys() - own if not SOURCES[name].capabilities.documented]
