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
    ("a: &a [1]\nb: *a", "aliases", "what may unfold to gigabytes"),
    ("[" * 40 + "]" * 40, "nests too deep", "what would end the stack"),
    (
        BASE + "name: y\nsteps: [[names]]\nsignals: {names: {weight: 1}}",
        "'name' stands there twice",
        "a key twice",
    ),
    (BASE + "steps: [[names]]\nsignals: {names: {weight: .inf}}", "finite", "a weight without end"),
    (
        BASE + "steps: [[names]]\nsignals: {names: {weight: 1, moderate: 0.9, high: 0.8}}",
        "moderate 0.9 lies above high 0.8",
        "levels out of order",
    ),
    (
        BASE + "steps: [[names, appearance]]\nsignals: {names: {weight: 1}, appearance: {weight: 1}}\n"
        "short_circuits: [{name: a, require: {appearance: high}}]",
        "bears no mark",
        "a look-alike at once in tier 1",
    ),
    (
        BASE + "steps: [[names, logo]]\nsignals: {names: {weight: 1}, logo: {weight: 1}}\n"
        "short_circuits: [{name: a, require: {logo: moderate}}, "
        "{name: b, require: {logo: high, names: high}}]",
        "'b' never decides: wherever it holds, 'a' has held",
        "a short circuit behind a looser one",
    ),
    (
        BASE + "steps: [[logo], [names]]\nsignals: {names: {weight: 1}, logo: {weight: 1}}\n"
        "short_circuits: [{name: b, require: {logo: high, names: high}}, {name: a, require: {logo: high}}]",
        "'b' never decides",
        "a short circuit behind one whose evidence comes sooner",
    ),
]

WORKS = [
    (
        "short_circuits: [{name: b, require: {logo: high, names: high}}, {name: a, require: {logo: high}}]",
        "the narrower asked first in the same step",
    ),
    (
        "short_circuits: [{name: x, require: {logo: high}}, {name: b, require: {names: high}}]",
        "neither is implied by the other",
    ),
]


@pytest.mark.parametrize(("circuits", "reason"), WORKS, ids=[case[1] for case in WORKS])
def test_short_circuits_that_can_decide(circuits: str, reason: str) -> None:
    text = BASE + "steps: [[names, logo]]\nsignals: {names: {weight: 1}, logo: {weight: 1}}\n" + circuits
    assert len(Recipe.from_yaml(text).short_circuits) == 2, reason


@pytest.mark.parametrize(("text", "says", "reason"), REFUSED, ids=[case[2] for case in REFUSED])
def test_refused_with_the_reason(text: str, says: str, reason: str) -> None:
    with pytest.raises(RecipeError, match=says):
        Recipe.from_yaml(text)
