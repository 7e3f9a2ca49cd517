"""An SQLite file as the records need it: write-ahead, waiting for its turn, keeping foreign keys."""

import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from scoring.errors import CatalogError

BUSY_SECONDS = 15
"""How long a writer waits for another. A kit of 1,000 references is written in under a second."""

WRITES = "counterfoil_writes"
"""The execution option of connections that will write."""


def open_sqlite(url: URL, *, read_only: bool) -> Engine:
    """An engine on the file, whose folder is made where it is missing."""
    if not url.database or url.database == ":memory:":
        raise CatalogError(
            "The records need a file: a database in memory is lost with its connection.",
            hint="Use a URL such as sqlite:///.counterfoil/catalog.db.",
        )
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogError(
            f"The folder {folder} cannot be made: {error.strerror}.",
            hint="Choose one that this user may write.",
        ) from error
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_reader if read_only else _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transaction handling would begin late and skip DDL: `begin` below does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")  # with WAL, safe against a crash of the process
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _prepare_reader(connection: sqlite3.Connection, record: object) -> None:
    _prepare(connection, record)
    connection.execute("PRAGMA query_only = ON")


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Put the file into WAL mode, which it then keeps.

    SQLite does not apply the busy timeout to this change: of two processes that meet in a new file, the
    second is told "locked" at once (https://sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY").
    """
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
