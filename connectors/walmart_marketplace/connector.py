"""Walmart as its sellers see it: the first forty for some words, or what is sold under given GTINs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

from connectors.interface import Capabilities, Search
from connectors.walmart_marketplace.client import MOST, PACE, WalmartMarketplaceClient
from connectors.walmart_marketplace.translate import translate_item
from connectors.web import Json
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, given
from connectors.web.words import objects


class WalmartMarketplaceConnector(PagedConnector):
    """Words, or `gtin:00012345678905,…`."""

    can = Capabilities(
        platform="walmart",
        searches=frozenset({"text", "id"}),
        fields=BASIC | {"description", "brand", "category", "price", "seller", "images"},
        page_size=MOST,
        depth_limit=MOST,
        requests_per_second=PACE,
        cannot_see=(
            "items beyond the first 40 of a search",
            "whose offer it is, unless it is Walmart's own",
            "stock and condition",
            "items that are sold out: only published ones are shown",
            "an item by Walmart's own id (the walmart: source does): ids are GTINs here",
        ),
        documented="https://developer.walmart.com/us-marketplace/docs/item-search-for-the-walmart-catalog",
        unverified=(
            "the fields of an item: Walmart publishes no example, they are those that sellers' programs read",
            "that its itemId is the number in the address of the item's page",
        ),
    )
    name = "walmart_marketplace"
    id_field = "itemId"
    aliases: ClassVar[Mapping[str, Search]] = {"gtin": "id"}

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`: a search is one page, each GTIN is one."""
        client = WalmartMarketplaceClient(self.access)

        async def search(_cursor: str) -> Found:
            answer = await client.search({"query": self.query.value})
            return Found(objects(answer.get("items")), None)

        async def sold_as(gtins: Sequence[str]) -> list[Json]:
            return objects((await client.search({"gtin": gtins[0].zfill(14)})).get("items"))

        async with client.opened():
            yield given(self.ids, size=1, ask=sold_as) if self.query.kind == "id" else search

    def translate(self, item: Json) -> Translated:
        """See `translate_item`."""
        return translate_item(item, observed_at=self.clock())
