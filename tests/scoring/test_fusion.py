"""The explanation is the score, whatever the evidence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.fusion import fuse

NAMES = ("fingerprint", "appearance", "geometry", "logo", "names", "colour")
SCORES = st.floats(0.0, 1.0) | st.sampled_from([0.0, 1.0, 5e-324, 1.0 - 2**-53])
EVIDENCE = st.dictionaries(st.sampled_from(NAMES), SCORES, min_size=1)
WEIGHTS = st.fixed_dictionaries({name: st.floats(0.01, 100.0) for name in NAMES})


@given(EVIDENCE, WEIGHTS)
def test_contributions_sum_to_the_score(scores: dict[str, float], weights: dict[str, float]) -> None:
    fused = fuse(scores, weights)
    assert 0.0 <= fused.score <= 1.0
    assert math.fsum(fused.shares.values()) == pytest.approx(fused.score, abs=1e-9)
    assert math.fsum(fused.weights.values()) == pytest.approx(1.0, abs=1e-9)
    assert all(share >= 0.0 for share in fused.shares.values())


@given(EVIDENCE, WEIGHTS, st.randoms(use_true_random=False))
def test_order_changes_nothing(scores: dict[str, float], weights: dict[str, float], random) -> None:
    shuffled = list(scores.items())
    random.shuffle(shuffled)
    again = fuse(dict(shuffled), dict(reversed(weights.items())))
    assert again == fuse(scores, weights)


@given(EVIDENCE, WEIGHTS, st.data())
def test_more_of_any_evidence_never_lowers_the_score(
    scores: dict[str, float], weights: dict[str, float], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(scores)))
    raised = scores | {name: data.draw(st.floats(scores[name], 1.0))}
    assert fuse(raised, weights).score >= fuse(scores, weights).score - 1e-12


@given(EVIDENCE, WEIGHTS, st.sampled_from(NAMES), SCORES, st.floats(0.01, 1.0))
def test_a_lighter_signal_adds_at_most_what_an_equal_would_and_takes_nothing_away(
    scores: dict[str, float], weights: dict[str, float], newcomer: str, said: float, share: float
) -> None:
    before = {name: score for name, score in scores.items() if name != newcomer}
    heaviest = max((weights[name] for name in before), default=1.0)
    alone = fuse(before, weights).score
    joined = fuse(before | {newcomer: said}, weights | {newcomer: heaviest * share}).score
    assert alone - 1e-9 <= joined <= 1 - (1 - alone) * (1 - said) + 1e-9


@given(EVIDENCE, WEIGHTS, st.sampled_from(NAMES), st.floats(0.01, 100.0))
def test_an_abstention_changes_nothing_but_the_renormalised_weights(
    scores: dict[str, float], weights: dict[str, float], absent: str, other: float
) -> None:
    present = {name: score for name, score in scores.items() if name != absent}
    # The weight of a signal that abstained may be anything: it must not matter.
    fused = fuse(present, weights)
    assert fused == fuse(present, weights | {absent: other})
    total = math.fsum(weights[name] for name in present)
    for name, weight in fused.weights.items():
        assert weight == pytest.approx(weights[name] / total)


CASES = [
    ({}, 0.0, "no evidence, no suspicion"),
    ({"geometry": 0.0}, 0.0, "evidence of nothing"),
    ({"geometry": 0.8}, 0.8, "one signal alone scores what it says"),
    ({"geometry": 1.0}, 1.0, "certainty"),
    ({"geometry": 1.0, "names": 0.0}, 1.0, "a zero of equal weight takes nothing away"),
    ({"geometry": 0.5, "names": 0.5, "logo": 0.5}, 0.875, "three moderate signals reach tier 1"),
    ({"geometry": 0.5, "names": 0.5}, 0.75, "two moderate signals do not"),
]


@pytest.mark.parametrize(("scores", "expected", "reason"), CASES, ids=[case[2] for case in CASES])
def test_extremes(scores: dict[str, float], expected: float, reason: str) -> None:
    assert fuse(scores, dict.fromkeys(NAMES, 1.0)).score == pytest.approx(expected, abs=1e-6), reason
