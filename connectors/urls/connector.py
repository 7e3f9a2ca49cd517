"""A list of addresses as a connector: its pages read for what they sell, its pictures taken as they are."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from connectors.file.feed import Feed
from connectors.found.hit import translate_hit
from connectors.found.pages import AT_ONCE, FOUND, ReadHit, read_hits
from connectors.interface import Checkpoint, Page, SourceRow
from connectors.urls import table
from connectors.web import Access, WebConnector
from connectors.web.sites import Sites
from scoring.errors import SourceError


class UrlsConnector(WebConnector):
    """One file, of any length: it is never held whole. A checkpoint counts its lines."""

    can = FOUND

    def __init__(
        self,
        feed: Feed,
        access: Access,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`SourceError` where it cannot be a list; what lies in a bucket is looked at when it is read."""
        if feed.format not in table.FORMATS:
            raise SourceError(
                f"{feed} does not say what format it has.", hint=f"Known are {', '.join(table.FORMATS)}."
            )
        if isinstance(feed.place, Path) and not feed.place.is_file():
            raise SourceError(f"there is no file {feed}.", hint="Check the path; it is read from here.")
        self.feed = feed
        self.access = access
        self.clock = clock

    async def stream(self, checkpoint: Checkpoint) -> AsyncIterator[Page]:
        """See `Connector.pages`."""
        lines = islice(table.read_hits(self.feed), checkpoint.rows, None)
        given, handed = checkpoint.rows, bool(checkpoint.cursor)
        sites = Sites(self.access)
        async with sites.opened():
            while some := list(islice(lines, AT_ONCE)):
                hits = [hit for _, hit in some if not isinstance(hit, str)]
                read = iter(await read_hits(sites, hits))
                rows = tuple(
                    SourceRow(number=number, listing=None, errors=(hit,))
                    if isinstance(hit, str)
                    else self._row(number, next(read))
                    for number, hit in some
                )
                given, handed = given + len(rows), True
                yield rows, Checkpoint(given, "lines")
        if not handed:
            yield (), Checkpoint(given, "lines")

    def _row(self, number: int, read: ReadHit) -> SourceRow:
        listing, errors = translate_hit(read.hit, read.products, reason=read.reason, observed_at=self.clock())
        platform, raw_id = listing.key
        return SourceRow(number=number, listing=listing, errors=errors, raw_id=raw_id, platform=platform)
