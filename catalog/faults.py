"""The one place where the database's errors become ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scoring.errors import CatalogError, UnreachableError

_TAKEN = {
    "23505",  # unique_violation
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
}
_DANGLING = {"23503", sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY}
_READ_ONLY = {
    "25006",  # read_only_sql_transaction
    "42501",  # insufficient_privilege
    sqlite3.SQLITE_READONLY,
}

_PASSING = ("starting up", "shutting down", "recovery mode", "too many", "connection slots", "terminating")
"""What PostgreSQL says on connecting that it will not say for long. libpq hands over no code then, only the
words after FATAL; any other (a wrong password, no such database) stays until a person changes something."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise our errors for the database's.

    `UnreachableError` where waiting may help (a server that is away, a lock that another holds), otherwise
    `CatalogError`.
    """
    try:
        yield
    except PoolTimeout as error:
        raise UnreachableError(
            f"All connections of this process to the record store are taken: {error}.",
            hint="Raise COUNTERFOIL_DATABASE_POOL__OVERFLOW, or ask for less at once.",
        ) from error
    except SQLAlchemyError as error:
        if _may_pass(error):
            raise UnreachableError(
                f"The record store did not answer: {_reason(error)}.",
                hint="Check that its server runs, or that no other program locks the file; then try again.",
            ) from error
        raise CatalogError(
            f"The record store refused the request: {_reason(error)}.", hint=_hint(error)
        ) from error


def _may_pass(error: SQLAlchemyError) -> bool:
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        return "locked" in str(error.orig)  # anything else an SQLite file refuses, it refuses again
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    said = str(error.orig)
    return "FATAL:" not in said or any(words in said for words in _PASSING)


def _reason(error: SQLAlchemyError) -> str:
    """The driver's own words in one line; SQLAlchemy's would repeat the statement and its values."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return "; ".join(line.strip() for line in str(said).splitlines() if line.strip()).rstrip(".")


def _hint(error: SQLAlchemyError) -> str:
    code = _code(error)
    if code in _READ_ONLY:
        return "Use a role that may write the catalogue: see docs/servers.md."
    if isinstance(error, IntegrityError) and code in _TAKEN:
        return "Another process wrote the same record first: look at it, then repeat what is still due."
    if isinstance(error, IntegrityError) and code in _DANGLING:
        return "What the record belongs to is not there (any more): make it first."
    return "Check that its URL names a catalogue of Counterfoil's that this user may write."


def _code(error: SQLAlchemyError) -> str | int | None:
    """SQLSTATE on PostgreSQL, SQLite's extended error code there."""
    driver = error.orig if isinstance(error, DBAPIError) else None
    code: str | int | None = getattr(driver, "sqlstate", None) or getattr(driver, "sqlite_errorcode", None)
    # SQLite tells *why* it is read-only in the bits above.
    return code & 0xFF if isinstance(code, int) and code & 0xFF == sqlite3.SQLITE_READONLY else code
