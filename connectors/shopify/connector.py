"""A Shopify store as a connector: all it sells, or one of its collections."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from connectors.interface import Capabilities
from connectors.shopify.client import DEPTH, PAGE, ShopifyClient
from connectors.shopify.translate import translate_product
from connectors.web import Json
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated
from connectors.web.site import PACE
from connectors.web.words import objects
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
            page = int(cursor or 1)
            found = objects((await client.products(page)).get("products"))
            more = found and page < DEPTH // PAGE
            return found, str(page + 1) if more else None

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
