"""Shopee as a connector: a search by words in one country."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from connectors.interface import Capabilities
from connectors.shopee.client import PACE, PAGE, ShopeeClient
from connectors.shopee.translate import translate_offer
from connectors.web import Json
from connectors.web.paged import BASIC, NO_TOTAL, Found, PagedConnector, Read, Translated
from connectors.web.words import inner, objects


@dataclass(frozen=True, slots=True)
class _Market:
    site: str
    currency: str


MARKETS = {
    "BR": _Market("shopee.com.br", "BRL"),
    "ID": _Market("shopee.co.id", "IDR"),
    "MY": _Market("shopee.com.my", "MYR"),
    "PH": _Market("shopee.ph", "PHP"),
    "SG": _Market("shopee.sg", "SGD"),
    "TH": _Market("shopee.co.th", "THB"),
    "TW": _Market("shopee.tw", "TWD"),
    "VN": _Market("shopee.vn", "VND"),
}
"""Countries that have an affiliate programme with an API."""


class ShopeeConnector(PagedConnector):
    """One search."""

    can = Capabilities(
        platform="shopee",
        searches=frozenset({"text"}),
        fields=BASIC | {"price", "seller", "images"},
        page_size=PAGE,
        requests_per_second=PACE,
        cannot_see=(
            "goods whose sellers pay no commission to affiliates",
            "stock, condition, brand, category and description",
            "pictures beyond the first",
            "each variant's own price: the lowest stands for all",
            NO_TOTAL,
        ),
        documented="https://open-api.affiliate.shopee.com.br",
    )
    id_field = "itemId"
    markets = MARKETS

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`."""
        client = ShopeeClient(self.access, site=MARKETS[self.market].site, clock=self.clock)

        async def offers(cursor: str) -> Found:
            page = int(cursor or 1)
            answer = await client.offers(self.query.value, page=page)
            more = inner(answer, "pageInfo", "hasNextPage") is True
            found = objects(answer.get("nodes"))
            return Found(found, str(page + 1) if more and found else None)

        async with client.opened():
            yield offers

    def translate(self, item: Json) -> Translated:
        """See `translate_offer`."""
        return translate_offer(item, currency=MARKETS[self.market].currency, observed_at=self.clock())
