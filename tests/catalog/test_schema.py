"""Migrations: complete, safe to meet in, and carried by the package."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_mock_engine, inspect

from catalog import schema
from catalog.database import connect
from catalog.migrations.__main__ import main
from catalog.models import Table
from catalog.records import open_catalog
from scoring.errors import CatalogError


@pytest.fixture
def database(tmp_path):
    database = connect(tmp_path / "catalog.db")
    yield database
    database.engine.dispose()


def test_the_migrations_lead_to_the_models(database):
    schema.upgrade(database)
    assert schema.differences(database) == []


def test_a_difference_would_be_seen(database):
    schema.upgrade(database)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE tenants ADD COLUMN surprise TEXT")
        connection.exec_driver_sql("DROP INDEX ix_scans_tenant")
    assert {difference[0] for difference in schema.differences(database)} == {"remove_column", "add_index"}


def test_upgrading_twice_does_nothing(database):
    schema.upgrade(database)
    schema.upgrade(database)
    schema.require_current(database)


def test_tables_that_are_missing_are_named(database):
    with pytest.raises(CatalogError, match=r"not set up for this version.*migrations upgrade"):
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


def script(path):
    """A program that opens a catalogue, wherever it is started."""
    root = Path(__file__).parents[2]
    lines = [
        f"import sys; sys.path.insert(0, {str(root)!r})",
        "from catalog.records import open_catalog",
        f"open_catalog({path!r}).tenants.ensure('acme')",
    ]
    return [sys.executable, "-c", "\n".join(lines)]


def test_processes_and_threads_may_meet_in_a_new_catalogue_wherever_they_stand(tmp_path):
    command = script("sqlite:///here/catalog.db")
    started = [subprocess.Popen(command, cwd=tmp_path) for _ in range(2)]  # noqa: S603 - the script above
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(opened, [tmp_path / f"{number}.db" for number in (1, 1, 2, 3)]))
    assert others == [()] * 4
    assert [process.wait(60) for process in started] == [0, 0]
    assert opened(tmp_path / "here" / "catalog.db") == ("acme",)


def test_a_path_with_a_percent_sign_is_a_path(tmp_path):
    assert opened(tmp_path / "100%" / "catalog.db") == ()


def test_the_tables_are_plain_enough_for_postgresql():
    statements = []
    engine = create_mock_engine("postgresql+psycopg://", lambda sql, *_, **__: statements.append(sql))
    Table.metadata.create_all(engine, checkfirst=False)
    made = "\n".join(str(statement.compile(dialect=engine.dialect)) for statement in statements)
    assert made.count("CREATE TABLE") == len(Table.metadata.tables)
    assert "TIMESTAMP WITH TIME ZONE" in made


def test_the_command_upgrades_and_explains_itself(tmp_path, database):
    assert main(["upgrade", f"sqlite:///{tmp_path}/catalog.db"]) is None
    assert {"tenants", "brands", "recipes", "scans", "brand_references"} <= set(
        inspect(database.engine).get_table_names()
    )
    assert "not a usable database URL" in main(["upgrade", "nonsense"])
    assert "upgrade URL" in main([])
