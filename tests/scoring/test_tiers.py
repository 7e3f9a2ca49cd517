"""DESIGN section 3, rules 4 to 7, each just passed and just missed."""

import pytest

from scoring.evidence import Exemption
from scoring.recipe import Recipe
from scoring.tiers import Placement, exempt, place, short_circuit

RECIPE = Recipe.model_validate(
    {
        "name": "all",
        "version": 1,
        "steps": [
            ["fingerprint"],
            ["appearance", "logo", "names", "watch", "colour", "barcode", "certification"],
        ],
        "signals": {
            "fingerprint": {"weight": 1, "moderate": 0.5, "high": 0.85},
            "appearance": {"weight": 1, "moderate": 0.65, "high": 0.85},
            "logo": {"weight": 1, "moderate": 0.65, "high": 0.85},
            "names": {"weight": 1},
            "watch": {"weight": 1},
            "colour": {"weight": 1, "auxiliary": True},
            "barcode": {"weight": 1, "auxiliary": True},
            "certification": {"weight": 1, "auxiliary": True},
        },
        "short_circuits": [
            {"name": "fingerprint", "require": {"fingerprint": "moderate"}},
            {"name": "appearance and logo", "require": {"appearance": "high", "logo": "high"}},
            {"name": "logo and similar", "require": {"logo": "high", "appearance": "moderate"}},
        ],
        "marks": ["fingerprint", "logo", "names"],
    }
)

PLACES = [
    (0.85, {"logo": 0.7, "names": 0.7}, 1, "at the threshold, two fired"),
    (0.8499, {"logo": 0.7, "names": 0.7}, 2, "just under it"),
    (0.99, {"logo": 0.99}, 2, "one signal alone"),
    (0.90, {"logo": 0.9, "names": 0.49}, 2, "the second did not fire"),
    (0.65, {"logo": 0.65}, 2, "the watch threshold"),
    (0.6499, {"logo": 0.6499}, 3, "just under it"),
    (0.40, {"names": 0.40}, 3, "the low threshold"),
    (0.3999, {"names": 0.39}, 4, "just under it"),
    (0.99, {"colour": 0.95, "barcode": 0.95}, 3, "auxiliary signals alone never reach tier 2"),
    (0.9999, {"colour": 0.95, "barcode": 0.95, "certification": 0.95}, 3, "nor do all three together"),
    (0.99, {"colour": 0.9, "barcode": 0.9, "names": 0.49}, 3, "nor beside a name that did not fire"),
    (0.84, {"barcode": 0.7, "names": 0.5}, 2, "one that is not auxiliary fired: watch"),
    (0.90, {"colour": 0.9, "names": 0.7}, 1, "an auxiliary signal may support another"),
    (0.99, {"appearance": 0.95, "colour": 0.9}, 2, "looks alike, bears no mark"),
    (0.99, {"appearance": 0.95, "names": 0.4}, 2, "a name that did not fire is no mark"),
    (0.99, {"appearance": 0.95, "names": 0.7}, 1, "looks alike and bears the name"),
    (0.90, {"appearance": 0.80, "colour": 0.7}, 2, "similar, of the same colour, and bears no mark"),
    (0.95, {"watch": 0.80, "colour": 0.7}, 2, "nothing of the brand's own, whatever else fired"),
    (0.70, {"names": 0.49, "colour": 0.45}, 3, "hints add up, but none has fired"),
    (0.875, {"appearance": 0.65, "logo": 0.65, "names": 0.5}, 1, "three moderate signals may reach tier 1"),
]


@pytest.mark.parametrize(("score", "scores", "tier", "reason"), PLACES, ids=[case[3] for case in PLACES])
def test_place(score: float, scores: dict[str, float], tier: int, reason: str) -> None:
    placement = place(score, scores, RECIPE, shortcut=short_circuit(scores, RECIPE))
    assert placement.tier == tier, (reason, placement)
    assert placement.route == {1: "priority_review", 2: "review", 3: "none", 4: "none"}[tier]
    assert placement.rule


CIRCUITS = [
    ({"fingerprint": 0.5}, "fingerprint", "a fingerprint match at once"),
    ({"fingerprint": 0.49}, None, "not a match"),
    ({"appearance": 0.85, "logo": 0.85}, "appearance and logo", "both high"),
    ({"appearance": 0.65, "logo": 0.85}, "logo and similar", "the logo confirmed, the look moderate"),
    ({"appearance": 0.64, "logo": 0.99}, None, "the look not even moderate"),
    ({"appearance": 0.99, "logo": 0.84}, None, "the logo not confirmed"),
    ({"logo": 0.99}, None, "appearance abstained"),
]


@pytest.mark.parametrize(("scores", "name", "reason"), CIRCUITS, ids=[case[2] for case in CIRCUITS])
def test_short_circuit(scores: dict[str, float], name: str | None, reason: str) -> None:
    rule = short_circuit(scores, RECIPE)
    assert (rule.name if rule else None) == name, reason


EXEMPT = [
    (1, 0.686, 2, "review", "a stolen photo in a second-hand listing is a person's to judge"),
    (2, 0.50, 3, "review", "lowered below watch, yet seen"),
    (2, 0.30, 4, "review", "lowered below everything, yet seen"),
    (3, 0.30, 3, "none", "what nobody would have seen stays as it was"),
    (4, 0.00, 4, "none", "irrelevant stays irrelevant"),
]


@pytest.mark.parametrize(
    ("before", "score", "tier", "route", "reason"), EXEMPT, ids=[case[4] for case in EXEMPT]
)
def test_second_hand(before: int, score: float, tier: int, route: str, reason: str) -> None:
    placement = Placement(before, "none", "before")
    after = exempt(placement, Exemption("second_hand", "says 'used'"), score=score, recipe=RECIPE)
    assert (after.tier, after.route) == (tier, route), reason
