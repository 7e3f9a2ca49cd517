"""Everything of a tenant's goes, from every table there is or will be; and nothing of anybody else's."""

import pytest
from sqlalchemy import JSON, Boolean, Date, Float, Integer, Text

from catalog.database import connect
from catalog.erasure import naming_pictures
from catalog.models import Table, UtcDateTime
from catalog.records import open_catalog

TENANTS = ("acme-marker", "rival")


def fill_every_table(database, now):
    """A row of each tenant's in every table, tables that nobody here knows of included.

    Texts are the tenant's own, so that foreign keys into another table of the same row's values hold.
    """
    with database.writer.begin() as connection:
        for tenant in TENANTS:
            for table in Table.metadata.sorted_tables:
                connection.execute(table.insert().values(row_of(table, tenant, now)))


def row_of(table, tenant, now):
    values = {
        Text: f"text of {tenant}",
        Integer: 7 + TENANTS.index(tenant),
        Float: 0.1,
        Boolean: True,
        Date: now.date(),
        UtcDateTime: now,
        JSON: {"of": tenant},
    }
    row = {}
    for column in table.columns:
        is_name = column.name == "tenant" or (table.name, column.name) == ("tenants", "name")
        fitting = (value for kind, value in values.items() if isinstance(column.type, kind))
        row[column.name] = tenant if is_name else next(fitting)
    return row


def content(database):
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()).all()))
            for table in Table.metadata.sorted_tables
        }


@pytest.fixture
def filled(store, clock):
    open_catalog(store).close()
    database = connect(store)
    fill_every_table(database, clock())
    yield database
    database.close()


def test_nothing_of_one_and_everything_of_the_other(filled, store, clock):
    """The raw tables are looked into: what they hold afterwards is the rival's, whole."""
    before = content(filled)
    assert all(len(rows) == 2 for rows in before.values()), "every table took part"
    with open_catalog(store, clock=clock) as catalog:
        counted = catalog.erasure.remaining("acme-marker")
        assert set(counted) == set(before)
        assert set(counted.values()) == {1}, counted
        catalog.erasure.erase("acme-marker")
        assert set(catalog.erasure.remaining("acme-marker").values()) == {0}
        assert set(catalog.erasure.remaining("rival").values()) == {1}
        assert catalog.erasure.tenants_left() == {"rival"}
    after = content(filled)
    for name, rows in before.items():
        assert after[name] == [row for row in rows if "acme-marker" not in row], name
        assert len(after[name]) == 1, name


def test_not_even_in_the_free_pages_of_the_file(tmp_path, clock):
    path = tmp_path / "catalog.db"
    open_catalog(path).close()
    database = connect(path)
    fill_every_table(database, clock())
    with open_catalog(path, clock=clock) as catalog:
        assert marked(tmp_path)
        catalog.erasure.erase("acme-marker")
        database.close()
        assert catalog.erasure.overwrite()
        assert marked(tmp_path) == []


def marked(folder):
    return [file.name for file in folder.iterdir() if b"acme-marker" in file.read_bytes()]


def test_tables_that_name_pictures_are_known_by_their_column():
    """A new table with a `sha256` keeps its blobs from retention without anybody thinking of it."""
    assert {"brand_references", "mark_detectors", "media", "negative_references"} <= set(naming_pictures())
    expiring = {"sighted_pictures", "case_evidence", "picture_groups", "grouped_pictures"}
    named = {table.name for table in Table.metadata.sorted_tables if "sha256" in table.columns}
    assert named - expiring == set(naming_pictures())


def test_a_documents_rows_are_handed_over(filled, store):
    with open_catalog(store) as catalog:
        told = catalog.erasure.documents("acme-marker", ("usage", "kill_switch"))
    assert [row["tenant"] for rows in told.values() for row in rows] == ["acme-marker"] * 2
