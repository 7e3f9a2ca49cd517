"""What was seen as a connector: listings out of the tenant's own records, page by page."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from connectors.interface import Capabilities, Checkpoint, Connector, Page, SourceRow
from connectors.seen.query import SeenQuery
from connectors.web import Access
from scoring.errors import SourceError
from scoring.listing import Listing

PAGE_SIZE = 256


class SeenConnector(Connector):
    """By platform and listing id. What is seen or forgotten while it is read changes no other row."""

    can = Capabilities(
        platform="seen",
        fields=frozenset(Listing.model_fields),
        page_size=PAGE_SIZE,
        cannot_see=("pictures that were not kept, beyond their hashes and what was measured of them lately",),
    )

    def __init__(self, query: SeenQuery, access: Access, *, page_size: int = PAGE_SIZE) -> None:
        self._query = query
        self._access = access
        self._page_size = page_size

    @property
    def capabilities(self) -> Capabilities:
        """See `Connector.capabilities`."""
        return replace(self.can, page_size=self._page_size)

    def pages(self, checkpoint: Checkpoint | None = None) -> Iterator[Page]:
        """See `Connector.pages`. `SourceError` where nobody says whose they are."""
        if self._access.remembered is None:
            raise SourceError("nobody says whose listings to read again.", hint="Name a --tenant.")
        rows, after = (checkpoint.rows, _key(checkpoint)) if checkpoint else (0, None)
        waiting = self._access.remembered(self._query.changed, self._query.since, after)
        empty = checkpoint is None
        while page := list(islice(waiting, self._page_size)):
            numbered = tuple(
                SourceRow(
                    number=number,
                    listing=listing,
                    raw_id=listing.listing_id,
                    platform=listing.platform,
                )
                for number, listing in enumerate(page, start=rows + 1)
            )
            rows, empty = rows + len(page), False
            yield numbered, Checkpoint(rows, json.dumps(page[-1].key))
        if empty:
            yield (), Checkpoint(rows, "")


def _key(checkpoint: Checkpoint) -> tuple[str, str] | None:
    if not checkpoint.cursor:
        return None
    try:
        platform, listing_id = json.loads(checkpoint.cursor)
    except ValueError as error:
        raise SourceError(
            f"{checkpoint.cursor!r} is no place among what was seen.", hint="Start the scan over."
        ) from error
    return str(platform), str(listing_id)
