"""A list of addresses, of pages or of pictures, in a CSV file."""

from connectors.file.feed import feed_of
from connectors.source import Source
from connectors.urls.connector import UrlsConnector
from connectors.web import Access
from scoring.errors import SourceError


def _open(written: str, access: Access, market: str | None) -> UrlsConnector:
    if market is not None:
        raise SourceError(f"a list has no market {market!r}.", hint="Write urls:PATH.")
    return UrlsConnector(feed_of(written, access), access)


SOURCE = Source(open=_open, example="addresses.csv", offline=UrlsConnector.can)

__all__ = ["SOURCE", "UrlsConnector"]
