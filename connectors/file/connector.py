"""A file of listings as a connector."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from connectors.file.client import check_readable, read_records
from connectors.file.feed import Feed
from connectors.file.places import locate
from connectors.file.records import Record
from connectors.file.seen import SeenIds
from connectors.file.translate import Identity, identify, translate
from connectors.interface import Capabilities, Checkpoint, Connector, Page, SourceRow
from scoring.errors import SourceError
from scoring.listing import Listing

PAGE_SIZE = 256


class FileConnector(Connector):
    """Listings from a JSONL, CSV or Parquet file, streamed from disk or from a bucket.

    To resume, the rows before the checkpoint are read again, though not translated: only so can a
    later row be called a duplicate of an earlier one, and a file that was changed in between be
    told from the one the checkpoint was made on. That takes about 15 s a million rows of 1.3 kB.
    """

    can = Capabilities(
        platform="file",
        fields=frozenset(Listing.model_fields),  # all that a listing can say; a file is read whole
        page_size=PAGE_SIZE,
        cannot_see=(
            "pictures outside the file's own folder, unless they are URLs",
            "pictures by paths, where the file lies in a bucket",
        ),
    )

    def __init__(self, place: Path | Feed, *, page_size: int = PAGE_SIZE) -> None:
        feed = Feed(place) if isinstance(place, Path) else place
        check_readable(feed)
        self.feed = feed
        self.page_size = page_size
        self._folder = feed.folder

    @property
    def capabilities(self) -> Capabilities:
        """See `Connector.capabilities`."""
        return replace(self.can, page_size=self.page_size)

    @property
    def picture_root(self) -> Path | None:
        """The file's own folder; None where it lies in a bucket."""
        return self._folder

    def pages(self, checkpoint: Checkpoint | None = None) -> Iterator[Page]:
        """See `Connector.pages`. Every record of the file is exactly one row, in its order."""
        start = checkpoint or Checkpoint()
        observed_at = self.feed.modified
        history = blake2b(digest_size=16)
        rows = 0
        page: list[SourceRow] = []
        empty = True
        with SeenIds() as seen:
            for record in read_records(self.feed):
                identity = _identity(record)
                earlier = _earlier(identity, record.number, seen)
                history.update(f"{record.number}\x00{identity.platform}\x00{identity.listing_id}\n".encode())
                rows += 1
                if rows <= start.rows:
                    if rows == start.rows and history.hexdigest() != start.cursor:
                        raise self._changed(start)
                    continue
                page.append(self._row(record, identity, earlier=earlier, observed_at=observed_at))
                if len(page) == self.page_size:
                    yield tuple(page), Checkpoint(rows, history.hexdigest())
                    page, empty = [], False
        if rows < start.rows:
            raise self._changed(start)
        if page or empty:
            yield tuple(page), Checkpoint(rows, history.hexdigest())

    def _row(
        self, record: Record, identity: Identity, *, earlier: int | None, observed_at: datetime
    ) -> SourceRow:
        if record.fields is None:
            return SourceRow(number=record.number, listing=None, errors=(record.error,))
        listing, errors = translate(
            record.fields, locate=lambda image: locate(image, self._folder), observed_at=observed_at
        )
        if record.error:
            errors = (record.error, *errors)
        if earlier is not None:
            errors = (f"duplicate of line {earlier}", *errors)
        return SourceRow(
            number=record.number,
            listing=listing,
            errors=errors,
            raw_id=identity.listing_id,
            platform=identity.platform,
        )

    def _changed(self, checkpoint: Checkpoint) -> SourceError:
        return SourceError(
            f"{self.feed} has changed in its first {checkpoint.rows:,} rows since the scan stopped.",
            hint="Restore the file, or start a new scan.",
        )


def _identity(record: Record) -> Identity:
    return Identity(None, None) if record.fields is None else identify(record.fields)


def _earlier(identity: Identity, number: int, seen: SeenIds) -> int | None:
    if identity.platform is None or identity.listing_id is None:
        return None
    return seen.first(identity.platform, identity.listing_id, number=number)
