"""A platform whose pages come one after the other, each naming the next: what most have in common."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple, get_args

from connectors.interface import Checkpoint, Detail, Page, Search, SourceRow
from connectors.source import Source
from connectors.web import words
from connectors.web.access import Access
from connectors.web.connector import WebConnector
from connectors.web.details import completed
from connectors.web.moving import Place, read_again
from connectors.web.query import Query
from connectors.web.session import Json
from scoring.errors import SourceError, UnreachableError
from scoring.listing import Listing


class Found(NamedTuple):
    """A page of a platform's list."""

    items: Sequence[Any]
    following: str | None
    """The cursor of the next one; None where it is the last."""
    total: int | None = None
    """How many the whole list has; None where that is not told, or the list cannot move while it is read."""


Read = Callable[[str], Awaitable[Found]]
"""From a cursor, which is empty for the beginning, to its page."""
Translated = tuple[Listing, tuple[str, ...]]
"""A listing, and what of it could not be read."""

BASIC = frozenset({"platform", "listing_id", "url", "title", "observed_at"})
"""The fields of a listing that every platform fills."""
NO_TOTAL = "what moves up a page while pages are read, since others go: no total tells of it"
"""What platforms that do not say how many there are cannot see."""
_END = "end:"
"""The cursor behind the last page begins so; what follows are the words for what was not shown."""


