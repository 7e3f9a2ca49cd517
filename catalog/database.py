"""The connection to the record store: SQLite in a file, or PostgreSQL, behind the same sessions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from scoring.errors import CatalogError, UnreachableError

BUSY_SECONDS = 15
"""How long a writer waits for another. A kit of 1,000 references is written in under a second."""

_WRITES = "counterfoil_writes"


@contextmanager
def translated() -> Iterator[None]:
    """The one place where the database's errors become ours.

    `UnreachableError` where waiting may help (a server that is away, a file kept locked), otherwise
    `CatalogError`.
    """
    try:
        yield
    except SQLAlchemyError as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        if _may_pass(error):
            raise UnreachableError(
                f"The record store did not answer: {reason}.",
                hint="Check that its server runs, or that no other program locks the file; then try again.",
            ) from error
        raise CatalogError(
            f"The record store refused the request: {reason}.",
            hint="Check that its URL names a catalogue of Counterfoil's that this user may write.",
        ) from error


def _may_pass(error: SQLAlchemyError) -> bool:
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        return "locked" in str(error.orig)  # anything else an SQLite file refuses, it refuses again
    return isinstance(error, (OperationalError, InterfaceError, exc.TimeoutError))


class Database:
    """Sessions for reading and for writing, each one transaction.

    SQLite takes the write lock at the start of a writing session (`BEGIN IMMEDIATE`): a session that
    reads first and writes later would otherwise fail at once, without waiting, whenever another
    writer came between.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._read = sessionmaker(engine, expire_on_commit=False)
        self._write = sessionmaker(self.writer, expire_on_commit=False)

    @property
    def writer(self) -> Engine:
        """The same engine, whose transactions take the write lock at their start."""
        return self.engine.execution_options(**{_WRITES: True})

    @property
    def embedded(self) -> bool:
        """Whether the records are a file of ours rather than a server's."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; every query in it sees the same moment."""
        with translated(), self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at its end, or leaves no trace where an error leaves it."""
        with translated(), self._write.begin() as session:
            yield session


def connect(url: str | Path, *, read_only: bool = False) -> Database:
    """A database at a SQLAlchemy URL, or at a path (an SQLite file, made where it is missing).

    With `read_only` nothing is made, and whatever would write is refused by the database itself.
    Raises `CatalogError` for a URL that cannot be used.
    """
    target = _parsed(url)
    if read_only:
        target = _reading_only(target)
    elif target.get_backend_name() == "sqlite":
        if not target.database or target.database == ":memory:":
            raise CatalogError(
                "The records need a file: a database in memory is lost with its connection.",
                hint="Use a URL such as sqlite:///.counterfoil/catalog.db.",
            )
        folder = Path(target.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogError(
                f"The folder {folder} cannot be made: {error.strerror}.",
                hint="Choose one that this user may write.",
            ) from error
    try:
        engine = create_engine(target, execution_options={"postgresql_readonly": True} if read_only else {})
    except ModuleNotFoundError as error:
        raise CatalogError(
            f"The driver for {target.drivername} is not installed: {error.name}.",
            hint="Install it, for instance with: pip install 'psycopg[binary]' for postgresql+psycopg://.",
        ) from error
    except SQLAlchemyError as error:
        raise _unusable(target.render_as_string(hide_password=True), error) from error
    if target.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_reader if read_only else _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _reading_only(target: URL) -> URL:
    """The same file, as one that SQLite may not write (`mode=ro` of https://sqlite.org/uri.html)."""
    if target.get_backend_name() != "sqlite" or (target.database or "").startswith("file:"):
        return target
    return target.set(
        database=f"file:{quote(str(Path(target.database or '').resolve()))}",
        query={**target.query, "mode": "ro", "uri": "true"},
    )


def _parsed(url: str | Path) -> URL:
    if isinstance(url, Path):
        return URL.create("sqlite", database=str(url))
    try:
        return make_url(url)
    except SQLAlchemyError as error:
        # The text may hold a password, so it is not repeated.
        raise _unusable("That URL", error) from None


def _unusable(url: str, error: SQLAlchemyError) -> CatalogError:
    return CatalogError(
        f"{url} is not a usable database URL ({type(error).__name__}).",
        hint="Write it like sqlite:///folder/catalog.db or postgresql+psycopg://user@host/name.",
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transaction handling would begin late and skip DDL: `begin` below does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")  # with WAL, safe against a crash of the process
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _prepare_reader(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


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


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
