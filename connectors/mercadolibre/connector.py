"""Mercado Libre as a connector: given items, a category's best sellers, or a search where that is open."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from connectors.interface import Capabilities, Detail
from connectors.mercadolibre.client import DEPTH, LOOKUP, PACE, SEARCH_PAGE, MercadoLibreClient
from connectors.mercadolibre.translate import translate_item
from connectors.web import GoneError, LookUp
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, after_offset
from connectors.web.words import count, inner, objects, text
from scoring.listing import Listing

MARKETS = {
    "AR": "MLA",
    "BR": "MLB",
    "MX": "MLM",
    "CL": "MLC",
    "CO": "MCO",
    "PE": "MPE",
    "UY": "MLU",
    "EC": "MEC",
    "VE": "MLV",
}
"""Countries with their sites: https://api.mercadolibre.com/sites."""
_CATEGORY = "category:"


class MercadoLibreConnector(PagedConnector):
    """`id:MLA1,MLA2`, `category:MLA3422`, or words."""

    can = Capabilities(
        platform="mercadolibre",
        searches=frozenset({"text", "id"}),
        fields=BASIC | {"brand", "category", "condition", "price", "stock", "seller", "images"},
        page_size=LOOKUP,
        requests_per_second=PACE,
        cannot_see=(
            "anything by words: search is closed to most applications since 2025",
            "best sellers below a category's first 20",
            "exact stock: a range, as 1 to 50",
            "descriptions, and names of categories",
        ),
        details=frozenset(),
        documented="https://developers.mercadolivre.com.br/en_us/items-and-searches",
    )
    id_field = "id"
    markets = MARKETS
    looked_up = LOOKUP

    @property
    def capabilities(self) -> Capabilities:
        """See `Connector.capabilities`: a search, where it is open, has larger pages and an end."""
        return replace(self.can, page_size=SEARCH_PAGE, depth_limit=DEPTH) if self._searching else self.can

    @property
    def _searching(self) -> bool:
        return self.query.kind == "text" and not self.query.value.startswith(_CATEGORY)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`. Ids stay in the cursor, since best sellers change by the hour."""
        client = MercadoLibreClient(self.access, site=MARKETS[self.market])

        async def search(cursor: str) -> Found:
            offset = int(cursor or 0)
            page = await client.search(self.query.value, offset=offset)
            found = objects(page.get("results"))
            total = count(inner(page, "paging", "total")) or 0
            following = after_offset(offset, found, size=SEARCH_PAGE, total=total, depth=DEPTH)
            return Found(found, following, total)

        async def items(cursor: str) -> Found:
            if cursor:
                ids = json.loads(cursor)
            elif self.query.kind == "id":
                ids = self.ids
            else:
                ids = await _best_sellers(client, self.query.value.removeprefix(_CATEGORY).strip())
            found = await client.items(ids[:LOOKUP]) if ids else []
            return Found(found, json.dumps(ids[LOOKUP:]) if ids[LOOKUP:] else None)

        async with client.opened():
            yield search if self._searching else items

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`: up to 20 in one call."""
        client = MercadoLibreClient(self.access, site=MARKETS[self.market])

        async def items(listings: Sequence[Listing]) -> list[Detail]:
            found = await client.items([one.listing_id for one in listings])
            return self.answered(
                listings, [one for one in found if inner(one, "code") != HTTPStatus.NOT_FOUND]
            )

        async with client.opened():
            yield items

    def translate(self, item: Any) -> Translated:  # noqa: ANN401  # an item with its own status
        """See `translate_item`; of a look-up, what stands within it."""
        if inner(item, "code") is None:
            return translate_item(item, observed_at=self.clock())
        body = inner(item, "body")
        if inner(item, "code") != 200 or not isinstance(body, dict):
            said = text(inner(body, "message")) or "no message"
            raise ValueError(f"Mercado Libre does not show it ({inner(item, 'code')}: {said})")
        return translate_item(body, observed_at=self.clock())


async def _best_sellers(client: MercadoLibreClient, category: str) -> list[str]:
    """Their items' ids; a catalogue product stands for every offer on its page."""
    ids: list[str] = []
    for one in await client.best_sellers(category):
        found = text(one.get("id"))
        if found is None:
            continue
        if one.get("type") == "ITEM":
            ids.append(found)
            continue
        try:
            ids += await client.offers(found)
        except GoneError:
            continue  # a product without offers is answered with 404
    return list(dict.fromkeys(ids))
