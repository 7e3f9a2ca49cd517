"""Migrations: complete, safe to meet in, and carried by the package."""

import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import inspect

from catalog import schema
from catalog.database import connect
from catalog.migrations.__main__ import main
from catalog.records import open_catalog
from scoring.errors import CatalogError


@pytest.fixture
def database(tmp_path):
    database = connect(tmp_path / "catalog.db")
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request, tmp_path):
    """A database without tables, by its URL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/catalog.db"
    return request.getfixturevalue("postgres").url(empty=True)


@pytest.fixture
def either(bare):
    database = connect(bare)
    yield database
    database.close()


REVISIONS = sorted(script.revision for script in schema.revisions())


def test_the_migrations_lead_to_the_models_and_back(either):
    schema.upgrade(either)
    assert schema.differences(either) == []
    for revision in reversed(REVISIONS[:-1]):
        schema.downgrade(either, revision)
        with pytest.raises(CatalogError, match="not set up for this version"):
            schema.require_current(either)
    schema.downgrade(either, "base")
    assert inspect(either.engine).get_table_names() == ["alembic_version"]
    schema.upgrade(either)
    assert schema.differences(either) == []


def test_going_back_to_nowhere_is_refused(either):
    schema.upgrade(either)
    with pytest.raises(CatalogError, match=r"back to 'elsewhere'.*or base"):
        schema.downgrade(either, "elsewhere")
    schema.require_current(either)


def test_a_migration_that_fails_leaves_no_trace(either):
    """All steps are one transaction: a table in the way of the last one undoes the first."""
    with either.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mark_detectors (surprise TEXT)")
    with pytest.raises(CatalogError, match="already exists"):
        schema.upgrade(either)
    assert inspect(either.engine).get_table_names() == ["mark_detectors"]


_UPGRADE = "import sys; from catalog import schema; from catalog.database import connect\n"
_UPGRADE += "schema.upgrade(connect(sys.argv[1]))"


def test_processes_may_meet_in_an_upgrade(bare, either):
    command = [sys.executable, "-c", _UPGRADE, bare]
    started = [subprocess.Popen(command, cwd=Path(__file__).parents[2]) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0] * 4
    schema.require_current(either)


def test_a_difference_would_be_seen(either):
    schema.upgrade(either)
    with either.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE tenants ADD COLUMN surprise TEXT")
        connection.exec_driver_sql("DROP INDEX ix_scans_tenant")
    assert {difference[0] for difference in schema.differences(either)} == {"remove_column", "add_index"}


def test_upgrading_twice_does_nothing(database):
    schema.upgrade(database)
    schema.upgrade(database)
    schema.require_current(database)


def test_tables_that_are_missing_are_named(database):
    with pytest.raises(CatalogError, match=r"not set up for this version.*catalogue upgrade"):
        schema.require_current(database)


def test_a_newer_catalogue_is_left_alone(database):
    schema.upgrade(database)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CatalogError, match=r"newer Counterfoil \(tables at 9999"):
        schema.upgrade(database)


def opened(path):
    with open_catalog(path) as catalog:
        return catalog.tenants.names()


@pytest.fixture
def installed(tmp_path):
    """The packages as a wheel leaves them: Python files only, in a folder with an awkward name."""
    root = Path(__file__).parents[2]
    for package in ("catalog", "scoring"):
        for source in (root / package).rglob("*.py"):
            target = tmp_path / "100% site" / source.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return tmp_path / "100% site"


def test_processes_may_meet_in_a_new_catalogue_wherever_they_and_the_package_are(tmp_path, installed):
    lines = [
        f"import sys; sys.path.insert(0, {str(installed)!r})",
        "from catalog.records import open_catalog",
        "open_catalog('sqlite:///here/catalog.db').tenants.ensure('acme')",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    started = [subprocess.Popen(command, cwd=tmp_path) for _ in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]
    assert opened(tmp_path / "here" / "catalog.db") == ("acme",)


def test_threads_may_meet_in_a_new_catalogue(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, [tmp_path / f"{number}.db" for number in (1, 1, 2, 3)])) == [()] * 4


def test_a_new_file_that_another_process_is_making_is_waited_for(tmp_path):
    """SQLite says "locked" at once where the file is not in WAL mode yet, whatever its busy timeout."""
    path = tmp_path / "catalog.db"
    making = Event()

    def make():
        with closing(sqlite3.connect(path, isolation_level=None)) as maker:
            maker.execute("CREATE TABLE early (name TEXT)")
            maker.execute("BEGIN IMMEDIATE")
            making.set()
            time.sleep(0.5)  # long enough for the other to try
            maker.execute("ROLLBACK")

    with ThreadPoolExecutor(1) as pool:
        maker = pool.submit(make)
        making.wait(5)
        assert opened(path) == ()
        maker.result(5)


def test_an_upgrade_waits_for_a_writer(database, tmp_path):
    """Reading first and writing later would fail at once, because the writer has come between."""
    writing = Event()

    def write():
        with closing(sqlite3.connect(tmp_path / "catalog.db", isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("CREATE TABLE another (name TEXT)")
            writing.set()
            time.sleep(0.5)  # long enough for the upgrade to begin
            writer.execute("COMMIT")

    schema.differences(database)  # the file is there, in its final mode
    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        writing.wait(5)
        schema.upgrade(database)
        writer.result(5)
    schema.require_current(database)


def test_the_command_upgrades_and_explains_itself(tmp_path, database):
    assert main(["upgrade", f"sqlite:///{tmp_path}/catalog.db"]) is None
    assert {"tenants", "brands", "recipes", "scans", "brand_references"} <= set(
        inspect(database.engine).get_table_names()
    )
    assert "not a usable database URL" in main(["upgrade", "nonsense"])
    assert main(["downgrade", f"sqlite:///{tmp_path}/catalog.db", "base"]) is None
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    assert "upgrade URL" in main([])
