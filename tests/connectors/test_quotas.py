"""Quotas are exact: with a cap of 137 calls a day, 137 reach the platform, bad day or not."""

import httpx
import pytest

from catalog.records import open_catalog
from cluster.access import TenantMeter
from cluster.kill_switch import KillSwitchWatch
from connectors import SOURCES, open_source
from connectors.sandbox import Catalogue, Faults, build
from scoring.errors import RateLimitedError, RetryError
from tests.connectors.sandboxed import reaching

CAP = 137
GOODS = 300
QUERIES = {
    "ebay": "*",
    "amazon": "*",
    "amazon_creators": "*",
    "walmart": "*",
    "walmart_marketplace": "lamp",
    "google_shopping": "*",
    "google_lens": "https://elsewhere.example/any.jpg",
    "brave": "no such thing",
    "etsy": "*",
    "shopify": "store.example",
    "shop": " ".join(f"http://sandbox/goods/{number}" for number in range(1, 30)),
    "rakuten": "*",
    "mercadolibre": "category:Home",
    "aliexpress": "*",
    "shopee": "*",
    "apify": "google-shopping-actor:*",
}
"""What each is asked, again and again, until its day is over."""
OWN_PATHS = {"shop": ("/goods/", "/robots.txt")}
"""Where the calls of those that do not call below their own name arrive."""


class Seen:
    """Counts what arrives at a platform: bad answers, look-ups and a site's rules too, tokens not."""

    def __init__(self, app, platform: str) -> None:
        self._app = app
        self._paths = OWN_PATHS.get(platform, (f"/{platform}/",))
        self.calls = 0

    async def __call__(self, scope, receive, send) -> None:
        path = scope["path"]
        if path.startswith(self._paths) and not path.endswith("/token"):
            self.calls += 1
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def goods():
    return Catalogue(GOODS)


def metered(catalog, platform, cap):
    switch = KillSwitchWatch(catalog.kill_switch.standing)
    return TenantMeter(catalog.usage, "acme", daily={platform: cap}, switch=switch)


def test_every_connector_that_makes_calls_of_its_own_is_asked():
    assert set(QUERIES) == set(SOURCES) - {"file", "urls", "seen", "google_web"}


@pytest.mark.parametrize("platform", QUERIES)
def test_a_cap_of_137_calls_makes_137(platform, goods, tmp_path):
    shop = build(goods, faults=Faults(rate_limited=0.05, failing=0.03, garbled=0.03))
    seen = Seen(shop.app, platform)
    with open_catalog(tmp_path / "catalog.db") as catalog:
        catalog.tenants.ensure("acme")
        meter = metered(catalog, platform, CAP)
        access = reaching(shop, transport=lambda: httpx.ASGITransport(seen), meter=meter)
        with pytest.raises(RateLimitedError, match=f"has made its {CAP} calls of {platform} for today"):
            read_all_day(f"{platform}:{QUERIES[platform]}", access)
    assert seen.calls == CAP


def read_all_day(source, access) -> None:
    """Again and again, until the cap ends it; what the platform refuses for now waits for another round."""
    for _ in range(CAP + 1):
        try:
            for _ in open_source(source, access).pages():
                pass
        except RetryError as error:
            if "for today" in str(error):
                raise


def test_look_ups_count_as_pages_do(goods, tmp_path):
    shop = build(goods)
    seen = Seen(shop.app, "ebay")
    with open_catalog(tmp_path / "catalog.db") as catalog:
        catalog.tenants.ensure("acme")
        meter = metered(catalog, "ebay", 5)
        access = reaching(shop, transport=lambda: httpx.ASGITransport(seen), meter=meter)
        connector = open_source("ebay:*", access)
        rows, _ = next(iter(connector.pages()))
        details = connector.details(row.listing for row in rows)
        assert [next(details).gone for _ in range(4)] == [False] * 4
        with pytest.raises(RateLimitedError, match="for today"):
            next(details)
    assert seen.calls == 5
