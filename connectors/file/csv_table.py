"""CSV: a header, then one record a line, or several where a quoted value holds line breaks."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from connectors.file.columns import check_columns
from connectors.file.feed import Feed
from connectors.file.records import LINE_LIMIT, TOO_LONG, Record, not_utf8, read_line
from scoring.errors import SourceError

_DELIMITERS = ",;\t"


class _TooLongError(Exception):
    """A record has outgrown the limit: most often a quote that is never closed."""


def read_csv(feed: Feed) -> Iterator[Record]:
    """Every record below the header.

    A record that cannot be read is one record with its reason, and reading goes on at the line
    below the one where it began: so a quote that is never closed costs its own line and not
    the rest of the file.
    """
    with feed.open() as file:
        lines = _Lines(file)
        header = _header(lines, feed)
        if header is None:
            return
        delimiter, columns = header
        while True:
            record = _next(lines, delimiter, columns)
            if record is None:
                return
            if record.fields != {}:  # a blank line
                yield record


class _Lines:
    """The file's lines as text, counted, no more of them for one record than the limit."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.number = 0
        self.taken = 0
        self.after_first = 0

    def begin(self) -> None:
        self.taken = 0
        self.first = self.number + 1
        self.after_first = -1

    def rewind(self) -> None:
        """To the line below the one where the record began."""
        if self.after_first >= 0:
            self.file.seek(self.after_first)
        self.number = self.first

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = read_line(self.file)
        if line == b"":
            raise StopIteration
        self.number += 1
        if self.after_first < 0:
            self.after_first = self.file.tell()
        if line is None:
            raise _TooLongError
        self.taken += len(line)
        if self.taken > LINE_LIMIT:
            raise _TooLongError
        return line.decode("utf-8-sig" if self.number == 1 else "utf-8")


def _header(lines: _Lines, feed: Feed) -> tuple[str, list[str]] | None:
    lines.begin()
    try:
        text = next((line for line in lines if line.strip()), None)
    except (UnicodeDecodeError, _TooLongError) as error:
        raise SourceError(
            f"the first line of {feed} is not a header in UTF-8.", hint="Save it as UTF-8."
        ) from error
    if text is None:
        return None
    delimiter = max(_DELIMITERS, key=text.count)
    columns = next(csv.reader([text], delimiter=delimiter))
    check_columns(columns, feed)
    return delimiter, columns


def _next(lines: _Lines, delimiter: str, columns: list[str]) -> Record | None:
    lines.begin()
    try:
        cells = next(csv.reader(lines, delimiter=delimiter, strict=True), None)
    except UnicodeDecodeError as error:
        reason = not_utf8(error)
    except _TooLongError:
        many = lines.number > lines.first
        reason = f"a quote opened here is not closed within {LINE_LIMIT:,} bytes" if many else TOO_LONG
    except csv.Error as error:
        reason = f"not CSV: {error}"
    else:
        if cells is None:
            return None
        return _record(lines.first, cells, columns)
    lines.rewind()
    return Record(lines.first, None, reason)


def _record(number: int, cells: list[str], columns: list[str]) -> Record:
    if len(cells) > len(columns):
        return Record(
            number,
            None,
            f"not CSV: {len(cells)} values under {len(columns)} columns; quote values with commas",
        )
    if not any(cell.strip() for cell in cells[:1]) and len(cells) < 2:
        return Record(number, {})
    remark = f"only {len(cells)} values under {len(columns)} columns" if len(cells) < len(columns) else ""
    return Record(number, dict(zip(columns, cells, strict=False)), remark)
