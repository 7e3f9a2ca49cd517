"""What a person types, and what of it is kept."""

import json

import pytest
from typer.testing import CliRunner

from cluster.state import State
from counterfoil import app
from scoring.errors import CatalogError, SettingsError
from tests.pipelines.markets import TENANT


@pytest.fixture
def run(state, server):
    """Runs a command on the state's home, and gives what it prints; our errors come through."""
    environment = {
        "COUNTERFOIL_HOME": str(state.settings.home),
        "COUNTERFOIL_GOOGLE_VISION__ENDPOINT": server.endpoint,
    }

    def run(*arguments, tenant=TENANT):
        command = [*arguments, "--tenant", tenant]
        return CliRunner(env=environment).invoke(app, command, catch_exceptions=False).output

    return run


def test_helpers_are_turned_on_and_off_by_somebody(run, state):
    assert "logo     off  0/100 today, $1.50 for 1,000  (never turned on)" in run("paid", "status")
    shown = run("paid", "on", "--helper", "logo, web", "--cap", "7", "--by", "ada")
    assert "web      on   0/7 today, $3.50 for 1,000" in shown
    assert "by ada" in shown
    assert state.catalog.opt_ins.turned_on(TENANT) == {"vision_logo", "vision_web"}
    told = json.loads(run("paid", "off", "--helper", "web", "--by", "grace", "--json"))
    by_helper = {it["helper"]: (it["on"], it["changed_by"], it["cap"]) for it in told}
    assert by_helper == {
        "logo": (True, "ada", 7),
        "text": (False, None, 100),
        "web": (False, "grace", 7),
        "objects": (False, None, 100),
    }


def test_without_a_name_on_is_what_the_recipe_reads_and_off_is_everything(run, state):
    run("paid", "on", "--helper", "objects")
    run("paid", "on")
    assert len(state.catalog.opt_ins.turned_on(TENANT)) == 4
    run("paid", "off")
    run("paid", "on")
    assert state.catalog.opt_ins.turned_on(TENANT) == {"vision_logo", "vision_text", "vision_web"}


def test_a_helper_that_nothing_reads_is_called_useless(run):
    assert "no signal of the recipe reads it" in run("paid", "on", "--helper", "objects")
    assert "no signal" not in run("paid", "off", "--helper", "objects")


def test_a_misspelt_helper_changes_nothing(run, state):
    with pytest.raises(SettingsError, match=r"no helper 'logos'. Known: logo,text,web,objects"):
        run("paid", "on", "--helper", "web,logos")
    assert state.catalog.opt_ins.of(TENANT) == ()


def test_usage_by_day_and_in_total(run, state):
    state.catalog.usage.take(TENANT, "vision_web", 3, unit_micros=3500, default_cap=9)
    assert "vision_web             3  $0.0105" in run("usage")
    told = json.loads(run("usage", "--json"))
    assert (told["usd"], [(it["resource"], it["units"]) for it in told["usage"]]) == (
        0.0105,
        [("vision_web", 3)],
    )


def test_a_reference_is_allowed_searched_for_and_forbidden(run, state, server):
    mine, _ = json.loads(run("reference", "list", "--json"))
    assert not mine["web_search"]
    run("paid", "on", "--helper", "web")
    with pytest.raises(CatalogError, match="Nobody allowed"):
        run("reference", "search-web", mine["id"])
    run("reference", "allow-web", mine["id"], "--by", "ada")
    shown = run("reference", "list").splitlines()
    assert [line.endswith("web search allowed") for line in shown] == [True, False]
    assert run("reference", "search-web", mine["id"]) == "The web knows nothing like it.\n"
    run("reference", "forbid-web", mine["id"])
    with pytest.raises(CatalogError, match="Nobody allowed"):
        run("reference", "search-web", mine["id"])
    assert server.pictures == 1


def test_a_library_that_was_built_before_is_known_to_be_old(state):
    before = state.stamp(TENANT)
    state.catalog.opt_ins.turn(TENANT, ["vision_web"], on=True, by="ada")
    after = State(state.settings).stamp(TENANT)
    assert after != before
    state.catalog.opt_ins.turn(TENANT, ["vision_web"], on=False, by="ada")
    assert state.stamp(TENANT) == before
