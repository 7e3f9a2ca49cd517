"""A CSV file of addresses, line by line: which column holds pages, which pictures."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import TextIOWrapper
from itertools import chain, islice
from urllib.parse import urlsplit

from connectors.file.feed import Feed, translated
from connectors.found import Hit
from scoring.errors import SourceError

_COLUMNS = {
    "page": ("url", "page", "page_url", "link", "address"),
    "picture": ("image", "image_url", "picture", "picture_url", "images"),
    "title": ("title", "name"),
}
"""By what a hit calls it, the columns that may hold it, in any case."""
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff")
FORMATS = (".csv", ".tsv", ".txt")


def read_hits(feed: Feed) -> Iterator[tuple[int, Hit | str]]:
    """Every line below the header with its number: a hit, or why there is none.

    A file without a header holds one address in each line; what ends like a picture's file is a picture's.

    Raises `SourceError` where the file itself cannot be read, or no column holds addresses.
    """
    with translated(feed), TextIOWrapper(feed.open(), "utf-8-sig", errors="replace", newline="") as text:
        lines = iter(text)
        head = list(islice(lines, 1))
        delimiter = max(",;\t", key=head[0].count) if head else ","
        rows = csv.reader(chain(head, lines), delimiter=delimiter)
        columns: Mapping[str, int] | None = None
        try:
            for row in rows:
                cells = [cell.strip() for cell in row]
                if columns is None:
                    columns = _columns(cells, feed)
                    if columns:
                        continue
                if any(cells):
                    yield rows.line_num, _hit(cells, columns)
        except csv.Error as error:
            raise SourceError(
                f"{feed} is no CSV from line {rows.line_num} on: {error}.", hint="Look for a quote."
            ) from error


def _columns(first: Sequence[str], feed: Feed) -> Mapping[str, int]:
    """Where each kind stands, by the header; nothing where the first line is an address already."""
    if "://" in (first[0] if first else ""):
        return {}
    named = [cell.casefold() for cell in first]
    found = {
        kind: next(place for place, name in enumerate(named) if name in names)
        for kind, names in _COLUMNS.items()
        if set(names) & set(named)
    }
    if not found.keys() & {"page", "picture"}:
        raise SourceError(
            f"{feed} has no column of addresses, only {', '.join(map(repr, first[:8]))}.",
            hint="Call it url (of pages) or image (of pictures).",
        )
    return found


def _hit(cells: Sequence[str], columns: Mapping[str, int]) -> Hit | str:
    if columns:
        said = {kind: cells[place] for kind, place in columns.items() if place < len(cells)}
    else:
        is_picture = urlsplit(cells[0]).path.lower().endswith(_PICTURES) if _is_address(cells[0]) else False
        said = {"picture" if is_picture else "page": cells[0]}
    wrong = [said[kind] for kind in ("page", "picture") if said.get(kind) and not _is_address(said[kind])]
    if wrong:
        return f"{wrong[0][:80]!r} is no address on the web"
    return Hit(**said) if said.get("page") or said.get("picture") else "no address"


def _is_address(written: str) -> bool:
    try:
        parts = urlsplit(written)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # half a bracket
        return False
