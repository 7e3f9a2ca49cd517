"""Amazon as affiliates see it: a search, or given ASINs, each with the offer that its page features."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

from connectors.amazon.markets import MARKETS
from connectors.amazon_creators.client import DAILY, PACE, PAGE, PAGES, CreatorsClient
from connectors.amazon_creators.translate import translate_item
from connectors.interface import Capabilities, Detail, Search
from connectors.web import Json, LookUp
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, ended, given
from connectors.web.words import count, inner, objects
from scoring.listing import Listing


class AmazonCreatorsConnector(PagedConnector):
    """One query to one country's Amazon: words, or ASINs (`asin:B0…,B0…`, or `id:`)."""

    can = Capabilities(
        platform="amazon",
        searches=frozenset({"text", "id"}),
        fields=BASIC
        | {"description", "brand", "category", "condition", "price", "stock", "seller", "images"},
        page_size=PAGE,
        depth_limit=PAGE * PAGES,
        requests_per_second=PACE,
        daily_quota=DAILY,
        details=frozenset(),
        cannot_see=(
            "items beyond the first 100 of a search",
            "how many are in stock: only whether there are any",
            "a page's offers other than the one it features (the amazon: source sees them)",
            "sellers' countries and ratings",
        ),
        documented="https://affiliate-program.amazon.com/creatorsapi/docs/en-us/introduction",
        unverified=(
            "how a search without results is answered: 404 and an empty list are both taken for one",
            "pace and quota: PA-API's first ones are assumed",
        ),
    )
    name = "amazon_creators"
    id_field = "asin"
    looked_up = PAGE
    markets: ClassVar[Mapping[str, object]] = {
        code: market for code, market in MARKETS.items() if code != "ZA"
    }
    """Amazon has no affiliates' programme in South Africa."""
    aliases: ClassVar[Mapping[str, Search]] = {"asin": "id"}

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        client = CreatorsClient(self.access, market=MARKETS[self.market])

        async def search(cursor: str) -> Found:
            page = int(cursor or 1)
            result = (await client.search(self.query.value, page=page)).get("searchResult")
            found = objects(inner(result, "items"))
            total = count(inner(result, "totalResultCount")) or 0
            more = len(found) == PAGE and page < PAGES and page * PAGE < total
            following = str(page + 1) if more else ended(total, depth=PAGE * PAGES)
            return Found(found, following, total)

        async def items(asins: Sequence[str]) -> list[Json]:
            return objects(inner(await client.items(asins), "itemsResult", "items"))

        async with client.opened():
            yield given(self.ids, size=PAGE, ask=items) if self.query.kind == "id" else search

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`."""
        client = CreatorsClient(self.access, market=MARKETS[self.market])

        async def items(listings: Sequence[Listing]) -> list[Detail]:
            answer = await client.items([one.listing_id for one in listings])
            return self.answered(listings, objects(inner(answer, "itemsResult", "items")))

        async with client.opened():
            yield items

    def translate(self, item: Json) -> Translated:
        """See `translate_item`."""
        return translate_item(item, market=MARKETS[self.market], observed_at=self.clock())
