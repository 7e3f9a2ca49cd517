"""Reads a file's records, whatever its format, a few at a time."""

from collections.abc import Callable, Iterator
from pathlib import Path

from connectors.file.csv_table import read_csv
from connectors.file.feed import PACKED, Feed, translated
from connectors.file.jsonl import read_jsonl
from connectors.file.parquet_table import read_parquet
from connectors.file.records import Record
from scoring.errors import SourceError

READERS: dict[str, Callable[[Feed], Iterator[Record]]] = {
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
}


def check_readable(feed: Feed) -> None:
    """`SourceError` with what to do about it, where a feed cannot be a file of listings.

    What lies in a bucket is looked at only when it is read.
    """
    path = feed.place if isinstance(feed.place, Path) else None
    if path is not None and path.is_dir():
        raise SourceError(f"{path} is a folder.", hint=f"Name a file in it: {', '.join(READERS)}.")
    if path is not None and not path.exists():
        raise SourceError(f"there is no file {path}.", hint="Check the path; it is read from here.")
    if feed.format not in READERS:
        hint = f"Known are {', '.join(READERS)}, each but Parquet also with {PACKED}."
        if feed.format == ".json":
            hint += " A JSON array becomes JSONL by writing one object a line: jq -c '.[]'."
        raise SourceError(f"{feed} does not say what format it has.", hint=hint)
    if feed.packed and feed.format == ".parquet":
        raise SourceError(f"{feed} is packed twice.", hint="Parquet packs itself: leave the gzip out.")
    if path is not None and not path.is_file():
        raise SourceError(
            f"{path} is not a regular file.", hint="Write it to disk first: a scan may read it twice."
        )


def read_records(feed: Feed | Path) -> Iterator[Record]:
    """Every record of the file. `SourceError` where the file itself cannot be read."""
    if isinstance(feed, Path):
        feed = Feed(feed)
    check_readable(feed)
    with translated(feed):
        yield from READERS[feed.format](feed)
