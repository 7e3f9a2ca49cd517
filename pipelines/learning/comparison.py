"""Two recipes on decisions that neither was fitted to."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.evaluate import Interval
from pipelines.learning.fit import Array, Odds, evidence, fit_odds, weights_of
from scoring.decisions import Decision, weigh_again
from scoring.recipe import Recipe

DRAWS = 2000
"""Resamples behind an interval: its ends then vary by about a twentieth of its width."""
TOLERATED = 0.05
"""By how much precision and recall must surely not fall where a candidate is adopted. Without it, weights
that order listings better could still push them all below the recipe's tiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One recipe on the held-out decisions."""

    recipe: str
    log_loss: float
    """Nats a decision, after what a score is worth was fitted on the other half."""
    precision: dict[str, Interval]
    """Of what is in tier 1, and in tiers 1 and 2, what the reviewers confirmed."""
    recall: dict[str, Interval]
    """Of what they confirmed, what is in them."""
    load: Interval
    """Of all, what a person must look at: tiers 1 and 2."""


@dataclass(frozen=True, slots=True)
class Change:
    """The candidate's figure less the present one's, with a 95 % interval over sellers."""

    by: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.by:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The present recipe and a candidate."""

    decisions: int
    sellers: int
    present: Standing
    candidate: Standing
    changes: dict[str, Change]
    """Of `log_loss`, and of `precision`, `recall` and `load` at tiers 1 and 2."""

    @property
    def against(self) -> tuple[str, ...]:
        """Why the candidate does not win; nothing where it does."""
        loss = self.changes["log_loss"]
        higher = [f"its log loss is not surely lower: {loss}"] if loss.high >= 0 else []
        lower = [
            f"{name} at tiers 1 and 2 may fall by more than {TOLERATED}: {self.changes[name]}"
            for name in ("precision", "recall")
            if self.changes[name].low < -TOLERATED
        ]
        return (*higher, *lower)

    def to_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {**asdict(self), "wins": not self.against, "against": list(self.against)}

    def to_text(self) -> str:
        """Everything, for a person."""
        lines = [
            f"On {self.decisions} held-out decisions, {self.sellers} sellers, none of whom it was fitted to:",
            f"{'':<28}{'now':>26}{'candidate':>26}  change (95 % interval)",
            _line("log loss", [f"{it.log_loss:.4f}" for it in self._both], self.changes["log_loss"]),
        ]
        for name in ("precision", "recall"):
            for tiers in ("tier 1", "tiers 1-2"):
                shares = [str(getattr(it, name)[tiers]) for it in self._both]
                change = self.changes[name] if tiers == "tiers 1-2" else None
                lines.append(_line(f"{name}, {tiers}", shares, change))
        lines.append(
            _line("a person must look at", [str(it.load) for it in self._both], self.changes["load"])
        )
        return "\n".join(lines)

    @property
    def _both(self) -> tuple[Standing, Standing]:
        return self.present, self.candidate


def compare_on(
    held_out: Sequence[Decision], present: Recipe, candidate: Recipe, *, fitted_to: Sequence[Decision]
) -> Comparison:
    """Both recipes on `held_out`; what their scores are worth is taken from `fitted_to` for both."""
    counted = {name: _Counted.of(held_out, it, fitted_to) for name, it in (("a", present), ("b", candidate))}
    now, then = counted["a"], counted["b"]
    owners = [it.seller for it in held_out]
    draws = resampled(owners)
    figures: dict[str, Callable[[_Counted, Array], Array]] = {
        "log_loss": _Counted.mean_loss,
        "precision": _Counted.precision,
        "recall": _Counted.recall,
        "load": _Counted.load,
    }
    whole = np.ones((1, len(held_out)))
    changes = {
        name: changed_by(figure(then, whole) - figure(now, whole), figure(then, draws) - figure(now, draws))
        for name, figure in figures.items()
    }
    return Comparison(
        decisions=len(held_out),
        sellers=len(set(owners)),
        present=now.standing(present.id),
        candidate=then.standing(candidate.id),
        changes=changes,
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """One recipe's losses and tiers, decision by decision; every figure takes draws, (times, decisions)."""

    losses: Array
    tiers: npt.NDArray[np.int64]
    confirmed: Array

    @classmethod
    def of(cls, decisions: Sequence[Decision], recipe: Recipe, fitted_to: Sequence[Decision]) -> "_Counted":
        weights = weights_of(recipe)
        learned = evidence(fitted_to, recipe)
        odds: Odds = fit_odds(learned.exponents(weights), learned.confirmed)
        told = evidence(decisions, recipe)
        return cls(
            odds.losses(told.exponents(weights), told.confirmed),
            np.array([weigh_again(it.basis, recipe)[1].tier for it in decisions]),
            told.confirmed,
        )

    def mean_loss(self, draws: Array) -> Array:
        mean: Array = (draws @ self.losses) / draws.sum(axis=1)
        return mean

    def precision(self, draws: Array) -> Array:
        seen = (self.tiers <= 2).astype(np.float64)
        return share(draws @ (seen * self.confirmed), draws @ seen)

    def recall(self, draws: Array) -> Array:
        seen = (self.tiers <= 2).astype(np.float64)
        return share(draws @ (seen * self.confirmed), draws @ self.confirmed)

    def load(self, draws: Array) -> Array:
        return share(draws @ (self.tiers <= 2), draws.sum(axis=1))

    def standing(self, recipe: str) -> Standing:
        within = {"tier 1": self.tiers == 1, "tiers 1-2": self.tiers <= 2}
        right = self.confirmed > 0
        return Standing(
            recipe=recipe,
            log_loss=float(self.losses.mean()),
            precision={name: _counted(seen & right, seen) for name, seen in within.items()},
            recall={name: _counted(seen & right, right) for name, seen in within.items()},
            load=_counted(self.tiers <= 2, np.ones_like(right)),
        )


def resampled(owners: Sequence[Any]) -> Array:
    """How often each item counts in `DRAWS` resamples of their owners: (DRAWS, items), the same each time."""
    places = {owner: number for number, owner in enumerate(sorted(set(owners)))}
    drawn = np.random.default_rng(0).multinomial(
        len(places), np.full(len(places), 1 / len(places)), size=DRAWS
    )
    return np.asarray(drawn[:, [places[it] for it in owners]], np.float64)


def share(hits: Array, of: Array) -> Array:
    """The share, and 1 where there was nothing to be wrong about."""
    return np.divide(hits, of, out=np.ones_like(hits, dtype=np.float64), where=of > 0)


def _counted(hits: npt.NDArray[np.bool_], of: npt.NDArray[np.bool_]) -> Interval:
    return Interval.wilson(int(hits.sum()), int(of.sum()))


def changed_by(whole: Array, drawn: Array) -> Change:
    """Of a figure: on all items, and over resamples."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Change(float(whole[0]), float(low), float(high))


def _line(name: str, both: Sequence[str], change: Change | None) -> str:
    now, then = both
    return f"{name:<28}{now:>26}{then:>26}  {change or ''}".rstrip()
