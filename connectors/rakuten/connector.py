"""Rakuten Ichiba as a connector: a search, a shop's items, or one item."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.interface import Capabilities
from connectors.rakuten.client import PACE, PAGE, PAGES, RakutenClient
from connectors.rakuten.translate import translate_item
from connectors.web import Json
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, ended
from connectors.web.words import count, objects

_ASKED = {"text": "keyword", "seller": "shopCode", "id": "itemCode"}


class RakutenConnector(PagedConnector):
    """Words, `seller:SHOP-CODE`, or `id:ITEM-CODE`."""

    platform = "rakuten"
    searches = frozenset({"text", "seller", "id"})
    id_field = "itemCode"

    @property
    def capabilities(self) -> Capabilities:
        """As of 2026: https://webservice.rakuten.co.jp/documentation/ichiba-item-search."""
        return Capabilities(
            platform=self.platform,
            searches=self.searches,
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
        )

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
            return objects(answer.get("Items")), following

        async with client.opened():
            yield search

    def translate(self, item: Json) -> Translated:
        """See `translate_item`."""
        return translate_item(item, observed_at=self.clock())
