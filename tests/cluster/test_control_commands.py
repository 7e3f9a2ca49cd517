"""Tenants, keys, caps and the kill switch from a person's point of view."""

import json

import pytest
from typer.testing import CliRunner

from cluster.pepper import pepper_of
from cluster.settings import Settings
from cluster.state import State
from counterfoil import app
from scoring.errors import CatalogError, SettingsError


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def run(home):
    """Runs a command, and gives what it prints; our errors come through."""

    def run(*arguments, **more):
        runner = CliRunner(env={"COUNTERFOIL_HOME": str(home)})
        return runner.invoke(app, list(arguments), catch_exceptions=False, **more).output

    return run


@pytest.fixture
def state(home, run):
    run("tenant", "add", "acme")
    state = State(Settings(home=home, encoder=None))
    yield state
    state.catalog.close()


def test_tenants_come_and_go(run, state):
    assert run("tenant", "add", "acme") == "acme is there already.\n"
    run("tenant", "add", "rival")
    state.blobs("acme").put(b"a picture")
    assert json.loads(run("tenant", "list", "--json")) == ["acme", "rival"]
    assert "Forget acme" in run("tenant", "remove", "acme", input="n\n")
    assert run("tenant", "list") == "acme\nrival\n"
    run("tenant", "remove", "acme", "--yes")
    assert run("tenant", "list") == "rival\n"
    assert not (state.settings.home / "blobs" / "acme").exists()
    with pytest.raises(CatalogError, match="no tenant 'acme'"):
        run("tenant", "remove", "acme", "--yes")


def test_a_tenant_chooses_which_pictures_are_kept(run, state):
    assert run("tenant", "keep", "acme") == "acme: one_of_each, as the settings say\n"
    assert run("tenant", "keep", "acme", "routed") == "acme: routed\n"
    assert state.catalog.tenants.keep_pictures("acme") == "routed"
    with pytest.raises(SettingsError, match="routed, one_of_each, all, default"):
        run("tenant", "keep", "acme", "everything")
    assert run("tenant", "keep", "acme", "default") == "acme: one_of_each, as the settings say\n"


def test_a_key_is_shown_once(run, state):
    made = json.loads(run("key", "create", "--tenant", "acme", "--days", "90", "--by", "ada", "--json"))
    assert state.catalog.keys.find(made["key"], pepper=pepper_of(state.settings)).id == made["id"]
    listed = run("key", "list", "--tenant", "acme")
    assert made["id"] in listed
    assert made["key"] not in listed
    assert "last used never" in listed
    new = json.loads(run("key", "rotate", made["id"], "--overlap-hours", "1", "--json"))
    assert state.catalog.keys.find(new["key"], pepper=pepper_of(state.settings)).tenant == "acme"
    run("key", "revoke", made["id"])
    assert "revoked" in run("key", "list")
    with pytest.raises(SettingsError, match="no role 'root'"):
        run("key", "create", "--tenant", "acme", "--role", "root")


def test_caps_and_who_changed_them(run, state):
    assert "0 of 1,000 today (the settings')" in run("caps", "show", "--tenant", "acme")
    run("caps", "set", "--tenant", "acme", "image_similarity", "5", "--by", "ada")
    run("caps", "prefer", "--tenant", "acme", "text")
    shown = run("caps", "show", "--tenant", "acme")
    assert "0 of 5 today (the tenant's own)" in shown
    assert shown.endswith("text\n")
    run("caps", "set", "--tenant", "acme", "image_similarity", "default", "--by", "bob")
    history = run("caps", "history", "--tenant", "acme").splitlines()
    assert ["default" in history[0], "bob" in history[0], "ada" in history[1]] == [True, True, True]
    for units in ("-1", "many", "٣"):
        with pytest.raises(SettingsError, match="no number of units"):
            run("caps", "set", "--tenant", "acme", "image_similarity", "--", units)
    with pytest.raises(SettingsError, match="cannot be preferred"):
        run("caps", "prefer", "--tenant", "acme", "pictures")


def test_the_switch_is_turned_and_tells(run, state):
    assert run("kill-switch", "status") == "Nothing is stopped.\n"
    run("kill-switch", "on", "--why", "a runaway bill", "--by", "ada")
    run("kill-switch", "on", "--tenant", "acme", "--resource", "marks", "--by", "ada")
    assert "Stopped: every call, since" in run("kill-switch", "status")
    still = run("kill-switch", "off", "--by", "bob")
    assert "Goes on: every call." in still
    assert "Still stopped: every marks call of tenant 'acme'" in still
    told = json.loads(run("kill-switch", "status", "--json"))
    assert [it["resource"] for it in told["standing"]] == ["marks"]
    assert [(it["on"], it["by"]) for it in told["history"]] == [
        (False, "bob"),
        (True, "ada"),
        (True, "ada"),
    ]
