"""Bringing a record store to the tables this version expects."""

from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from catalog.database import Database, connect, translated
from catalog.models import Table
from scoring.errors import CatalogError

_MIGRATIONS = Path(__file__).parent / "migrations"
_TURN = Lock()  # Alembic keeps the migration that runs in a global of its own


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, all in one transaction.

    Safe from several threads and processes at once: whoever comes second finds nothing to do. Raises
    `CatalogError` where a newer Counterfoil has been here.
    """
    with translated(), database.engine.connect() as connection:
        if not _pending(connection, database):
            return  # without waiting for a writer
    with _TURN, translated(), database.writer.begin() as connection:
        if _pending(connection, database):
            command.upgrade(_config(connection), "head")


def require_current(database: Database) -> None:
    """Raise `CatalogError` unless the tables are those this version expects."""
    with translated(), database.engine.connect() as connection:
        if _pending(connection, database):
            raise CatalogError(
                f"The record store at {_shown(database)} is not set up for this version.",
                hint="Run `python -m catalog.migrations upgrade URL` once, before the workers start.",
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
        database.engine.dispose()
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
            f"The record store at {_shown(database)} was made by a newer Counterfoil "
            f"(tables at {', '.join(sorted(current))}; this version knows {', '.join(sorted(heads))}).",
            hint="Install the newer version, or open another catalogue.",
        )
    return current != heads


def _shown(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=True)


def _config(connection: Connection) -> Config:
    config = Config()
    # Alembic reads % as its own, and paths may hold it.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
