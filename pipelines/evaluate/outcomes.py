"""What became of each listing, beside what is true of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.evaluate.labels import Label
from scoring.recipe import Recipe

FLAGGED = 2
"""Tiers up to this one reach a person."""


class Heard(NamedTuple):
    """One signal's evidence."""

    signal: str
    score: float
    fired: bool
    """Whether it reached the recipe's `moderate` for this signal."""
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One listing: its label, and its row of `results.parquet`."""

    number: int
    """Its row in the labelled file, from 1."""
    label: Label
    listing_id: str
    title: str
    tier: int
    score: float
    brand: str | None
    exemption: str | None
    reference_id: str | None
    rule: str
    heard: tuple[Heard, ...]
    errors: tuple[str, ...]

    @property
    def flagged(self) -> bool:
        """Whether it reaches a person."""
        return self.tier <= FLAGGED

    @property
    def false_alarm(self) -> bool:
        """Whether it reaches a person and should not: second-hand goods go to one by rule."""
        return self.flagged and not self.label.infringing and self.exemption is None

    @property
    def fired(self) -> frozenset[str]:
        """The signals that fired."""
        return frozenset(it.signal for it in self.heard if it.fired)

    @property
    def rightly_named(self) -> bool:
        """Whether the verdict names the brand that the label names; true where the label names none."""
        return self.label.brand is None or self.label.brand == self.brand


def outcomes(
    labels: Sequence[Label], rows: Iterable[Mapping[str, Any]], recipe: Recipe
) -> tuple[Outcome, ...]:
    """Labels beside rows of results, both in the order of the labelled file.

    Raises `ValueError` where there are more of one than of the other.
    """
    return tuple(
        Outcome(
            number=number,
            label=label,
            listing_id=row["listing_id"],
            title=row["title"] or "",
            tier=row["tier"],
            score=row["score"],
            brand=row["brand"],
            exemption=row["exemption"],
            reference_id=row["reference_id"],
            rule=row["rule"],
            heard=tuple(_heard(it, recipe) for it in row["contributions"] or ()),
            errors=tuple(row["errors"] or ()),
        )
        for number, (label, row) in enumerate(zip(labels, rows, strict=True), start=1)
    )


def _heard(contribution: Mapping[str, Any], recipe: Recipe) -> Heard:
    signal, score = contribution["signal"], contribution["score"]
    tuning = recipe.signals.get(signal)
    fired = tuning is not None and tuning.reaches(score, "moderate")
    return Heard(signal, score, fired, contribution["detail"])
