"""Walmart as a connector: a search by words, or given items."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from connectors.interface import Capabilities, Detail
from connectors.walmart.client import DEPTH, LOOKUP, PACE, PAGE, WalmartClient
from connectors.walmart.translate import translate_item
from connectors.web import GoneError, Json, LookUp
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, after_offset, given
from connectors.web.words import count, objects
from scoring.listing import Listing


class WalmartConnector(PagedConnector):
    """One query to Walmart in the United States."""

    can = Capabilities(
        platform="walmart",
        searches=frozenset({"text", "id"}),
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
        details=frozenset(),
        documented="https://walmart.io/docs/affiliate/search",
        unverified=("the pace: no figure is published",),
    )
    id_field = "itemId"
    looked_up = LOOKUP

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        client = WalmartClient(self.access, clock=self.clock)

        async def search(cursor: str) -> Found:
            offset = int(cursor or 0)
            page = await client.search(self.query.value, start=offset + 1)
            found = objects(page.get("items"))
            total = count(page.get("totalResults")) or 0
            following = after_offset(offset, found, size=PAGE, total=total, depth=DEPTH)
            return Found(found, following, total)

        async def items(ids: Sequence[str]) -> list[Json]:
            return objects((await client.items(ids)).get("items"))

        async with client.opened():
            yield given(self.ids, size=LOOKUP, ask=items) if self.query.kind == "id" else search

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`."""
        client = WalmartClient(self.access, clock=self.clock)

        async def items(listings: Sequence[Listing]) -> list[Detail]:
            try:
                page = await client.items([one.listing_id for one in listings])
            except GoneError:  # which is the answer where not one of them is left
                return self.answered(listings, [])
            return self.answered(listings, objects(page.get("items")))

        async with client.opened():
            yield items

    def translate(self, item: Json) -> Translated:
        """See `translate_item`."""
        return translate_item(item, observed_at=self.clock())
