"""Walmart as a connector: a search by words, or given items."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.interface import Capabilities
from connectors.walmart.client import DEPTH, LOOKUP, PACE, PAGE, WalmartClient
from connectors.walmart.translate import translate_item
from connectors.web import Json
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, after_offset
from connectors.web.words import count, objects


class WalmartConnector(PagedConnector):
    """One query to Walmart in the United States."""

    platform = "walmart"
    searches = frozenset({"text", "id"})
    id_field = "itemId"

    @property
    def capabilities(self) -> Capabilities:
        """As of 2026: https://walmart.io/docs/affiliate/search."""
        return Capabilities(
            platform=self.platform,
            searches=self.searches,
            fields=BASIC | {"description", "brand", "category", "price", "stock", "seller", "images"},
            page_size=PAGE,
            depth_limit=DEPTH,
            requests_per_second=PACE,
            cannot_see=(
                "how many are in stock: only whether there are any",
                "sellers' ids, countries and ratings: only the name of the one who is shown first",
                "other sellers' offers of the same item",
                "condition: refurbished goods say so in their titles only",
            ),
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        client = WalmartClient(self.access, clock=self.clock)
        ids = self.ids if self.query.kind == "id" else []

        async def search(cursor: str) -> Found:
            offset = int(cursor or 0)
            page = await client.search(self.query.value, start=offset + 1)
            found = objects(page.get("items"))
            total = count(page.get("totalResults")) or 0
            return found, after_offset(offset, found, size=PAGE, total=total, depth=DEPTH)

        async def items(cursor: str) -> Found:
            offset = int(cursor or 0)
            page = await client.items(ids[offset : offset + LOOKUP])
            following = offset + LOOKUP
            return objects(page.get("items")), str(following) if following < len(ids) else None

        async with client.opened():
            yield items if self.query.kind == "id" else search

    def translate(self, item: Json) -> Translated:
        """See `translate_item`."""
        return translate_item(item, observed_at=self.clock())
