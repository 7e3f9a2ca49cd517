"""Whole files of other people's records: CSV, a JSON list, or JSON lines."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from connectors.file.feed import Feed
from connectors.file.jsonl import read_jsonl
from connectors.interface import SourceRow
from connectors.mapping.rules import Mapping
from scoring.errors import SourceError
from scoring.listing import Listing

_CELL = 1 << 24
"""Characters of one cell at most; the csv module's own limit of 131,072 is below real descriptions."""


def read_dump(path: Path) -> Iterator[tuple[int, object]]:
    """Every record with its number, from 1; one that cannot be read is None.

    Raises `SourceError` where the file cannot be read at all.
    """
    try:
        if path.suffix.casefold() == ".csv":
            yield from _table(path)
        elif path.suffix.casefold() == ".jsonl":
            for record in read_jsonl(Feed(path)):
                yield record.number, record.fields
        else:
            records = json.loads(path.read_text("utf-8-sig"))
            yield from enumerate(records if isinstance(records, list) else [records], start=1)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.", hint="Name a file.") from error
    except (ValueError, RecursionError, csv.Error) as error:
        raise SourceError(
            f"{path} is neither CSV nor JSON: {error}.", hint="Its name ends in .csv, .json or .jsonl."
        ) from error


def rows_of(mapping: Mapping, path: Path, *, observed_at: datetime) -> Iterator[SourceRow]:
    """Every record of a file as a row, by a mapping. Raises as `read_dump`."""
    for number, record in read_dump(path):
        listing: Listing | None = None
        try:
            listing, errors = mapping.translate(record, observed_at=observed_at)
        except ValueError as error:
            errors = (str(error),)
        platform, raw_id = listing.key if listing else (mapping.platform, None)
        yield SourceRow(number=number, listing=listing, errors=errors, raw_id=raw_id, platform=platform)


def _table(path: Path) -> Iterator[tuple[int, object]]:
    before = csv.field_size_limit(_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from enumerate(csv.DictReader(file), start=1)
    finally:
        csv.field_size_limit(before)
