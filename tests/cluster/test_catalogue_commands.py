"""`counterfoil catalogue` and `index`: what a person types, and what is refused."""

import json

import pytest
from typer.testing import CliRunner

from catalog.records import open_catalog
from cluster.catalogue_commands import catalogue
from cluster.index_commands import index
from scoring.errors import CatalogError, SettingsError


def run(app, *arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def file(tmp_path):
    with open_catalog(tmp_path / "from.db") as catalog:
        catalog.tenants.ensure("acme")
    return tmp_path / "from.db"


def test_a_catalogue_is_copied_once(file, tmp_path):
    said = run(catalogue, "copy", file, tmp_path / "to.db", "--json")
    assert json.loads(said.stdout)["rows"]["tenants"] == 1
    with pytest.raises(CatalogError, match="holds records already"):
        run(catalogue, "copy", file, tmp_path / "to.db")


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(CatalogError, match="There is no file"):
        run(catalogue, "copy", tmp_path / "nowhere.db", tmp_path / "to.db")
    assert not list(tmp_path.iterdir())


def test_a_server_s_tables_are_made(postgres):
    url = postgres.url(empty=True)
    assert run(catalogue, "upgrade", url).exit_code == 0
    with open_catalog(url) as catalog:
        assert catalog.tenants.names() == ()


def test_an_index_needs_a_server_to_go_to():
    with pytest.raises(SettingsError, match="Set COUNTERFOIL_QDRANT_URL"):
        run(index, "push")
