"""The sandbox with somebody listening: what it was asked, in order, and tokens that end when they like."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cluster.settings import Connectors
from connectors.sandbox import Catalogue, Faults, build, running, settings_of

PAGES = {
    "ebay": ("ebay:*", "/item_summary/search"),
    "etsy": ("etsy:*", "/listings/active"),
    "google_shopping": ("google_shopping:*", "/google_shopping/search"),
    "shopify": ("shopify:store.example", "/products.json"),
}
"""Four platforms without a depth that matters here: a source of each, and how the path of its pages ends."""
SOURCES = tuple(source for source, _ in PAGES.values())


class Listener:
    """ASGI: passes everything on to a sandbox, and keeps what was asked for."""

    def __init__(self, shop, *, revoking: int = 0) -> None:
        """`revoking`: each so many calls, every token of eBay's ends at once."""
        self._shop = shop
        self._revoking = revoking
        self.asked: list[tuple[str, str]] = []
        """(platform, path and query) of every call for something that is neither a picture nor a token."""

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http" and not any(part in scope["path"] for part in ("/pictures/", "token")):
            platform = scope["path"].split("/")[1]
            self.asked.append((platform, f"{scope['path']}?{scope['query_string'].decode()}"))
            if self._revoking and len(self.asked) % self._revoking == 0:
                self._shop.ebay.tokens.revoke()
        await self._shop.app(scope, receive, send)

    def pages(self, since: int = 0) -> dict[str, list[str]]:
        """By platform, the pages of listings that were asked for, each once, in their order."""
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for platform, call in self.asked[since:]:
            if platform in PAGES and call.partition("?")[0].endswith(PAGES[platform][1]):
                found[platform][call] = None
        return {platform: list(calls) for platform, calls in found.items()}

    def count(self, part: str) -> int:
        """How many calls had this in their path."""
        return sum(part in call for _, call in self.asked)


@contextmanager
def listening(
    catalogue: Catalogue, *, faults: Faults | None = None, revoking: int = 0
) -> Iterator[tuple[Listener, Connectors]]:
    """A sandbox under way, and the settings of a tenant that knows it."""
    shop = build(catalogue, faults=faults)
    listener = Listener(shop, revoking=revoking)
    with running(replace(shop, app=listener)) as address:
        yield listener, Connectors.model_validate(settings_of(address))
