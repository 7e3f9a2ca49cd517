"""Bringing a record store to the tables this version expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

from catalog.database import Database, connect
from catalog.faults import translated
from catalog.models import Table
from scoring.errors import CatalogError

_MIGRATIONS = Path(__file__).parent / "migrations"
_TURN = Lock()  # Alembic keeps the migration that runs in a global of its own

_LOCK = 0x0C0F_0111
"""The advisory lock of whoever changes a server's tables. Any number will do that nobody else takes."""


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, all in one transaction.

    Safe from several threads and processes at once: whoever comes second finds nothing to do. Raises
    `CatalogError` where a newer Counterfoil has been here.
    """
    with translated(), database.engine.connect() as connection:
        if not _pending(connection, database):
            return  # without waiting for a writer
    with _migrating(database) as connection:
        if _pending(connection, database):
            command.upgrade(_config(connection), "head")


def downgrade(database: Database, revision: str) -> None:
    """Undo the migrations after a revision (`base`: all of them), with what their tables and columns hold.

    In one transaction. Raises `CatalogError` for a revision that is unknown or not behind the present one.
    """
    with _migrating(database) as connection:
        _pending(connection, database)  # a newer Counterfoil's tables are not ours to change
        try:
            command.downgrade(_config(connection), revision)
        except CommandError as error:
            raise CatalogError(
                f"The record store cannot be taken back to {revision!r}: {error}.",
                hint="Name a revision of catalog/migrations/versions that was passed already, or base.",
            ) from error


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """A transaction that changes tables, alone in doing so: SQLite has one writer anyway."""
    with _TURN, translated(), database.writer.begin() as connection:
        if not database.embedded:
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield connection


def revisions() -> tuple[Script, ...]:
    """Every migration this version carries, the newest first."""
    return tuple(ScriptDirectory(str(_MIGRATIONS)).walk_revisions())


def require_current(database: Database) -> None:
    """Raise `CatalogError` unless the tables are those this version expects."""
    with translated(), database.engine.connect() as connection:
        if _pending(connection, database):
            raise CatalogError(
                f"The record store at {database.shown} is not set up for this version.",
                hint="Run `counterfoil catalogue upgrade` once, before the workers start.",
            )


def differences(database: Database) -> list[object]:
    """What the models and the database disagree on; empty where the migrations are complete."""
    with translated(), database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, Table.metadata))


def write_revision(message: str) -> Path:
    """Write the migration from the newest revision to the models as they are. Read it before committing."""
    with TemporaryDirectory() as folder:
        database = connect(Path(folder) / "catalog.db")
        upgrade(database)
        number = 1 + len(list((_MIGRATIONS / "versions").glob("v[0-9]*.py")))
        with database.writer.begin() as connection:
            config = _config(connection)
            script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        database.close()
    if script is None or isinstance(script, list):
        raise CatalogError("Alembic wrote no single revision.", hint="Look at catalog/migrations/versions.")
    return Path(script.path)


def _pending(connection: Connection, database: Database) -> bool:
    scripts = ScriptDirectory.from_config(_config(connection))
    known = {script.revision for script in scripts.walk_revisions()}
    heads = set(scripts.get_heads())
    current = set(MigrationContext.configure(connection).get_current_heads())
    if current - known:
        raise CatalogError(
            f"The record store at {database.shown} was made by a newer Counterfoil "
            f"(tables at {', '.join(sorted(current))}; this version knows {', '.join(sorted(heads))}).",
            hint="Install the newer version, or open another catalogue.",
        )
    return current != heads


def _config(connection: Connection) -> Config:
    config = Config()
    # Alembic reads % as its own, and paths may hold it.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
