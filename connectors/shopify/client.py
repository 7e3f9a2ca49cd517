"""A Shopify storefront in Shopify's words: `/products.json` and `/meta.json`, which every store publishes.

They are not documented; https://shopify.dev/docs/api/ajax/reference/product describes their products.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.web import Access, Call, GoneError, Json
from connectors.web.site import Site
from scoring.errors import SourceError

PAGE = 250
"""Products in a page at most."""
DEPTH = 25_000
"""Products that can be paged through:
https://shopify.dev/changelog/new-pagination-limits-for-liquid-storefront-graphql-api."""


class ShopifyClient:
    """One store, within its `opened` block."""

    def __init__(self, access: Access, *, host: str, folder: str) -> None:
        """`folder` is empty for all products, `/collections/NAME` for some of them."""
        self._site = Site("shopify", access, address=f"https://{host}")
        self._folder = folder

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._site.opened():
            yield

    async def products(self, page: int) -> Json:
        """A page of products; the first is 1, and the one behind the last is empty."""
        params = {"limit": str(PAGE), "page": str(page)}
        call = Call(method="GET", path=f"{self._folder}/products.json", params=params)
        try:
            return await self._site.json(call)
        except GoneError as error:
            raise SourceError(
                "there is no Shopify store, or no such collection, at this address.",
                hint="Shops of other makes are read page by page: shop:https://….",
            ) from error

    async def meta(self) -> Json:
        """What the store says of itself, its currency above all; nothing where it does not."""
        try:
            return await self._site.json(Call(method="GET", path="/meta.json"))
        except SourceError:
            return {}
