"""Google Shopping as a connector: what shops everywhere offer for some words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from connectors.google_shopping.client import PACE, PAGE, SerpApiClient
from connectors.google_shopping.translate import translate_result
from connectors.interface import Capabilities
from connectors.web import Json
from connectors.web.currencies import currencies_of
from connectors.web.paged import BASIC, NO_TOTAL, Found, PagedConnector, Read, Translated
from connectors.web.words import inner, objects, text

MARKETS = currencies_of("US GB DE FR IT ES NL BE AT IE PL SE DK NO CH CZ CA MX BR AU NZ JP IN SG TR ZA")
"""Countries (`gl`) with the currency in which Google shows prices there:
https://serpapi.com/google-shopping-countries."""
CODES = {"GB": "uk"}
"""Where Google's code is not ISO's."""


class GoogleShoppingConnector(PagedConnector):
    """One search in one country."""

    can = Capabilities(
        platform="google_shopping",
        searches=frozenset({"text"}),
        fields=BASIC | {"description", "condition", "price", "seller", "images"},
        page_size=PAGE,
        requests_per_second=PACE,
        cannot_see=(
            "pictures larger than thumbnails, brand, category and stock",
            "the shop's own page: the address is Google's",
            "sellers' ids and countries: only their names",
            "offers of one product beyond the one that Google puts first",
            "prices in another currency than the country's",
            NO_TOTAL,
        ),
        documented="https://serpapi.com/google-shopping-api",
    )
    id_field = "product_id"
    markets = MARKETS

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`; pages are told apart by the `start` of the next one's address."""
        client = SerpApiClient(self.access)
        country = CODES.get(self.market, self.market.lower())

        async def results(cursor: str) -> Found:
            params = {"q": self.query.value, "gl": country} | ({"start": cursor} if cursor else {})
            page = await client.search("google_shopping", params)
            following = text(inner(page, "serpapi_pagination", "next")) or ""
            starts = parse_qs(urlsplit(following).query).get("start", [])
            found = objects(page.get("shopping_results"))
            return Found(found, starts[0] if starts and found else None)

        async with client.opened():
            yield results

    def translate(self, item: Json) -> Translated:
        """See `translate_result`."""
        return translate_result(item, currency=MARKETS[self.market], observed_at=self.clock())
