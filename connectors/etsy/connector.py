"""Etsy as a connector: a search, a shop's listings, or given ones."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from connectors.etsy.client import DAILY, DEPTH, PACE, PAGE, EtsyClient
from connectors.etsy.translate import translate_listing
from connectors.interface import Capabilities, Detail
from connectors.web import Json, LookUp
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, after_offset, given
from connectors.web.words import count, objects, text
from scoring.listing import Listing


class EtsyConnector(PagedConnector):
    """Words, `seller:SHOP-ID`, or `id:1,2`."""

    can = Capabilities(
        platform="etsy",
        searches=frozenset({"text", "seller", "id"}),
        fields=BASIC | {"description", "price", "stock", "seller", "images"},
        page_size=PAGE,
        depth_limit=DEPTH,
        requests_per_second=PACE,
        daily_quota=DAILY,
        cannot_see=(
            "brand and condition, which Etsy does not ask for",
            "sellers' share of good ratings: only how many reviews there are",
            "listings that are sold out, or beyond the first 12,000 of a search",
        ),
        details=frozenset(),
        documented="https://developers.etsy.com/documentation/reference",
    )
    id_field = "listing_id"
    looked_up = PAGE

    @property
    def capabilities(self) -> Capabilities:
        """See `Connector.capabilities`: given listings have no depth."""
        return replace(self.can, depth_limit=None) if self.query.kind == "id" else self.can

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`: each page is two calls, since a search gives no pictures."""
        client = EtsyClient(self.access)

        async def search(cursor: str) -> Found:
            offset = int(cursor or 0)
            if self.query.kind == "seller":
                page = await client.of_shop(self.query.value, offset=offset)
            else:
                page = await client.search(self.query.value, offset=offset)
            found = objects(page.get("results"))
            total = count(page.get("count")) or 0
            following = after_offset(offset, found, size=PAGE, total=total, depth=DEPTH)
            return Found(await _whole(client, found), following, total)

        async with client.opened():
            yield given(self.ids, size=PAGE, ask=client.details) if self.query.kind == "id" else search

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`."""
        client = EtsyClient(self.access)

        async def items(listings: Sequence[Listing]) -> list[Detail]:
            return self.answered(listings, await client.details([one.listing_id for one in listings]))

        async with client.opened():
            yield items

    def translate(self, item: Json) -> Translated:
        """See `translate_listing`."""
        return translate_listing(item, observed_at=self.clock())


async def _whole(client: EtsyClient, found: list[Json]) -> list[Json]:
    """With their pictures and shops; one that has vanished in between stays as the search had it."""
    ids = [one_id for one in found if (one_id := text(one.get("listing_id")))]
    details = {text(one.get("listing_id")): one for one in (await client.details(ids) if ids else [])}
    return [one | details.get(text(one.get("listing_id")), {}) for one in found]
