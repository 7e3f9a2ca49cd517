"""Rakuten Ichiba as a connector: a search, a shop's items, or one item."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.interface import Capabilities, Detail
from connectors.rakuten.client import PACE, PAGE, PAGES, RakutenClient
from connectors.rakuten.translate import translate_item
from connectors.web import Json, LookUp, one_by_one
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, ended
from connectors.web.words import count, objects
from scoring.listing import Listing

_ASKED = {"text": "keyword", "seller": "shopCode", "id": "itemCode"}


class RakutenConnector(PagedConnector):
    """Words, `seller:SHOP-CODE`, or `id:ITEM-CODE`."""

    can = Capabilities(
        platform="rakuten",
        searches=frozenset({"text", "seller", "id"}),
        fields=BASIC | {"description", "price", "stock", "seller", "images"},
        page_size=PAGE,
        depth_limit=PAGE * PAGES,
        requests_per_second=PACE,
        cannot_see=(
            "how many are in stock: only whether there are any",
            "brand, condition, and names of categories",
            "pictures beyond an item's first three",
            "items beyond the first 3,000 of a search",
        ),
        details=frozenset(),
        documented="https://webservice.rakuten.co.jp/documentation/ichiba-item-search",
    )
    id_field = "itemCode"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        client = RakutenClient(self.access)

        async def search(cursor: str) -> Found:
            page = int(cursor or 1)
            answer = await client.search({_ASKED[self.query.kind]: self.query.value}, page=page)
            total = count(answer.get("count")) or 0
            last = min(count(answer.get("pageCount")) or 0, PAGES)
            following = str(page + 1) if page < last else ended(total, depth=PAGE * PAGES)
            return Found(objects(answer.get("Items")), following, total)

        async with client.opened():
            yield search

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`."""
        client = RakutenClient(self.access)

        async def item(listing: Listing) -> Detail:
            answer = await client.search({_ASKED["id"]: listing.listing_id}, page=1)
            return self.answered([listing], objects(answer.get("Items")))[0]

        async with client.opened():
            yield one_by_one(item)

    def translate(self, item: Json) -> Translated:
        """See `translate_item`."""
        return translate_item(item, observed_at=self.clock())