class PagedConnector(WebConnector):
    """One query to one market of a platform; subclasses read pages and translate items."""

    name: ClassVar[str] = ""
    """As the source is called, where its listings are another platform's."""
    id_field: ClassVar[str]
    """Where an item has its id, for the row of one that cannot be translated."""
    default: ClassVar[Search] = "text"
    """What a query is that does not say."""
    markets: ClassVar[Mapping[str, object]] = {}
    """By the code that stands behind `@`; the first is the default. Empty where there is only one."""
    aliases: ClassVar[Mapping[str, Search]] = {}
    """The platform's own words for a kind of search, such as `asin` for `id`."""

    def __init__(
        self,
        written: str,
        access: Access,
        *,
        market: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        kind, colon, value = written.partition(":")
        if colon and kind in self.aliases:
            written = f"{self.aliases[kind]}:{value}"
        elif kind not in get_args(Search):
            written = f"{self.default}:{written}"
        self.market = self._known(market)
        self.query = Query.read(written, searches=self.can.searches)
        self.access = access
        self.clock = clock

    @property
    def platform(self) -> str:
        """The source's own name, also where its listings are another platform's."""
        return self.name or self.can.platform

    @property
    def ids(self) -> list[str]:
        """The ids that are asked for, which commas separate."""
        found = [one.strip() for one in self.query.value.split(",") if one.strip()]
        if not found:
            raise SourceError(f"{self.query.value!r} holds no id.", hint="Write id:FIRST,SECOND.")
        return found

    @abstractmethod
    def reading(self) -> AbstractAsyncContextManager[Read]:
        """A block within which pages of the query can be read."""

    @abstractmethod
    def translate(self, item: Any) -> Translated:  # noqa: ANN401  # whatever the platform's page holds
        """An item as a listing; `ValueError` where it is none."""

    def rows(self, items: Sequence[Any], after: int) -> tuple[SourceRow, ...]:
        """A page's rows, numbered from behind `after`."""
        return tuple(
            self.row(item, number, raw_id=words.inner(item, self.id_field), translate=self.translate)
            for number, item in enumerate(items, start=after + 1)
        )

    def answered(self, listings: Sequence[Listing], items: Sequence[Any]) -> list[Detail]:
        """What an answer says of listings that were asked for together: those it leaves out are gone."""
        rows = {row.raw_id: row for row in self.rows(items, 0)}
        return [_detail(listing, rows.get(listing.listing_id)) for listing in listings]

    def row(
        self,
        item: Any,  # noqa: ANN401
        number: int,
        *,
        raw_id: object,
        translate: Callable[[Any], Translated],
    ) -> SourceRow:
        """One item's row, under the listing's own id where it has become one."""
        listing: Listing | None = None
        errors: tuple[str, ...]
        try:
            listing, errors = translate(item)
        except ValueError as error:
            errors = (str(error),)
        known = listing.listing_id if listing else words.text(raw_id)
        platform = listing.platform if listing else self.capabilities.platform
        return SourceRow(number=number, listing=listing, errors=errors, raw_id=known, platform=platform)

    def gaps(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        """See `Connector.gaps`: what lies deeper than the platform shows, or moved while it was read."""
        place = Place.from_cursor(checkpoint.cursor)
        left = place.at.removeprefix(_END)
        return ((left,) if left and left != place.at else ()) + place.gaps()

    async def stream(self, checkpoint: Checkpoint) -> AsyncIterator[Page]:
        """See `Connector.pages`. Pages without items are passed over, unless there is nothing else.

        Where the list has become shorter, the page before is read again: what moved up stands there now.
        """
        place, given = Place.from_cursor(checkpoint.cursor), checkpoint.rows
        handed = bool(checkpoint.cursor)
        if place.at.startswith(_END):
            return
        async with self.reading() as read:

            async def items_at(cursor: str) -> Sequence[Any]:
                return (await read(cursor)).items

            while not place.at.startswith(_END):
                items, following, total = await read(place.at)
                if following is not None and following == place.at:
                    raise UnreachableError(
                        f"{self.platform} gives the same page again and again.", hint="Resume later."
                    )
                if place.fallen(total):
                    moved = await read_again(place, items_at)
                    place = place.recovered(None if moved is None else len(moved), total=total)
                    if moved:
                        page = self.rows(moved, given)
                        given += len(page)
                        yield page, Checkpoint(given, place.to_cursor())
                page = self.rows(items, given)
                ids = [row.raw_id for row in page]
                place = place.behind(ids, _END if following is None else following, total=total)
                after = Checkpoint(given + len(page), place.to_cursor())
                if items or (place.at.startswith(_END) and (not handed or self.gaps(after))):
                    given, handed = after.rows, True
                    yield page, after

    def _known(self, market: str | None) -> str:
        if not self.markets and market:
            raise SourceError(f"{self.platform} has no markets to choose from.", hint=f"Leave @{market} out.")
        code = (market or next(iter(self.markets), "")).upper()
        if self.markets and code not in self.markets:
            known = ", ".join(self.markets)
            raise SourceError(f"{self.platform} has no market {market!r}.", hint=f"Known are {known}.")
        return code


def _detail(known: Listing, row: SourceRow | None) -> Detail:
    if row is None:
        return Detail(listing=known, gone=True)
    if row.listing is None:
        return Detail(listing=known, errors=row.errors)
    return Detail(listing=completed(known, row.listing), errors=row.errors)


def source_of(
    kind: type[PagedConnector],
    *,
    example: str,
    items: Sequence[str] = (),
    credentials: tuple[str, ...] = (),
    daily: int | None = None,
) -> Source:
    """A platform's entry among the sources.

    Args:
        kind: its connector.
        example: a query.
        items: the names under which a recorded page has its items, one within the other; none where pages
            cannot be translated by themselves.
        credentials: the names that it asks `Access.secret` for.
        daily: calls a day that the platform allows.
    """

    def opened(query: str, access: Access, market: str | None) -> PagedConnector:
        return kind(query, access, market=market)

    def translated(page: Json, observed_at: datetime) -> Iterator[SourceRow]:
        connector = kind(example, Access(), clock=lambda: observed_at)
        found = words.inner(page, *items)
        yield from connector.rows(found if isinstance(found, list) else [page], 0)

    return Source(
        open=opened,
        example=example,
        credentials=credentials,
        daily=daily,
        translate=translated if items else None,
    )


def given(ids: Sequence[str], *, size: int, ask: Callable[[Sequence[str]], Awaitable[Sequence[Any]]]) -> Read:
    """Reads what has these ids, `size` of them at a time: such a list does not move."""

    async def some(cursor: str) -> Found:
        offset = int(cursor or 0)
        items = await ask(ids[offset : offset + size])
        return Found(items, str(offset + size) if offset + size < len(ids) else None)

    return some


def after_offset(
    offset: int, found: Sequence[Any], *, size: int, total: int, depth: int | None = None
) -> str | None:
    """The cursor behind a page read by offset, of `total` items of which `depth` are shown.

    A short page is the last one, whatever `total` says.

    >>> after_offset(0, [1, 2], size=2, total=3), after_offset(2, [3], size=2, total=3)
    ('2', None)
    >>> after_offset(2, [3, 4], size=2, total=9, depth=4)
    'end:5 of 9 are deeper than the platform shows'
    """
    following = offset + size
    if len(found) == size and following < min(total, depth or total):
        return str(following)
    return ended(total, depth=depth)


def ended(total: int, *, depth: int | None) -> str | None:
    """The cursor behind the last page: None where everything was shown."""
    if depth is None or total <= depth:
        return None
    return ended_with(f"{total - depth:,} of {total:,} are deeper than the platform shows")


def ended_with(gap: str) -> str:
    """The cursor behind the last page, where something was not shown."""
    return f"{_END}{gap}"
