"""Amazon as a connector: a search of the catalogue, or every offer on the pages of given ASINs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from connectors.amazon.client import (
    CATALOG_PACE,
    DEPTH,
    IDENTIFIERS,
    OFFERS,
    PAGE,
    PRICING_PACE,
    AmazonClient,
)
from connectors.amazon.markets import MARKETS
from connectors.amazon.offers import offers_on
from connectors.amazon.translate import translate_item, translate_offer
from connectors.interface import Capabilities, Detail, Search, SourceRow
from connectors.web import GoneError, Json, LookUp, one_by_one
from connectors.web.paged import BASIC, Found, PagedConnector, Read, Translated, ended, given
from connectors.web.words import count, inner, objects, text
from scoring.errors import SourceError
from scoring.listing import Listing

_CONDITIONS = ("New", "Used")
"""Refurbished, collectible and club offers would each be one more call for every page."""
_OFFER_FIELDS = frozenset({"condition", "price", "seller"})
_GTINS = "gtin:"
"""How words begin that are barcodes."""
_PAGE_FIELDS = BASIC | {"description", "brand", "category", "images"}


class AmazonConnector(PagedConnector):
    """One query to one country's Amazon: words, barcodes (`gtin:…,…`), or ASINs (`asin:B0…,…`, or `id:`)."""

    can = Capabilities(
        platform="amazon",
        searches=frozenset({"text", "id"}),
        fields=_PAGE_FIELDS,
        page_size=PAGE,
        depth_limit=DEPTH,
        requests_per_second=CATALOG_PACE,
        cannot_see=(
            "stock",
            "prices and sellers in a search: only of given ASINs (asin:…), and by look-up",
            "a page's offers beyond the 20 cheapest new and the 20 cheapest used ones",
            "refurbished, collectible and club offers",
            "sellers' names: only their ids",
            "a seller's own pictures and words: all offers of a page share the page's",
        ),
        details=_OFFER_FIELDS,
        documented="https://developer-docs.amazon.com/sp-api/reference/catalog-items-v2022-04-01",
        unverified=("that barcodes of 8 to 14 digits are all found as GTINs",),
    )
    id_field = "asin"
    markets = MARKETS
    aliases: ClassVar[Mapping[str, Search]] = {"asin": "id"}

    @property
    def capabilities(self) -> Capabilities:
        """See `Connector.capabilities`: a search sees pages only, ASINs give the offers on them."""
        if self.query.kind != "id":
            return self.can
        return replace(
            self.can,
            fields=_PAGE_FIELDS | _OFFER_FIELDS,
            page_size=OFFERS * len(_CONDITIONS),
            depth_limit=None,
            details=frozenset(),
            requests_per_second=PRICING_PACE,
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Read]:
        """See `PagedConnector.reading`: a search page by page, ASINs one by one."""
        client = AmazonClient(self.access, market=MARKETS[self.market])
        gtins = [it.strip() for it in self.query.value.removeprefix(_GTINS).split(",") if it.strip()]

        async def search(cursor: str) -> Found:
            page = await client.search(self.query.value, page_token=cursor)
            total = count(page.get("numberOfResults")) or 0
            following = text(inner(page, "pagination", "nextToken")) or ended(total, depth=DEPTH)
            return Found(objects(page.get("items")), following, total)

        async def filed(cursor: str) -> Found:
            place, _, token = cursor.partition("|")
            first = int(place or 0)
            page = await client.by_gtin(gtins[first : first + IDENTIFIERS], page_token=token)
            if token := text(inner(page, "pagination", "nextToken")) or "":
                return Found(objects(page.get("items")), f"{first}|{token}")
            following = first + IDENTIFIERS
            return Found(objects(page.get("items")), str(following) if following < len(gtins) else None)

        async def offers(asins: Sequence[str]) -> list[Any]:
            return await _page(client, asins[0])

        async with client.opened():
            if self.query.kind == "id":
                yield given(self.ids, size=1, ask=offers)
            else:
                yield filed if self.query.value.startswith(_GTINS) else search

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`: `getItemOffers`, one call for each.

        A page becomes the offer that Amazon features on it, the cheapest where it features none; all others
        that are in the same condition come with it, each as a listing of its own.
        """
        client = AmazonClient(self.access, market=MARKETS[self.market])

        async def offers(known: Listing) -> Detail:
            asin, _, seller = known.listing_id.partition("/")
            used = bool(seller) and (known.condition or "new").casefold() != "new"
            try:
                answer = await client.offers(asin, condition=_CONDITIONS[used])
            except SourceError:
                await client.item(asin)  # which says so where the page is gone
                raise
            found = objects(inner(answer, "payload", "Offers"))
            return offers_on(known, found, observed_at=self.clock())

        async with client.opened():
            yield one_by_one(offers)

    def translate(self, item: Json) -> Translated:
        """See `translate_item`."""
        return translate_item(item, market=MARKETS[self.market], observed_at=self.clock())

    def rows(self, items: Sequence[Any], after: int) -> tuple[SourceRow, ...]:
        """See `PagedConnector.rows`."""
        return self._offers(items, after) if self.query.kind == "id" else super().rows(items, after)

    def _offers(self, found: Sequence[Any], after: int) -> tuple[SourceRow, ...]:
        """Of one page: its offers; without any, the page itself; of one that is gone, that it is."""
        asin, item, *offers = found
        if item is None:
            reason = f"Amazon has no page {asin}, or not any more"
            return (
                SourceRow(
                    number=after + 1, listing=None, errors=(reason,), raw_id=asin, platform=self.platform
                ),
            )
        page = self.row(item, after + 1, raw_id=asin, translate=self.translate)
        if page.listing is None or not offers:
            return (page,)
        rows: list[SourceRow] = []
        for number, offer in enumerate(offers, start=after + 1):
            taken = {row.listing.listing_id for row in rows if row.listing}
            translate = partial(translate_offer, page=page.listing, taken=taken)
            rows.append(self.row(offer, number, raw_id=asin, translate=translate))
        return tuple(rows)


async def _page(client: AmazonClient, asin: str) -> list[Any]:
    """An ASIN, its item (None where it is gone), and the offers on its page."""
    try:
        item = await client.item(asin)
    except GoneError:
        return [asin, None]
    found: list[Any] = [asin, item]
    for condition in _CONDITIONS:
        answer = await client.offers(asin, condition=condition)
        found += objects(inner(answer, "payload", "Offers"))
    return found
