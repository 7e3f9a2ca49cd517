"""A tenant's recipes: kept, put to use, taken back, compared; and what cannot work is never used."""

import json

import pytest
from typer.testing import CliRunner

from cluster.recipe_commands import recipe as commands
from cluster.recipes import MAX_BYTES, checked, find_recipe, roll_back, set_recipe
from cluster.state import State
from scoring.errors import CatalogError, CounterfoilError, RecipeError
from scoring.recipe import Recipe

TENANT = "acme"
DEFAULT = Recipe.default_text()
STRICTER = DEFAULT.replace("names: {weight: 0.8", "names: {weight: 0.6")
ELSEWHERE = DEFAULT.replace("  logo: {weight: 1.0,", "  logo: {weight: 1.0, options: {regions: [top_right]},")


@pytest.fixture
def state(settings):
    state = State(settings)
    with state.catalog:
        state.catalog.tenants.ensure(TENANT)
        yield state


def put(state, text, by="ann"):
    return set_recipe(state, TENANT, text, by=by)


def test_a_recipe_is_numbered_named_after_its_tenant_and_used(state):
    changed = put(state, STRICTER)
    assert (changed.changed, changed.version, changed.recipe.id) == (True, "1", "acme@1")
    assert [it.what for it in changed.differences] == ["signals.names.weight"]
    assert state.recipe(TENANT).signals["names"].weight == 0.6


def test_its_comments_are_kept(state):
    put(state, STRICTER)
    kept = state.catalog.recipes.active(TENANT).document
    assert "# Cheapest first." in kept
    assert [line for line in kept.splitlines() if line.startswith(("name:", "version:"))] == [
        "name: acme",
        "version: 1",
    ]


def test_a_document_whose_lines_cannot_be_numbered_is_written_anew(state):
    written = json.dumps(Recipe.from_yaml(STRICTER).model_dump(mode="json"))
    put(state, written)
    assert state.recipe(TENANT).id == "acme@1"


def test_a_name_of_its_own_stays(state):
    assert put(state, STRICTER.replace("name: default", "name: summer")).recipe.id == "summer@1"


def test_what_judges_alike_is_no_new_version(state):
    put(state, STRICTER)
    again = put(state, STRICTER.replace("version: 1", "version: 9") + "# and a comment\n")
    assert (again.changed, again.version) == (False, "1")
    assert len(state.catalog.recipes.of(TENANT)) == 1


def test_the_default_can_be_pinned(state):
    """A newer Counterfoil's default would otherwise be the tenant's at once."""
    pinned = put(state, DEFAULT)
    assert (pinned.changed, pinned.version, pinned.differences) == (True, "1", ())


def test_rolling_back_to_a_version_and_to_the_default(state):
    put(state, STRICTER)
    put(state, ELSEWHERE)
    back = roll_back(state, TENANT, "1", by="bob")
    assert (back.version, state.recipe(TENANT).id) == ("1", "acme@1")
    assert not roll_back(state, TENANT, "1", by="bob").changed
    assert roll_back(state, TENANT, "default", by="cleo").version is None
    assert state.recipe(TENANT) == Recipe.default()
    assert [(it.version, it.by) for it in state.catalog.recipes.changes(TENANT)] == [
        ("1", "ann"),
        ("2", "ann"),
        ("1", "bob"),
        (None, "cleo"),
    ]


def test_numbers_go_on_after_rolling_back(state):
    put(state, STRICTER)
    put(state, ELSEWHERE)
    roll_back(state, TENANT, "1", by="bob")
    assert put(state, DEFAULT).version == "3"


def test_what_cannot_work_changes_nothing(state):
    put(state, STRICTER)
    with pytest.raises(RecipeError):
        put(state, STRICTER.replace("names", "namez"))
    assert state.recipe(TENANT).id == "acme@1"


def test_a_recipe_that_stopped_working_can_be_replaced(state):
    state.catalog.recipes.put(
        TENANT, version="1", document="name: old\nversion: 1\nsteps: [[gone]]\nsignals: {}"
    )
    assert put(state, STRICTER).version == "2"
    with pytest.raises(RecipeError, match="gone"):
        roll_back(state, TENANT, "1", by="bob")
    assert state.recipe(TENANT).id == "acme@2"


def test_another_tenant_is_not_touched(state):
    state.catalog.tenants.ensure("other")
    put(state, STRICTER)
    assert state.recipe("other") == Recipe.default()
    with pytest.raises(CatalogError, match="it has none of its own"):
        roll_back(state, "other", "1", by="eve")


