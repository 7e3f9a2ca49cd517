"""Kept evidence, judged again: by the funnel's rules, with a recipe's own weights."""

import pytest

from scoring.decisions import Basis, Weighed, weigh_again
from scoring.recipe import Recipe

DEFAULT = Recipe.default()
LIGHT_NAMES = Recipe.from_yaml(Recipe.default_text().replace("names: {weight: 0.8", "names: {weight: 0.1"))


def basis(exemption=None, **scores):
    evidence = tuple(Weighed(name, score, 0.5) for name, score in scores.items())
    return Basis(
        scan_id="s",
        recipe_version="default@1",
        tier=4,
        score=0.0,
        seller_id=None,
        exemption=exemption,
        evidence=evidence,
        abstentions=(),
    )


CASES = [
    (basis(), DEFAULT, 4, 0.0, "no evidence"),
    (basis(names=0.7), DEFAULT, 2, 0.7, "one signal says what it says"),
    (basis(names=0.7), LIGHT_NAMES, 2, 0.7, "whatever its weight"),
    (basis(names=0.7, geometry=0.7), DEFAULT, 1, 1 - 0.3**1.8, "two that fired, one of them a mark"),
    (basis(names=0.7, geometry=0.7), LIGHT_NAMES, 2, 1 - 0.3**1.1, "by the recipe's weights, not the kept"),
    (basis(fingerprint=0.97), DEFAULT, 1, 0.97, "a short circuit holds again"),
    (basis(fingerprint=0.95), DEFAULT, 2, 0.95, "just not"),
    (basis(price=0.9, barcode=0.9), DEFAULT, 3, 1 - 0.1 ** (1 + 0.3 / 0.35), "auxiliary signals alone"),
    (
        basis("second_hand", names=0.7, geometry=0.7),
        DEFAULT,
        3,
        0.7 * (1 - 0.3**1.8),
        "second-hand is lowered",
    ),
    (basis("authorised_seller", names=0.9), DEFAULT, 4, 0.0, "cleared stays cleared"),
    (basis(names=0.7, retired=0.9), DEFAULT, 2, 0.7, "a signal that the recipe does not know says nothing"),
]


@pytest.mark.parametrize(("kept", "recipe", "tier", "score", "reason"), CASES, ids=[it[-1] for it in CASES])
def test_judged_again(kept, recipe, tier, score, reason):
    again, placement = weigh_again(kept, recipe)
    assert (placement.tier, again) == (tier, pytest.approx(score, abs=1e-9)), reason
