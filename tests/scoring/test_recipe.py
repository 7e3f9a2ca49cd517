"""Recipes are data: in and out of YAML unchanged, and refused with the reason."""

import pytest

from scoring.errors import RecipeError
from scoring.funnel import Funnel
from scoring.recipe import Recipe


def test_the_default_recipe_survives_yaml_and_runs() -> None:
    recipe = Recipe.default()
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
    assert Funnel(recipe).recipe.id == "default@1"


BASE = "name: x\nversion: 1\n"
REFUSED = [
    ("steps: [", "not YAML", "broken YAML"),
    (BASE + "steps: [[names], [names]]\nsignals: {names: {weight: 1}}", "more than once", "a signal twice"),
    (
        BASE + "steps: [[names]]\nsignals: {names: {weight: 1}, logo: {weight: 1}}",
        "runs in no step",
        "tuned, never run",
    ),
    (
        BASE + "steps: [[names]]\nsignals: {names: {weight: 1}}\n"
        "short_circuits: [{name: a, require: {logo: high}}]",
        "waits for logo",
        "a short circuit on a signal that never runs",
    ),
    (
        BASE + "steps: [[names]]\nsignals: {names: {weight: 1}}\ntiers: {priority: 0.5, watch: 0.6}",
        "tiers must descend",
        "tiers out of order",
    ),
    (BASE + "steps: [[names]]\nsignals: {names: {weight: 0}}", "greater than 0", "a weight of nothing"),
    (BASE + "stepz: []\nsteps: [[names]]\nsignals: {names: {weight: 1}}", "stepz", "a misspelt field"),
    ("just text", "recipe", "not a mapping"),
]


@pytest.mark.parametrize(("text", "says", "reason"), REFUSED, ids=[case[2] for case in REFUSED])
def test_refused_with_the_reason(text: str, says: str, reason: str) -> None:
    with pytest.raises(RecipeError, match=says):
        Recipe.from_yaml(text)
