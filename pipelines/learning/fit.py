"""Weights of a recipe fitted to decisions: a logistic regression on evidence, in the form that fuses it.

The log-odds that a reviewer confirms are `a + b E`, where E is the exponent of the fused score (decision 4):
the evidence of the signals that did not abstain, each by its weight over the heaviest of them. What is
fitted is the logarithm of each weight's change, drawn towards none, so a weight stays positive, a signal that
no decision tells anything about keeps its own, and only what is told against the present one moves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, logsumexp, softmax

from scoring.decisions import Decision, heard
from scoring.recipe import Recipe

Array = npt.NDArray[np.float64]

LIKELY_CHANGE = 0.35
"""One standard deviation of the prior on the logarithm of a weight's change: a factor of 1.4. Of 0.25 to 0.7,
on made-up tenants of 250 and 600 decisions, as many true changes were found as with any, and where there was
none, candidates were worse by two thirds of what 0.5 made them."""
SUREST = 0.99
"""Evidence above counts as this much in a fit: the exponent of a certain one has no bound, and a single
mistaken decision on it would weigh more than all others."""
FARTHEST = float(np.log(10.0))
"""No common change of the weights, and half of a single one, is larger than ten times: the prior ends far
sooner, and a trial step of the search may not overflow."""
_SHARPNESS = 30.0
"""Of the smooth maximum that stands for the heaviest weight in a fit: two equal ones come to 2 % more."""
_ODDS = [(-100.0, 100.0), (0.0, 100.0)]
"""Bounds of log-odds and of their slope: certain either way, and more evidence never speaks for a listing."""
_SLACK = 0.01
"""A ridge on the slope, so that decisions which evidence separates fully still have a best fit."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Decisions as arrays: one row each, one column a signal of the recipe, in the order of `names`."""

    names: tuple[str, ...]
    terms: Array
    """-log(1 - score), 0 where the signal was silent. Shape (decisions, signals)."""
    spoke: npt.NDArray[np.bool_]
    confirmed: Array
    """1 where the reviewer confirmed, else 0."""

    def exponents(self, weights: Array) -> Array:
        """The exponent of each fused score."""
        heaviest = np.where(self.spoke, weights, 0.0).max(axis=1)
        exponents: Array = (self.terms @ weights) / heaviest
        return exponents


@dataclass(frozen=True, slots=True)
class Odds:
    """What an exponent is worth: the log-odds of `confirmed` are `at_none + slope * exponent`."""

    at_none: float
    slope: float

    def losses(self, exponents: Array, confirmed: Array) -> Array:
        """The log loss of each decision, in nats."""
        return losses_of(self.at_none + self.slope * exponents, confirmed)


def evidence(decisions: Sequence[Decision], recipe: Recipe) -> Evidence:
    """The evidence that a recipe would weigh in some decisions; each must have some."""
    names = tuple(recipe.signals)
    scores = [heard(it.basis, recipe) for it in decisions]
    said = np.array([[row.get(name, np.nan) for name in names] for row in scores], np.float64)
    spoke = ~np.isnan(said)
    return Evidence(
        names,
        -np.log1p(-np.minimum(np.where(spoke, said, 0.0), SUREST)),
        spoke,
        np.array([it.ruling == "confirmed" for it in decisions], np.float64),
    )


def weights_of(recipe: Recipe) -> Array:
    """A recipe's weights, in the order of its signals."""
    return np.array([tuning.weight for tuning in recipe.signals.values()], np.float64)


def fit_odds(exponents: Array, confirmed: Array) -> Odds:
    """What exponents are worth by themselves, whichever weights they come from."""

    def loss(at: Array) -> tuple[float, Array]:
        logits = at[0] + at[1] * exponents
        off = expit(logits) - confirmed
        total = losses_of(logits, confirmed).sum() + _SLACK / 2 * at[1] ** 2
        return float(total), np.array([off.sum(), off @ exponents + _SLACK * at[1]])

    found = minimize(loss, np.array([0.0, 1.0]), jac=True, method="L-BFGS-B", bounds=_ODDS)
    return Odds(*map(float, found.x))


def fit_weights(told: Evidence, recipe: Recipe) -> dict[str, float]:
    """The weights that explain decisions best without straying far from the recipe's, by signal.

    Only ratios count, so the heaviest that spoke stays as heavy as the heaviest of them was, and what never
    spoke keeps its weight. Beside no signal that may accuse alone
    does an auxiliary one come to count for more than it does now.
    """
    present = weights_of(recipe)
    helps = np.array([tuning.auxiliary for tuning in recipe.signals.values()])
    side = np.where(helps, -1.0, 1.0)
    start = fit_odds(told.exponents(present), told.confirmed)

    # Every change is a common one, plus something for what accuses, minus something for what only helps:
    # what keeps auxiliary signals in their place are then plain bounds.
    def loss(at: Array) -> tuple[float, Array]:
        at_none, slope, common, apart = at[0], at[1], at[2], at[3:]
        changes = common + side * apart
        logs = np.log(present) + changes
        among = np.where(told.spoke, _SHARPNESS * logs, -np.inf)
        heaviest = np.exp(logsumexp(among, axis=1) / _SHARPNESS)
        shares = told.terms * np.exp(logs) / heaviest[:, None]
        exponents = shares.sum(axis=1)
        logits = at_none + slope * exponents
        off = expit(logits) - told.confirmed
        by_change = slope * (off @ (shares - exponents[:, None] * softmax(among, axis=1)))
        by_change += changes / LIKELY_CHANGE**2
        total = losses_of(logits, told.confirmed).sum() + _SLACK / 2 * slope**2
        total += (changes @ changes) / (2 * LIKELY_CHANGE**2)
        gradient = [off.sum(), off @ exponents + _SLACK * slope, by_change.sum()]
        return float(total), np.concatenate([gradient, side * by_change])

    found = minimize(
        loss,
        np.array([start.at_none, start.slope, 0.0, *np.zeros(len(present))]),
        jac=True,
        method="L-BFGS-B",
        bounds=[*_ODDS, (-FARTHEST, FARTHEST), *[(0.0, 2 * FARTHEST)] * len(present)],
        options={"maxiter": 1000},
    )
    fitted = present * np.exp(found.x[2] + side * found.x[3:])
    told_of = told.spoke.any(axis=0)
    fitted *= present[told_of].max() / fitted[told_of].max()
    fitted = np.where(helps, np.minimum(fitted, present), np.where(told_of, fitted, present))
    return {
        name: max(0.001, float(np.floor(weight * 1000) / 1000 if helper else np.round(weight, 3)))
        for name, weight, helper in zip(told.names, fitted, helps, strict=True)
    }


def losses_of(logits: Array, confirmed: Array) -> Array:
    """Log loss of log-odds against what came out, in nats."""
    losses: Array = np.logaddexp(0.0, logits) - confirmed * logits
    return losses
