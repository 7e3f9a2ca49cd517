"""Listings in files: JSONL, CSV and Parquet, on this machine or in a bucket."""

from connectors.file.connector import FileConnector
from connectors.file.feed import feed_of
from connectors.source import Source
from connectors.web import Access
from scoring.errors import SourceError


def _open(written: str, access: Access, market: str | None) -> FileConnector:
    if market is not None:
        raise SourceError(f"a file has no market {market!r}.", hint="Write file:PATH.")
    return FileConnector(feed_of(written, access))


SOURCE = Source(open=_open, example="listings.jsonl", offline=FileConnector.can)

__all__ = ["SOURCE", "FileConnector"]
