r"""From pieces of evidence to one score, so that the explanation *is* the score.

    score = 1 - prod((1 - s_i) ** e_i),   e_i = w_i / max(w_j)

over the signals that did not abstain: a weighted noisy-or in which the heaviest counts whole. One
signal alone scores what it says; signals that agree strengthen each other (three at 0.5 make
0.875), which a weighted mean cannot do; and a lighter one adds less than an equal would, and takes
nothing away. docs/decisions/0004-fusion.md compares it with the mean and with log-odds.

Each signal's contribution is its share of the score in proportion to its term in the exponent.

>>> fuse({"geometry": 0.8, "names": 0.7}, {"geometry": 1.0, "names": 1.0}).score
0.94
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

_CERTAIN = 1.0 - 1e-9
"""Evidence of exactly 1 counts as this, so that its logarithm exists; far below the 1e-3 of parity."""


@dataclass(frozen=True, slots=True)
class Fused:
    """A score with each signal's share of it and its renormalised weight (both by signal name)."""

    score: float
    shares: Mapping[str, float]
    weights: Mapping[str, float]


def fuse(scores: Mapping[str, float], weights: Mapping[str, float]) -> Fused:
    """Fuse the scores (0..1) of the signals that did not abstain.

    The order of either mapping changes nothing: sums run over sorted names. No evidence scores 0.
    """
    names = sorted(scores)
    total = math.fsum(weights[name] for name in names)
    normalised = {name: weights[name] / total for name in names}
    heaviest = max((weights[name] for name in names), default=1.0)
    terms = {name: -math.log1p(-min(scores[name], _CERTAIN)) * weights[name] / heaviest for name in names}
    exponent = math.fsum(terms.values())
    score = -math.expm1(-exponent)
    shares = {name: score * term / exponent if exponent else 0.0 for name, term in terms.items()}
    return Fused(round(score, 12), shares, normalised)
