"""A recipe for a category's listings: both paths judge by it there, everything else goes on as before."""

import json

import pytest
from typer.testing import CliRunner

from cluster.encoder_plan import place_of
from cluster.funnels import Funnels
from cluster.library import build_library
from cluster.recipes import checked, set_recipe
from cluster.state import State
from counterfoil import app
from deployments.libraries import Held
from scoring.brand import Brand
from scoring.errors import CatalogError, RecipeError
from scoring.listing import Listing
from scoring.recipe import Recipe

TENANT = "acme"
DEFAULT = Recipe.default_text()
LOOSE = DEFAULT.replace(
    "tiers: {priority: 0.85, watch: 0.65, low: 0.40}", "tiers: {priority: 0.85, watch: 0.6, low: 0.1}"
)
BRAND = Brand(name="Northpine")


@pytest.fixture
def state(settings):
    state = State(settings)
    with state.catalog:
        state.catalog.tenants.ensure(TENANT)
        state.catalog.brands.save(TENANT, BRAND)
        yield state


def run(state, tmp_path, *words, text=None):
    if text is not None:
        (tmp_path / "mine.yaml").write_text(text)
        words = (str(tmp_path / "mine.yaml"), *words)
    env = {"COUNTERFOIL_HOME": str(state.settings.home), "COUNTERFOIL_ENCODER": "none"}
    done = CliRunner().invoke(
        app, ["recipe", "set", *words, "--tenant", TENANT, "--by", "ann", "--json"], env=env
    )
    if done.exception is not None:
        raise done.exception
    return json.loads(done.stdout)


def judged(state, category):
    listing = Listing(platform="ebay", listing_id="1", title="lid for Northpine bottles", category=category)
    library = build_library(state, TENANT)
    bulk = Funnels(library.recipe, library.category_recipes).at(place_of(listing))
    online = Held.build(state, TENANT).funnels.at(place_of(listing))
    assert online.recipe == bulk.recipe
    verdict = bulk.judge(listing, [BRAND], dict(library.unavailable), tenant=TENANT)
    return verdict.tier, verdict.recipe_version


def test_a_categorys_listings_are_judged_by_its_own_and_all_others_as_before(state, tmp_path):
    before = state.stamp(TENANT)
    assert judged(state, "Shoes") == (4, "default@1")
    said = run(state, tmp_path, "--category", " Shoes ", text=LOOSE)
    assert (said["recipe"], said["changed"]) == ("acme@1", True)
    assert state.stamp(TENANT) != before, "a server notices"
    assert judged(state, "SHOES") == (3, "acme@1")
    for other in ("bags", None):
        assert judged(state, other) == (4, "default@1"), other
    assert state.catalog.recipes.active(TENANT) is None
    assert not run(state, tmp_path, "--category", "shoes", text=LOOSE)["changed"], "it judges so already"

    set_recipe(state, TENANT, DEFAULT.replace("names: {weight: 0.8", "names: {weight: 0.6"), by="ann")
    assert judged(state, "shoes")[1] == "acme@1"
    assert judged(state, "bags")[1] == "acme@2"
    assert run(state, tmp_path, "--category", "shoes", "--version", "2")["recipe"] == "acme@2"
    assert run(state, tmp_path, "--category", "shoes", "--version", "active")["changed"]
    assert not run(state, tmp_path, "--category", "shoes", "--version", "active")["changed"], "it has none"
    assert judged(state, "shoes")[1] == "acme@2"


def test_what_cannot_work_or_is_not_there_changes_nothing(state, tmp_path):
    with pytest.raises(RecipeError):
        run(state, tmp_path, "--category", "shoes", text=DEFAULT.replace("weight: 1.0", "weight: -1.0"))
    with pytest.raises(CatalogError, match="no recipe '7'"):
        run(state, tmp_path, "--category", "shoes", "--version", "7")
    assert state.catalog.recipes.by_category(TENANT) == {}


def test_a_library_asks_for_what_any_of_its_recipes_reads(state, tmp_path):
    general = checked(DEFAULT)
    library = build_library(state, TENANT)
    assert library.recipes == (general,)
    run(state, tmp_path, "--category", "shoes", text=LOOSE)
    assert [it.id for it in build_library(state, TENANT).recipes] == ["default@1", "acme@1"]
