"""The connection to the record store: SQLite in a file, or PostgreSQL, behind the same sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from catalog.faults import translated
from catalog.postgres import PoolSizes, open_postgres
from catalog.sqlite import WRITES, open_sqlite
from scoring.errors import CatalogError


class Database:
    """Sessions for reading and for writing, each one transaction.

    SQLite takes the write lock at the start of a writing session (`BEGIN IMMEDIATE`): a session that
    reads first and writes later would otherwise fail at once, without waiting, whenever another
    writer came between. PostgreSQL has many writers at once; what must not meet is kept apart by row locks
    (`tenants.require_tenant`) and by single conditional statements (`usage`).
    """

    def __init__(self, engine: Engine, *, read_only: bool = False) -> None:
        self.engine = engine
        self._read_only = read_only
        self._read = sessionmaker(self.reader, expire_on_commit=False)
        self._write = sessionmaker(self.writer, expire_on_commit=False)

    @property
    def reader(self) -> Engine:
        """The same engine, whose transactions change nothing, and see one moment from first to last."""
        if self.embedded:
            return self.engine
        return self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def writer(self) -> Engine:
        """The same engine, for transactions that write.

        On PostgreSQL each statement must see what others have committed, whatever the default there.
        """
        if self.embedded:
            return self.engine.execution_options(**{WRITES: True})
        return self.engine.execution_options(
            isolation_level="READ COMMITTED", postgresql_readonly=self._read_only
        )

    @property
    def embedded(self) -> bool:
        """Whether the records are a file of ours rather than a server's."""
        return self.engine.dialect.name == "sqlite"

    @property
    def shown(self) -> str:
        """Where it is, without its password."""
        return self.engine.url.render_as_string(hide_password=True)

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

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def connect(url: str | Path, *, pool: PoolSizes | None = None, read_only: bool = False) -> Database:
    """A database at a SQLAlchemy URL, or at a path (an SQLite file, made where it is missing).

    With `read_only` the store itself refuses to change anything. `pool` holds for a server. Raises
    `CatalogError` for a URL that cannot be used.
    """
    target = _parsed(url)
    try:
        match target.get_backend_name():
            case "sqlite":
                return Database(open_sqlite(target, read_only=read_only))
            case "postgresql":
                if target.drivername == "postgresql":  # SQLAlchemy would look for psycopg 2
                    target = target.set(drivername="postgresql+psycopg")
                return Database(open_postgres(target, pool=pool or PoolSizes()), read_only=read_only)
            case other:
                raise CatalogError(
                    f"The records cannot be kept by {other}.", hint="Use SQLite, or PostgreSQL on a cluster."
                )
    except ModuleNotFoundError as error:
        raise CatalogError(
            f"The driver for {target.drivername} is not installed: {error.name}.",
            hint="Write postgresql+psycopg://user@host/name, whose driver comes with Counterfoil.",
        ) from error
    except SQLAlchemyError as error:
        raise _unusable(target.render_as_string(hide_password=True), error) from error


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
