"""Which threshold a recipe should have for a wanted precision or a review budget, and what each would do.

Nothing is estimated: a labelled set is measured once and judged by the recipe with every threshold. The
choice is made on every second listing; what it does on the others says what to expect of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cluster.session import session
from cluster.settings import Settings
from pipelines.beginning import ScanRequest
from pipelines.evaluate import Label, read_labels
from pipelines.progress import Reporter
from pipelines.replay import rows_so_far
from pipelines.scan import begun
from scoring.errors import SettingsError
from scoring.recipe import Recipe, Tiers

THRESHOLDS = (0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95)
"""Scores from which a listing may be sent to a person. Finer ones would only fit the labelled set's noise."""

_FLAGGED = 2
_FEWEST = 20
"""Labelled listings below which half of them says nothing about the other half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the threshold is to bring; one of the two."""

    precision: float | None = None
    """At least this share of what a person is sent infringes."""
    budget: float | None = None
    """At most so many of every 1,000 listings are sent to a person."""

    def __post_init__(self) -> None:
        if (self.precision is None) == (self.budget is None):
            raise SettingsError("one goal is needed.", hint="Give --precision 0.95, or --budget 50.")
        if self.precision is not None and not 0 < self.precision <= 1:
            raise SettingsError(
                f"a precision of {self.precision} is no share.", hint="Give a number up to 1."
            )
        if self.budget is not None and not 0 < self.budget <= 1000:
            raise SettingsError(
                f"a budget of {self.budget:g} of every 1,000 listings cannot be.", hint="Give 1 to 1000."
            )

    def met(self, tally: "Tally") -> bool:
        """Whether a threshold that did this is good enough."""
        if self.precision is not None:
            return tally.precision is None or tally.precision >= self.precision
        return tally.share * 1000 <= (self.budget or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a threshold did with some listings."""

    listings: int
    infringing: int
    flagged: int
    right: int
    """Of the flagged, those that infringe."""

    @property
    def precision(self) -> float | None:
        """Of what is sent to a person, the share that infringes; None where nothing is."""
        return self.right / self.flagged if self.flagged else None

    @property
    def recall(self) -> float | None:
        """Of what infringes, the share that is sent to a person; None where nothing does."""
        return self.right / self.infringing if self.infringing else None

    @property
    def share(self) -> float:
        """Of all listings, the share that is sent to a person."""
        return self.flagged / self.listings if self.listings else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One threshold, and what it did."""

    watch: float
    active: bool
    """Whether it is the recipe's own."""
    chosen_on: Tally
    others: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Every choice, and the one that meets the goal best."""

    goal: Goal
    recipe: Recipe
    choices: tuple[Choice, ...]
    best: Choice | None
    """None where no threshold meets the goal."""

    @property
    def proposed(self) -> Recipe | None:
        """The recipe with that threshold."""
        return None if self.best is None else with_watch(self.recipe, self.best.watch)

    def to_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        told = {
            "recipe": self.recipe.id,
            "goal": asdict(self.goal),
            "proposed": self.best.watch if self.best else None,
        }
        return told | {
            "choices": [
                {
                    "watch": it.watch,
                    "active": it.active,
                    "chosen_on": _shown(it.chosen_on),
                    "others": _shown(it.others),
                }
                for it in self.choices
            ]
        }

    def to_text(self) -> str:
        """The table, and what it comes to, for a person."""
        lines = [
            f"{'from score':<12}{'chosen on: reviewed right found':<36}{'the others: reviewed right found'}"
        ]
        for it in self.choices:
            note = "  now" * it.active + "  proposed" * (it is self.best)
            lines.append(f"{it.watch:<12.2f}{_cells(it.chosen_on):<36}{_cells(it.others)}{note}")
        wanted = (
            f"a precision of {self.goal.precision:.0%}"
            if self.goal.precision is not None
            else f"{self.goal.budget:g} reviews of every 1,000 listings"
        )
        if self.best is None:
            return "\n".join([*lines, f"No threshold gives {wanted}: other weights or signals have to."])
        lines.append(
            f"For {wanted}: tiers.watch {self.best.watch:.2f} instead of {self.recipe.tiers.watch:.2f}."
        )
        if not self.goal.met(self.best.others):
            lines.append("On the listings that it was not chosen on it misses that: label more of them.")
        return "\n".join(lines)


def propose(labelled: Path, tenant: str, goal: Goal, settings: Settings, reporter: Reporter) -> Proposal:
    """Judge a labelled file by the tenant's recipe with each threshold; nothing is put to use.

    Raises SettingsError where there are too few listings to say anything.
    """
    labels = read_labels(labelled)
    if len(labels) < _FEWEST:
        raise SettingsError(
            f"{labelled} has {len(labels)} listings, too few to choose a threshold on.",
            hint=f"Label at least {_FEWEST}, some hundreds for figures to rely on.",
        )
    with TemporaryDirectory(prefix="counterfoil-propose-") as folder:
        request = ScanRequest(
            tenant=tenant, sources=(f"file:{labelled}",), out=Path(folder) / "results", remembered=False
        )
        with begun(request, settings, reporter) as run:
            recipe = run.library.recipe
            tiers: dict[float, list[int]] = {}
            with session(settings):
                run.all()
                for watch in sorted({*THRESHOLDS, recipe.tiers.watch}):
                    if watch <= recipe.tiers.low:
                        continue
                    run.judge_again(with_watch(recipe, watch))
                    rows = rows_so_far(run, Path(folder) / f"{watch}.parquet", Reporter(quiet=True))
                    tiers[watch] = [row["tier"] for row in rows]
            run.finish()
    return choose(goal, recipe, labels, tiers)


def choose(
    goal: Goal, recipe: Recipe, labels: Sequence[Label], tiers: Mapping[float, Sequence[int]]
) -> Proposal:
    """The threshold that finds most among those that meet the goal, given each listing's tier under each."""
    # Sorted by what they are, so that both halves hold every scenario.
    order = sorted(range(len(labels)), key=lambda it: (labels[it].verdict, labels[it].kind, it))
    halves = order[::2], order[1::2]
    choices = tuple(
        Choice(
            watch=watch,
            active=watch == recipe.tiers.watch,
            chosen_on=_tally(labels, found, halves[0]),
            others=_tally(labels, found, halves[1]),
        )
        for watch, found in sorted(tiers.items())
    )
    good = [it for it in choices if it.chosen_on.flagged and goal.met(it.chosen_on)]
    best = max(good, key=lambda it: (it.chosen_on.recall or 0.0, it.watch), default=None)
    return Proposal(goal=goal, recipe=recipe, choices=choices, best=best)


def with_watch(recipe: Recipe, watch: float) -> Recipe:
    """The recipe with another threshold for tier 2; tier 1 stays above it."""
    priority = max(recipe.tiers.priority, round(min(1.0, watch + 0.01), 4))
    tiers = Tiers(priority=priority, watch=watch, low=recipe.tiers.low)
    return recipe.model_copy(update={"tiers": tiers})


def _tally(labels: Sequence[Label], tiers: Sequence[int], listings: Sequence[int]) -> Tally:
    flagged = [it for it in listings if tiers[it] <= _FLAGGED]
    return Tally(
        listings=len(listings),
        infringing=sum(labels[it].infringing for it in listings),
        flagged=len(flagged),
        right=sum(labels[it].infringing for it in flagged),
    )


def _shown(tally: Tally) -> dict[str, Any]:
    return asdict(tally) | {"precision": tally.precision, "recall": tally.recall}


def _cells(tally: Tally) -> str:
    precision = "-" if tally.precision is None else f"{tally.precision:.0%}"
    recall = "-" if tally.recall is None else f"{tally.recall:.0%}"
    return f"{tally.flagged:>6} of {tally.listings:<5}{precision:>8}{recall:>8}"