NOTES = [
    (DEFAULT, "no encoder is configured", "a signal that will abstain"),
    (
        DEFAULT.replace("[authorised_seller, second_hand]", "[second_hand]"),
        "own shops will be accused",
        "no list",
    ),
    (
        DEFAULT.replace("[authorised_seller, second_hand]", "[authorised_seller]"),
        "people who resell",
        "no resale",
    ),
    (
        DEFAULT.replace("high: 0.65, auxiliary: true}", "high: 0.65}"),
        "lets price, consistency accuse alone",
        "stronger than in the default",
    ),
    (
        DEFAULT.replace(", watch_terms, gtin]", ", gtin]").replace(
            "  watch_terms: {weight: 0.8, moderate: 0.5, high: 0.85}\n", ""
        ),
        "does not run watch_terms",
        "a signal that the default has: what an upgrade adds",
    ),
]


@pytest.mark.parametrize(("text", "says", "reason"), NOTES, ids=[case[2] for case in NOTES])
def test_what_may_not_be_meant_is_noted(state, text, says, reason):
    assert any(says in note for note in put(state, text).notes), reason


CALLED = [
    ("7", "no recipe '7'; it has 1", "a version there is not"),
    ("nowhere.yaml", r"cannot be read: No such file .* 'active' or 'default'", "a file there is not"),
]


@pytest.mark.parametrize(("called", "says", "reason"), CALLED, ids=[case[2] for case in CALLED])
def test_a_recipe_that_cannot_be_found(state, called, says, reason):
    put(state, STRICTER)
    with pytest.raises(CounterfoilError, match=says):
        find_recipe(state, TENANT, called)


def test_found_by_any_name(state, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(ELSEWHERE)
    put(state, STRICTER)
    found = {called: find_recipe(state, TENANT, called) for called in ("active", "default", "1", str(file))}
    assert found["active"] == found["1"] != found["default"] == Recipe.default()
    assert found[str(file)] == Recipe.from_yaml(ELSEWHERE)


@pytest.mark.parametrize("data", [b"#" * (MAX_BYTES + 1), b"name: \xff"], ids=["too large", "not UTF-8"])
def test_a_file_that_is_no_recipe(state, tmp_path, data):
    (tmp_path / "x.yaml").write_bytes(data)
    with pytest.raises(RecipeError, match=r"bytes, which no recipe has|not UTF-8"):
        find_recipe(state, TENANT, str(tmp_path / "x.yaml"))


@pytest.fixture
def run(state, settings, monkeypatch):
    monkeypatch.setenv("COUNTERFOIL_HOME", str(settings.home))

    def run(*args, code=0):
        result = CliRunner().invoke(commands, [*args, "--tenant", TENANT])
        assert result.exit_code == code, result.output
        return result

    return run


def test_the_commands_from_showing_to_rolling_back(run, tmp_path):
    file = tmp_path / "mine.yaml"
    assert run("show").stdout == DEFAULT
    assert "has no recipe of its own" in run("show", "--history").stdout
    file.write_text(STRICTER)
    said = run("set", str(file), "--by", "ann").stdout
    assert "judged by acme@1 (version 1) from now on" in said
    assert "names counts with weight 0.6 instead of 0.8." in said
    assert "Nothing changes" in run("set", str(file)).stdout
    assert "0.6 instead of 0.8" in run("diff", "default").stdout
    assert run("diff", "default", "default").stdout == "They judge alike.\n"
    assert "(the default)" in run("set", "--version", "default", "--by", "bob").stdout
    history = run("show", "--history").stdout
    assert "by ann" in history
    assert "by bob" in history


def test_the_commands_for_programs(run, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(STRICTER)
    assert json.loads(run("set", str(file), "--json").stdout)["version"] == "1"
    assert json.loads(run("show", "--json").stdout)["name"] == "acme"
    [difference] = json.loads(run("diff", "default", "active", "--json").stdout)
    assert (difference["what"], difference["before"], difference["after"]) == (
        "signals.names.weight",
        0.8,
        0.6,
    )
    history = json.loads(run("show", "--history", "--json").stdout)
    assert [it["version"] for it in history["versions"]] == ["1"]


def test_setting_nothing_or_two_things_is_an_error_that_says_what_to_do(run, tmp_path):
    assert "Name a FILE" in str(run("set", code=1).exception)
    assert "Name a FILE" in str(run("set", "x.yaml", "--version", "1", code=1).exception)


def test_the_shipped_recipe_is_one_that_can_work():
    assert checked(DEFAULT).id == "default@1"
