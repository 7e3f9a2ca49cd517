"""Every signal keeps the promises of its own examples."""

import pytest

from scoring.evidence import Abstention, Evidence, Exemption
from scoring.features import Unavailable
from scoring.funnel import Funnel, Needs
from scoring.recipe import Recipe
from scoring.signals import SIGNALS, Example, Signal

KINDS = {Evidence: "evidence", Abstention: "abstention", Exemption: "exemption"}
CASES = [
    pytest.param(signal, example, id=f"{name}: {example.reason}")
    for name, signal in SIGNALS.items()
    for example in signal.examples()
]


@pytest.mark.parametrize(("signal", "example"), CASES)
def test_example(signal: type[Signal], example: Example) -> None:
    idle = signal().idle(example.brand)
    outcome = Abstention(idle) if idle else signal().weigh(example.listing, example.brand, example.features)
    assert KINDS[type(outcome)] == example.says, outcome
    if example.score is not None:
        assert isinstance(outcome, Evidence)
        lowest, highest = example.score
        assert lowest - 1e-9 <= outcome.score <= highest + 1e-9


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_every_signal_shows_both_sides(name: str) -> None:
    said = {example.says for example in SIGNALS[name].examples()}
    assert "abstention" in said, "an example of having nothing to say"
    assert said - {"abstention"}, "an example of having something to say"


@pytest.mark.parametrize("name", [name for name, signal in SIGNALS.items() if signal.needs])
def test_an_unavailable_feature_is_an_abstention_with_its_reason(name: str) -> None:
    signal = SIGNALS[name]
    example = signal.examples()[0]
    recipe = Recipe.model_validate(
        {"name": "one", "version": 1, "steps": [[name]], "signals": {name: {"weight": 1.0}}}
    )
    gone = {need: Unavailable("the model is away") for need in signal.needs}
    verdict = Funnel(recipe).judge(example.listing, [example.brand], gone, tenant="t")
    assert not isinstance(verdict, Needs)
    assert [(a.signal, a.reason) for a in verdict.abstentions] == [(name, "the model is away")]
    assert verdict.score == 0.0
