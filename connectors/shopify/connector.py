"""A Shopify store as a connector: all it sells, or one of its collections."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from connectors.interface import Capabilities
from connectors.shopify.client import DEPTH, PAGE, ShopifyClient
from connectors.shopify.translate import translate_product
from connectors.web import Json
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, ended_with
from connectors.web.site import PACE
from connectors.web.words import count, objects
from scoring.errors import SourceError


class ShopifyConnector(PagedConnector):
    """One store: `shop.example`, or `shop.example/collections/bottles`."""

    can = Capabilities(
        platform="shopify",
        searches=frozenset({"seller"}),
        fields=BASIC | {"description", "brand", "category", "price", "stock", "seller", "images"},
        page_size=PAGE,
        depth_limit=DEPTH,
        requests_per_second=PACE,
        cannot_see=(
            "how many are in stock: only whether there are any",
            "condition",
            "stores that have turned /products.json off, or ask for a password",
            "variants' own prices and pictures: the cheapest price stands for all",
            "what comes or goes while pages are read: only that something did",
        ),
        documented="https://shopify.dev/docs/api/ajax/reference/product",
        unverified=("that every store still shows /products.json: it is not documented",),
    )
    default = "seller"
    id_field = "id"
    _meta: Json

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        host, folder = self._place()
        client = ShopifyClient(self.access, host=host, folder=folder)

        async def products(cursor: str) -> Found:
            page, _, known = cursor.partition("/")
            found = objects((await client.products(int(page or 1))).get("products"))
            begun = int(known) if known else _published(self._meta)
            if found and int(page or 1) < DEPTH // PAGE:
                return Found(found, f"{int(page or 1) + 1}/{'' if begun is None else begun}")
            return Found(found, _ended(begun, _published(await client.meta()), deep=bool(found)))

        async with client.opened():
            self._meta = await client.meta()
            yield products

    def translate(self, item: Json) -> Translated:
        """See `translate_product`."""
        host, _ = self._place()
        return translate_product(item, host=host, meta=self._meta, observed_at=self.clock())

    def _place(self) -> tuple[str, str]:
        written = self.query.value
        try:
            url = httpx.URL(written if "://" in written else f"https://{written}")
        except httpx.InvalidURL as error:
            raise SourceError(
                f"{written!r} is no store's address.", hint="Write shop.example, without a path."
            ) from error
        if not url.host or url.userinfo:
            raise SourceError(f"{written!r} is no store's address.", hint="Write shop.example.")
        folder = url.path.rstrip("/")
        if folder and not folder.startswith("/collections/"):
            raise SourceError(
                f"{folder} is no collection of a store.", hint="Write shop.example/collections/NAME."
            )
        return url.netloc.decode(), folder


def _published(meta: Json) -> int | None:
    """How many products a store says it shows; None where it does not say."""
    return count(meta.get("published_products_count"))


def _ended(begun: int | None, now: int | None, *, deep: bool) -> str | None:
    """The cursor behind the last page. Pages tell no total; the store's, before and after, does.

    `deep` says that the last page that can be read was not empty.
    """
    if begun is None or now is None:
        return None
    if deep and now > DEPTH:
        return ended_with(f"{now - DEPTH:,} of {now:,} are deeper than the platform shows")
    if begun == now:
        return None
    return ended_with(
        f"the store had {begun:,} products at first and {now:,} at last: up to {abs(begun - now):,} of them "
        "may have been passed over"
    )
