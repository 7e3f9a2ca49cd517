"""What differs between two recipes, in words that somebody reads before using one."""

from typing import Any

import pytest

from scoring.recipe import Recipe
from scoring.recipe_diff import differences

DEFAULT = Recipe.default()


def changed(**parts: Any) -> Recipe:
    return Recipe.model_validate(DEFAULT.model_dump(mode="json") | parts)


def tuned(**signals: dict[str, Any]) -> Recipe:
    known = DEFAULT.model_dump(mode="json")["signals"]
    return changed(signals=known | {name: known[name] | tuning for name, tuning in signals.items()})


CASES = [
    (tuned(names={"weight": 0.5}), "signals.names.weight", "names counts with weight 0.5 instead of 0.8."),
    (tuned(logo={"moderate": 0.7}), "signals.logo.moderate", "logo fires from 0.7 instead of 0.65."),
    (tuned(logo={"high": 0.9}), "signals.logo.high", "logo is high from 0.9 instead of 0.85."),
    (tuned(price={"auxiliary": False}), "signals.price.auxiliary", "price may accuse alone."),
    (
        tuned(logo={"options": {"regions": ["top_right"]}}),
        "signals.logo.options.regions",
        "logo: regions is top_right instead of its default.",
    ),
    (changed(second_hand_factor=0.5), "second_hand_factor", "second_hand_factor is 0.5 instead of 0.7."),
    (
        changed(tiers={"priority": 0.9, "watch": 0.65, "low": 0.4}),
        "tiers.priority",
        "tier 1 begins at 0.9 instead of 0.85.",
    ),
    (
        changed(marks=["fingerprint", "logo"]),
        "marks",
        "marks is fingerprint, logo instead of " + ", ".join(DEFAULT.marks) + ".",
    ),
    (
        changed(short_circuits=[]),
        "short_circuits.the picture is a reference's",
        'the short circuit "the picture is a reference\'s" is gone.',
    ),
    (
        changed(
            short_circuits=[
                *DEFAULT.model_dump()["short_circuits"],
                {"name": "n", "require": {"names": "high"}},
            ]
        ),
        "short_circuits.n",
        "names high now make tier 1 at once ('n').",
    ),
]


@pytest.mark.parametrize(("after", "what", "words"), CASES, ids=[case[1] for case in CASES])
def test_in_words(after: Recipe, what: str, words: str) -> None:
    assert (what, words) in [(it.what, it.words) for it in differences(DEFAULT, after)]


def test_steps_are_told_signal_by_signal() -> None:
    steps = [{"signals": list(step.signals), "when": step.when} for step in DEFAULT.steps]
    steps[-1]["when"] = "open"
    moved = differences(DEFAULT, changed(steps=steps))
    last = len(steps)
    assert [it.words for it in moved] == [
        f"{name} runs in step {last} (when open) instead of step {last} (when suspicious)."
        for name in DEFAULT.steps[-1].signals
    ]


def test_a_signal_that_no_longer_runs() -> None:
    document = DEFAULT.model_dump(mode="json")
    del document["signals"]["watch_terms"]
    for step in document["steps"]:
        step["signals"] = [name for name in step["signals"] if name != "watch_terms"]
    words = [it.words for it in differences(DEFAULT, Recipe.model_validate(document))]
    assert words == ["watch_terms no longer runs.", "watch_terms is no longer tuned."]


def test_name_and_version_make_no_difference() -> None:
    assert differences(DEFAULT, changed(name="acme", version=7)) == ()


def test_back_and_forth_are_the_same_with_both_sides_changed() -> None:
    after = tuned(names={"weight": 0.5})
    [there], [back] = differences(DEFAULT, after), differences(after, DEFAULT)
    assert (there.before, there.after) == (back.after, back.before)
