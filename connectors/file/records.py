"""A line of a file before anyone has asked whether it is a listing, and the limits on reading one."""

from dataclasses import dataclass
from typing import BinaryIO

LINE_LIMIT = 1 << 20
"""Bytes in one line or record. The longest of 2,000 real listings measured 32 KiB."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the file has it: named values, or the reason why they cannot be read.

    With values, an error is a remark on them.
    """

    number: int
    """The line (JSONL, CSV: where the record starts) or the row (Parquet); counts from 1."""
    fields: dict[str, object] | None
    error: str = ""


def read_line(file: BinaryIO) -> bytes | None:
    """The next line with its ending; None where it is longer than the limit, which is then skipped.

    Never holds more than the limit: the rest of an overlong line is read and dropped in pieces.
    At the end of the file the line is empty.
    """
    line = file.readline(LINE_LIMIT + 1)
    if len(line) <= LINE_LIMIT:
        return line
    while line and not line.endswith(b"\n"):
        line = file.readline(LINE_LIMIT)
    return None


def not_utf8(error: UnicodeDecodeError) -> str:
    """Why a line cannot be read as text, in words."""
    byte = error.object[error.start]
    return f"not UTF-8: byte 0x{byte:02x} at position {error.start}; save the file as UTF-8"


TOO_LONG = f"longer than {LINE_LIMIT:,} bytes: skipped unread"
