"""The rules that no recipe's numbers may break, over every signal there is and the default recipe.

Signals are replaced by ones that say whatever a test draws; which there are, what weights they have and
in which steps they stand is the product's own, so a signal added later is held to the same.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict

from scoring.brand import Brand
from scoring.evidence import Abstention, Evidence, Exemption, Outcome, Verdict
from scoring.features import Features
from scoring.funnel import Funnel
from scoring.listing import Listing
from scoring.recipe import Recipe
from scoring.signals import SIGNALS, Example, Signal

RECIPE = Recipe.default()
OPEN = Recipe.model_validate(
    RECIPE.model_dump() | {"steps": [{"signals": step.signals, "when": "always"} for step in RECIPE.steps]}
)
"""The same with every step for every listing: a rule must not hold only because nobody was asked."""
RECIPES = st.sampled_from([RECIPE, OPEN])
WEIGHED = sorted(RECIPE.signals)
AUXILIARY = [name for name in WEIGHED if RECIPE.signals[name].auxiliary]
UNMARKED = [name for name in WEIGHED if name not in RECIPE.marks]
ALONE = [name for name in WEIGHED if not any(set(it.require) == {name} for it in RECIPE.short_circuits)]
"""Signals that no short circuit believes by themselves."""
LISTING, BRAND = Listing(platform="ebay", listing_id="1"), Brand(name="Northpine")
LEVELS = st.floats(0, 1) | st.sampled_from(
    sorted(
        {level for tuning in RECIPE.signals.values() for level in (tuning.moderate, tuning.high)} | {0.0, 1.0}
    )
)


unhurried = settings(deadline=None)
"""Building a funnel takes some milliseconds, and on a busy machine more than the 200 that are allowed."""


def evidence(names: list[str]) -> st.SearchStrategy[dict[str, float]]:
    """What any of these signals may say."""
    return st.dictionaries(st.sampled_from(names), LEVELS) if names else st.just({})


def saying(said: Mapping[str, float], clears: str | None) -> dict[str, type[Signal]]:
    def stub(signal: type[Signal]) -> type[Signal]:
        class Stub(Signal):
            model_config = ConfigDict(extra="ignore")
            name: ClassVar[str] = signal.name
            weighs: ClassVar[bool] = signal.weighs

            def weigh(self, listing: Listing, brand: Brand, features: Features) -> Outcome:
                if self.name == clears:
                    return Exemption(clears, "said so")
                if self.name in said:
                    return Evidence(said[self.name], "drawn")
                return Abstention("drawn")

            @classmethod
            def examples(cls) -> tuple[Example, ...]:
                return ()

        return Stub

    return {name: stub(signal) for name, signal in SIGNALS.items()}


def judge(said: Mapping[str, float], *, clears: Any = None, recipe: Recipe = RECIPE) -> Verdict:
    verdict = Funnel(recipe, signals=saying(said, clears)).judge(LISTING, [BRAND], {}, tenant="t")
    assert isinstance(verdict, Verdict)
    return verdict


@unhurried
@given(evidence(AUXILIARY), RECIPES)
def test_auxiliary_signals_alone_never_reach_tier_2(said: dict[str, float], recipe: Recipe) -> None:
    assert judge(said, recipe=recipe).tier >= 3


@unhurried
@given(evidence(UNMARKED), RECIPES)
def test_without_a_mark_never_tier_1(said: dict[str, float], recipe: Recipe) -> None:
    assert judge(said, recipe=recipe).tier >= 2


@unhurried
@given(st.sampled_from(ALONE), st.floats(RECIPE.tiers.priority, 1))
def test_one_signal_alone_is_never_tier_1_and_seen_unless_auxiliary(name: str, score: float) -> None:
    assert judge({name: score}, recipe=OPEN).tier == (3 if name in AUXILIARY else 2)


@unhurried
@given(evidence(WEIGHED), RECIPES)
def test_second_hand_is_never_tier_1_and_not_hidden(said: dict[str, float], recipe: Recipe) -> None:
    without, verdict = judge(said, recipe=recipe), judge(said, clears="second_hand", recipe=recipe)
    assert verdict.tier > 1
    assert verdict.tier >= without.tier
    assert (verdict.route == "review") == (without.tier <= 2)


@unhurried
@given(evidence(WEIGHED), RECIPES)
def test_an_authorised_seller_is_always_cleared(said: dict[str, float], recipe: Recipe) -> None:
    verdict = judge(said, clears="authorised_seller", recipe=recipe)
    assert (verdict.tier, verdict.route, verdict.score) == (4, "none", 0.0)
    assert verdict.seller_authorised


@unhurried
@given(
    evidence(WEIGHED), st.sampled_from(WEIGHED), st.data(), st.sampled_from([None, "second_hand"]), RECIPES
)
def test_more_of_any_evidence_never_leads_to_a_lower_tier(
    said: dict[str, float], name: str, data: st.DataObject, clears: str | None, recipe: Recipe
) -> None:
    less = said | {name: said.get(name, 0.3)}
    more = less | {name: data.draw(st.floats(less[name], 1))}
    tiers = [judge(it, clears=clears, recipe=recipe).tier for it in (less, more)]
    assert tiers[1] <= tiers[0]


@unhurried
@given(st.sets(st.sampled_from([name for name in WEIGHED if name not in AUXILIARY]), min_size=3, max_size=3))
def test_three_moderate_signals_reach_tier_1_where_one_is_a_mark(names: set[str]) -> None:
    said = {name: RECIPE.signals[name].moderate for name in names}
    assert judge(said, recipe=OPEN).tier == (1 if names & set(RECIPE.marks) else 2)


def test_two_moderate_names_and_colours_do_not() -> None:
    assert judge({"names": 0.5, "appearance": 0.65}).tier == 2


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_every_signal_has_its_place_in_the_default_recipe(name: str) -> None:
    assert name in {it for step in RECIPE.steps for it in step.signals}
