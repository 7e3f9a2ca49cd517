"""eBay as a connector: a search, whole, however deep."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Self

from connectors.ebay.client import DAILY, DEPTH, PACE, PAGE, EbayClient
from connectors.ebay.slices import Slice
from connectors.ebay.translate import translate_item
from connectors.interface import Capabilities, Checkpoint, Detail, Page, SourceRow
from connectors.web import Access, Json, LookUp, Query, WebConnector, completed, one_by_one
from connectors.web.currencies import currencies_of
from connectors.web.moving import Place, read_again
from connectors.web.words import count, inner, objects, text
from scoring.errors import SourceError
from scoring.listing import Listing

MARKETS = currencies_of("US GB DE FR IT ES AT BE IE NL CA AU CH PL HK SG MY PH")
"""Marketplaces that Browse knows, with the currency in which they filter prices:
https://developer.ebay.com/api-docs/buy/static/ref-marketplace-supported.html."""

_ANY_FORMAT = "buyingOptions:{FIXED_PRICE|AUCTION|BEST_OFFER}"
"""Without it only what can be bought at once is found."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a search stands: slices still to be read, the first of them from somewhere in it."""

    todo: tuple[Slice, ...] = (Slice(),)
    gaps: tuple[str, ...] = ()
    within: Place = field(default_factory=Place)
    """In the first slice, which may move while it is read: its cursors are offsets."""

    @property
    def offset(self) -> int:
        return int(self.within.at or 0)

    def to_cursor(self) -> str:
        todo = [[str(it.low), None if it.high is None else str(it.high), it.category] for it in self.todo]
        return json.dumps({"todo": todo, "gaps": self.gaps, "within": self.within.to_cursor()})

    @classmethod
    def from_cursor(cls, cursor: str) -> Self:
        if not cursor:
            return cls()
        known = json.loads(cursor)
        todo = tuple(
            Slice(Decimal(low), None if high is None else Decimal(high), category)
            for low, high, category in known["todo"]
        )
        return cls(todo, tuple(known["gaps"]), Place.from_cursor(known["within"]))


@dataclass(frozen=True, slots=True)
class _Parts:
    """Slices in the place of one, and what none of them holds."""

    slices: tuple[Slice, ...]
    gaps: tuple[str, ...] = ()


