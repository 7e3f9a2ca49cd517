"""The journal's file: one SQLite database with one writer, and its tables."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from scoring.errors import SettingsError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sources (
    ordinal INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, checkpoint TEXT,
    pages INTEGER NOT NULL DEFAULT 0, listings INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0, waited REAL NOT NULL DEFAULT 0, whole INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS left_out (source TEXT PRIMARY KEY, words TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS listings (
    number INTEGER PRIMARY KEY, listing TEXT, platform TEXT, listing_id TEXT, errors TEXT NOT NULL,
    pictures TEXT NOT NULL, verdict TEXT, detail TEXT, why TEXT, worth REAL
);
CREATE INDEX IF NOT EXISTS listings_by_id ON listings (listing_id, platform);
CREATE INDEX IF NOT EXISTS listings_by_detail ON listings (detail) WHERE detail IS NOT NULL;
CREATE TABLE IF NOT EXISTS pictures (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, place INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT, dhash TEXT, phash TEXT, grp TEXT, features BLOB, error TEXT, failure TEXT
);
CREATE INDEX IF NOT EXISTS pictures_by_place ON pictures (place);
CREATE INDEX IF NOT EXISTS pictures_by_seen ON pictures (seen);
CREATE INDEX IF NOT EXISTS pictures_by_grp ON pictures (grp);
CREATE TABLE IF NOT EXISTS wanted (grp TEXT, feature TEXT, PRIMARY KEY (grp, feature));
CREATE TABLE IF NOT EXISTS measured (
    grp TEXT, feature TEXT, value BLOB NOT NULL, PRIMARY KEY (grp, feature)
);
CREATE TABLE IF NOT EXISTS known (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS admissions (number INTEGER PRIMARY KEY, how TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS missed (
    source TEXT, platform TEXT, listing_id TEXT, fate TEXT NOT NULL,
    PRIMARY KEY (source, platform, listing_id)
);
CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seconds (stage TEXT PRIMARY KEY, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

_PAGE = 1000
"""Rows read at a time: about a megabyte of listings."""


class JournalFile:
    """Opened for one scan by one driver; `SettingsError` where another is at work on it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path.with_suffix(".lock"))
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Give the file back."""
        self._db.close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written within the block is kept whole, or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def total(self, table: str, where: str = "1") -> int:
        """How many rows of a table meet a condition; both are the caller's own constants."""
        return int(self._db.execute(f"SELECT COUNT(*) FROM {table} WHERE {where}").fetchone()[0])  # noqa: S608

    def _pages(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Rows by their first column, a page at a time: the caller may write while it reads."""
        last = -1
        while rows := self._db.execute(sql, (last, _PAGE)).fetchall():
            yield from rows
            last = rows[-1][0]


def _locked(path: Path) -> TextIO:
    """A file that is ours until it is closed, or until we die."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise SettingsError(
            f"another process is working on the scan in {path.parent.parent}.",
            hint="Wait for it, or stop it first.",
        ) from error
    return lock
