"""AliExpress as a connector: a search by words, as goods are shown to one country."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.aliexpress.client import PACE, PAGE, AliExpressClient
from connectors.aliexpress.translate import translate_product
from connectors.interface import Capabilities
from connectors.web import Json
from connectors.web.currencies import currencies_of
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, after_offset
from connectors.web.words import count, inner, objects

MARKETS = currencies_of("US GB DE FR IT ES NL PL CA AU BR MX CL JP KR TR IL IN")
"""Countries that goods are sent to, with the currency in which prices are asked for."""


class AliExpressConnector(PagedConnector):
    """One search."""

    can = Capabilities(
        platform="aliexpress",
        searches=frozenset({"text"}),
        fields=BASIC | {"category", "price", "seller", "images", "video"},
        page_size=PAGE,
        requests_per_second=PACE,
        cannot_see=(
            "goods whose sellers pay no commission to affiliates",
            "stock, condition, brand and description",
            "sellers' countries and ratings",
            "each variant's own price: the lowest stands for all",
        ),
        documented="https://openservice.aliexpress.com/doc/api.htm",
        unverified=("that the video and the shop's id come with every product",),
    )
    id_field = "product_id"
    markets = MARKETS

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        client = AliExpressClient(self.access, clock=self.clock)

        async def search(cursor: str) -> Found:
            offset = int(cursor or 0)
            result = await client.search(
                self.query.value,
                page=offset // PAGE + 1,
                country=self.market,
                currency=MARKETS[self.market],
            )
            products = result.get("products")
            found = objects(inner(products, "product") if isinstance(products, dict) else products)
            total = count(result.get("total_record_count")) or 0
            return Found(found, after_offset(offset, found, size=PAGE, total=total), total)

        async with client.opened():
            yield search

    def translate(self, item: Json) -> Translated:
        """See `translate_product`."""
        return translate_product(item, observed_at=self.clock())
