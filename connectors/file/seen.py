"""Which ids a file has already used, in bounded memory."""

import sqlite3
from hashlib import blake2b
from types import TracebackType
from typing import Self

from scoring.errors import SourceError


class SeenIds:
    """Ids by an 8-byte hash, with the row each first stood in, in a temporary SQLite database.

    SQLite keeps at most 32 MiB of it in memory and the rest in a file it has already unlinked.
    Two different ids share a hash once in about 400,000 files of 10 million rows
    (n²/2 ÷ 2^64); the price is one wrong remark, never a lost row.
    """

    def __init__(self) -> None:
        # One generator uses it, though not always from the thread that began it.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA cache_size=-32768")
        self._db.execute("CREATE TABLE seen (hash INTEGER PRIMARY KEY, number INTEGER NOT NULL)")
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def first(self, platform: str, listing_id: str, *, number: int) -> int | None:
        """The row that used this id before, or None, and this row is remembered as its first."""
        key = int.from_bytes(
            blake2b(f"{platform}\x00{listing_id}".encode(), digest_size=8).digest(), "big", signed=True
        )
        try:
            if self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, number)).rowcount:
                return None
            (earlier,) = self._db.execute("SELECT number FROM seen WHERE hash = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise SourceError(
                f"the ids seen so far cannot be kept: {error}.",
                hint="Free some space in the temporary folder.",
            ) from error
        return int(earlier)
