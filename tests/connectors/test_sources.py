"""Each platform's entry: it opens, its example can be asked, and recorded pages are translated offline."""

from importlib import import_module

import httpx
import pytest

from connectors.sandbox import Catalogue, build
from connectors.sandbox.server import CREDENTIALS
from connectors.web import Access
from tests.connectors.sandboxed import WHEN, no_pause, reaching

PLATFORMS = (
    "aliexpress",
    "amazon",
    "amazon_creators",
    "apify",
    "brave",
    "etsy",
    "google_lens",
    "google_shopping",
    "mercadolibre",
    "rakuten",
    "shop",
    "shopee",
    "shopify",
    "walmart",
    "walmart_marketplace",
)


def source(platform):
    return import_module(f"connectors.{platform}").SOURCE


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_example_can_be_asked_and_credentials_are_the_ones_it_takes(platform):
    entry = source(platform)
    entry.open(entry.example, Access(), None)
    assert set(entry.credentials) == set(CREDENTIALS.get(platform, ()))


FOUND = {"brave", "google_lens"}
"""Image searches: what a page of theirs finds is read elsewhere, so a scan knows more than the page says."""


@pytest.mark.parametrize(
    "platform", [name for name in PLATFORMS if source(name).translate and name not in FOUND]
)
def test_a_page_is_translated_offline_as_a_scan_does(platform):
    """The page that the sandbox answers with, recorded as it goes by."""
    shop = build(Catalogue(30))
    shop.mercadolibre.open = True
    pages = []

    class Recording(httpx.ASGITransport):
        async def handle_async_request(self, request):
            answer = await super().handle_async_request(request)
            await answer.aread()
            if "token" not in request.url.path and "batch" not in request.url.path:
                pages.append(answer.json())
            return answer

    access = reaching(shop, transport=lambda: Recording(shop.app), sleep=no_pause)
    (scanned, _), *_ = source(platform).open("*", access, None).pages()
    read = list(source(platform).translate(pages[0], WHEN))
    assert [row.raw_id for row in read] == [row.raw_id for row in scanned]
    assert all(row.listing.observed_at == WHEN for row in read)
    assert read


DEEP = [("amazon", 1000), ("walmart", 1000), ("mercadolibre", 1000), ("rakuten", 3000)]


@pytest.mark.parametrize(("platform", "depth"), DEEP)
def test_what_lies_deeper_than_a_platform_shows_is_told(platform, depth):
    shop = build(Catalogue(depth + 7))
    shop.mercadolibre.open = True
    connector = source(platform).open("*", reaching(shop), None)
    *_, (_, last) = connector.pages()
    assert last.rows == depth
    assert connector.gaps(last) == (f"7 of {depth + 7:,} are deeper than the platform shows",)
    assert connector.gaps(type(last)(20, "20")) == ()