class EbayConnector(WebConnector):
    """One query to one of eBay's marketplaces."""

    can = Capabilities(
        platform="ebay",
        searches=frozenset({"text", "image", "seller", "id"}),
        fields=frozenset(
            {
                "platform",
                "listing_id",
                "url",
                "title",
                "category",
                "condition",
                "price",
                "seller",
                "images",
                "observed_at",
            }
        ),
        page_size=PAGE,
        depth_limit=DEPTH,
        requests_per_second=PACE,
        daily_quota=DAILY,
        details=frozenset({"description", "brand", "category", "stock"}),
        cannot_see=(
            "variations of an item: a search shows one of them",
            "items of one category at one and the same price beyond the first 10,000",
        ),
        documented="https://developer.ebay.com/api-docs/buy/browse/overview.html",
        unverified=("the pace: eBay limits calls a day, and says nothing of a second",),
    )

    def __init__(
        self,
        written: str,
        access: Access,
        *,
        market: str = "US",
        depth: int = DEPTH,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`depth` is eBay's own; tests have a shallower one."""
        market = market.upper().removeprefix("EBAY_")
        if market not in MARKETS:
            raise SourceError(f"eBay has no market {market!r}.", hint=f"Known are {', '.join(MARKETS)}.")
        self._query = Query.read(written, searches=self.can.searches)
        self.market = market
        self._access = access
        self._depth = depth
        self._clock = clock

    @asynccontextmanager
    async def looking_up(self) -> AsyncIterator[LookUp]:
        """See `WebConnector.looking_up`: `getItem`, one call for each."""
        client = EbayClient(self._access, marketplace=f"EBAY_{self.market}")

        async def item(listing: Listing) -> Detail:
            found, errors = translate_item(await client.item(listing.listing_id), observed_at=self._clock())
            return Detail(listing=completed(listing, found), errors=errors)

        async with client.opened():
            yield one_by_one(item)

    async def stream(self, checkpoint: Checkpoint) -> AsyncIterator[Page]:
        """See `Connector.pages`."""
        client = EbayClient(self._access, marketplace=f"EBAY_{self.market}")
        async with client.opened():
            if self._query.kind == "id":
                yield await self._one(client, checkpoint)
                return
            place, rows, given = _Place.from_cursor(checkpoint.cursor), checkpoint.rows, False
            while place.todo:
                page = await self._page(client, place)
                total = _total(page)
                if total > self._depth and place.offset == 0 and (parts := await self._parts(client, place)):
                    place = _Place((*parts.slices, *place.todo[1:]), (*place.gaps, *parts.gaps))
                    continue
                if place.within.fallen(total):
                    moved = await read_again(place.within, partial(self._items, client, place))
                    seen = None if moved is None else len(moved)
                    place = replace(place, within=place.within.recovered(seen, total=total))
                    if moved:
                        again = self._rows(moved, after=rows)
                        rows += len(again)
                        yield again, Checkpoint(rows, place.to_cursor())
                items = self._rows(page.get("itemSummaries") or [], after=rows)
                place = _after(place, [row.raw_id for row in items], total, depth=self._depth)
                rows, given = rows + len(items), True
                yield items, Checkpoint(rows, place.to_cursor())
            if not given and not checkpoint.cursor:
                yield (), Checkpoint(rows, place.to_cursor())

    async def _parts(self, client: EbayClient, place: _Place) -> "_Parts | None":
        """A slice that is too deep, split: by price, and what has one price by category.

        None where neither helps.
        """
        first = place.todo[0]
        if halves := first.halves():
            return _Parts(halves)
        if self._query.kind == "image":
            return None  # eBay tells no categories of what a picture finds
        refined = await self._page(client, place, {"limit": "1", "fieldgroups": "CATEGORY_REFINEMENTS"})
        told = objects(inner(refined, "refinement", "categoryDistributions"))
        counted = {
            found: count(one.get("matchCount")) or 0 for one in told if (found := text(one.get("categoryId")))
        }
        slices = first.within([*counted])
        left = _total(refined) - sum(counted.values())
        gaps = (f"{left:,} items at one price are in no category that eBay tells of",) if left > 0 else ()
        return _Parts(slices, gaps) if slices else None

    async def _items(self, client: EbayClient, place: _Place, offset: str) -> list[Json]:
        """What stands at another offset of the slice that is being read."""
        page = await self._page(client, replace(place, within=Place(at=offset)))
        return objects(page.get("itemSummaries"))

    async def _page(self, client: EbayClient, place: _Place, more: dict[str, str] | None = None) -> Json:
        filters = [_ANY_FORMAT, place.todo[0].filter(MARKETS[self.market])]
        params = {"limit": str(PAGE), "offset": str(place.offset), **(more or {})}
        if place.todo[0].category is not None:
            params["category_ids"] = place.todo[0].category
        if self._query.kind == "image":
            params["filter"] = ",".join(it for it in filters if it)
            return await client.search_by_image(_picture(self._query.value), params)
        if self._query.kind == "seller":
            seller, _, words = self._query.value.partition(" ")
            if not words.strip():
                raise SourceError(
                    "eBay searches a seller's items only by words, too.", hint="Write seller:NAME WORDS."
                )
            filters.append(f"sellers:{{{seller}}}")
            params["q"] = words.strip()
        else:
            params["q"] = self._query.value
        params["filter"] = ",".join(it for it in filters if it)
        return await client.search(params)

    async def _one(self, client: EbayClient, checkpoint: Checkpoint) -> Page:
        if checkpoint.cursor:
            return (), checkpoint
        item = await client.item(self._query.value)
        return self._rows([item], after=0), Checkpoint(1, "read")

    def _rows(self, items: list[Json], *, after: int) -> tuple[SourceRow, ...]:
        return tuple(_row(item, number, self._clock()) for number, item in enumerate(items, after + 1))

    def gaps(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        """See `Connector.gaps`."""
        return () if self._query.kind == "id" else _Place.from_cursor(checkpoint.cursor).gaps


def translate_page(page: Json, observed_at: datetime) -> Iterator[SourceRow]:
    """The rows of a page of `item_summary/search`, or of one item."""
    items = page.get("itemSummaries", [page])
    for number, item in enumerate(items if isinstance(items, list) else [items], start=1):
        yield _row(item, number, observed_at)


def _row(item: object, number: int, observed_at: datetime) -> SourceRow:
    raw_id = item.get("itemId") if isinstance(item, dict) else None
    known = raw_id if isinstance(raw_id, str) else None
    try:
        listing, errors = translate_item(item, observed_at=observed_at)
    except ValueError as error:
        return SourceRow(number=number, listing=None, errors=(str(error),), raw_id=known, platform="ebay")
    return SourceRow(number=number, listing=listing, errors=errors, raw_id=known, platform="ebay")


def _total(page: Json) -> int:
    total = page.get("total")
    return total if isinstance(total, int) else 0


def _after(place: _Place, ids: Sequence[str | None], total: int, *, depth: int) -> _Place:
    """Behind a page: the next one of the slice, or the next slice."""
    offset = place.offset + PAGE
    within = place.within.behind(ids, str(offset), total=total)
    if offset < min(total, depth):
        return replace(place, within=within)
    gaps = (*place.gaps, *within.gaps())
    if total > depth:
        gaps = (
            *gaps,
            f"{total - depth:,} of {total:,} items of one price and category were not shown by eBay",
        )
    return _Place(place.todo[1:], gaps)


def _picture(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.", hint="Name a picture's file."
        ) from error
