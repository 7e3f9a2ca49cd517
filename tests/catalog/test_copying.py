"""A catalogue moves from a file to a server and back, whole or not at all."""

from datetime import date

import pytest
from sqlalchemy import JSON, Boolean, Date, Float, Integer, Text, text

from catalog import schema
from catalog.copying import copy_catalog
from catalog.database import connect
from catalog.detectors import NewDetector
from catalog.models import Table, UtcDateTime
from catalog.records import open_catalog
from scoring.errors import CatalogError
from tests.catalog.test_decisions import CONFIRMED, DISMISSED
from tests.catalog.test_records import NORTHPINE, reference


def fill(url, clock):
    """At least one row in every table, and values that stores like to bend."""
    with open_catalog(url, clock=clock) as catalog:
        for tenant in ("acme", "zubr", "a-b", "a_b"):
            catalog.tenants.ensure(tenant)
            catalog.brands.save(tenant, NORTHPINE)
        catalog.references.replace(
            "acme", "Northpine", [reference(), reference("é \U0001f512.png", digest="2")]
        )
        made = NewDetector(brand="Northpine", mark="pine", sha256="1" * 64, embedding="m", worth={"f": 0.1})
        catalog.detectors.add("acme", made)
        for number in range(1, 4):
            catalog.recipes.put("acme", version=str(number), document=f"a: '{number}\\n'")
        catalog.recipes.use_in("acme", "shoes", "2", by="ada")
        scan = catalog.scans.start("acme", ["file:a"])
        catalog.scans.finish("acme", scan.id, summary={"x": 1e-7, "y": [None, True, "\u2028"]})
        catalog.scans.start("acme", [])
        catalog.decisions.keep("acme", [CONFIRMED, DISMISSED])
        catalog.usage.take("acme", "calls", 2**40, unit_micros=3, default_cap=2**50)
        catalog.usage.set_cap("acme", "calls", 2**50, by="ada")
        catalog.opt_ins.turn("acme", ["vision_logo"], on=True, by="ada")
        catalog.opt_ins.allow_search("acme", catalog.references.of("acme")[0].id, by="ada")


@pytest.fixture
def file(tmp_path, clock):
    fill(f"sqlite:///{tmp_path}/from.db", clock)
    database = connect(tmp_path / "from.db")
    with database.writer.begin() as connection:
        for table in Table.metadata.sorted_tables:
            if connection.execute(table.select()).first() is None:
                connection.execute(table.insert().values(row_of(table, clock())))
    return database


def row_of(table, now):
    """Some row that a table takes: tables that this file knows nothing of are copied too."""
    values = {
        Text: "ü",
        Integer: 7,
        Float: 0.1,
        Boolean: True,
        Date: now.date(),
        UtcDateTime: now,
        JSON: {"x": [1, None]},
    }
    row = {}
    for column in table.columns:
        of_a_tenant = any(
            key.column.name == "tenant" or key.column.table.name == "tenants" for key in column.foreign_keys
        )
        fitting = (value for kind, value in values.items() if isinstance(column.type, kind))
        row[column.name] = "acme" if of_a_tenant else next(fitting)
    return row


def content(database):
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()).all()))
            for table in Table.metadata.sorted_tables
        }


def quietly(*_):
    """Progress that nobody looks at."""


def test_there_and_back_again(file, postgres, tmp_path):
    server, back = connect(postgres.url(empty=True)), connect(tmp_path / "back.db")
    told = []
    copied = copy_catalog(file, server, tell=lambda *what: told.append(what))
    assert copied.keys() == {table.name for table in Table.metadata.sorted_tables}
    assert all(copied.values()), "every table took part"
    assert ("tenants", 4, 4) in told
    assert copy_catalog(server, back, tell=quietly) == copied
    assert content(file) == content(server) == content(back)
    assert schema.differences(server) == []
    for database in (file, server, back):
        database.close()


def test_the_server_counts_on_from_there(file, postgres):
    url = postgres.url()
    copy_catalog(file, connect(url), tell=quietly)
    with open_catalog(url) as catalog:
        catalog.recipes.activate("acme", "1", by="ada")
        assert [change.version for change in catalog.recipes.changes("acme")] == ["1", "2", "3", "1"]
        assert catalog.usage.of("acme", since=date.min)[0].units == 2**40


def test_a_target_with_records_is_left_alone(file, store):
    with open_catalog(store) as catalog:
        catalog.tenants.ensure("there-first")
    with pytest.raises(CatalogError, match=r"holds records already \(tenants\).*empty"):
        copy_catalog(file, connect(store), tell=quietly)
    with open_catalog(store) as catalog:
        assert catalog.tenants.names() == ("there-first",)


def test_what_the_other_cannot_keep_stops_it_without_a_trace(file, postgres):
    with file.writer.begin() as connection:
        connection.execute(text("UPDATE recipes SET document = 'nul ' || char(0) WHERE version = '3'"))
    server = connect(postgres.url())
    with pytest.raises(CatalogError, match="NUL"):
        copy_catalog(file, server, tell=quietly)
    assert not any(content(server).values())


def test_a_copy_that_differs_is_not_kept(file, postgres):
    """A trigger that changes what is written stands for whatever a server may do."""
    url = postgres.url()
    server = connect(url)
    with server.writer.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION bend() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.changed_by := 'eve'; RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER bend BEFORE INSERT ON caps FOR EACH ROW EXECUTE FUNCTION bend()"
        )
    with pytest.raises(CatalogError, match=r"copy of caps differs .*Nothing was kept"):
        copy_catalog(file, server, tell=quietly)
    assert not any(content(server).values())
