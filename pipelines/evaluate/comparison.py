"""Labels against verdicts: what is found in which scenario, by which signal, at which cost."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.evaluate.interval import Interval
from pipelines.evaluate.outcomes import Outcome
from pipelines.evaluate.promises import Promise, promises

TIERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of listing and where it ended up."""

    kind: str
    verdict: str
    tiers: dict[int, int]
    flagged: Interval
    """Of its listings, those that reach a person: recall where it infringes, a burden where lawful."""
    precision: Interval
    """Of those that reach a person, those whose verdict names the right brand; none where it is lawful."""
    fired: dict[str, int]
    """In how many of its listings each signal fired."""
    variants: dict[str, Interval]
    """`flagged`, by the label's variant."""

    @property
    def number(self) -> int:
        """How many listings."""
        return self.flagged.of


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRecord:
    """What one signal found in the whole set, and what it cost in false alarms."""

    signal: str
    infringing: Interval
    """Of what infringes, the share in which it fired."""
    lawful: Interval
    """Of what is lawful, the share in which it fired."""
    false_alarms: int
    """In how many of them it fired."""
    alone: int
    """Infringing listings that reach a person and in which nothing else fired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What judging the set took."""

    seconds: dict[str, float]
    """By stage of the scan."""
    listings: int
    images: int
    model_calls: dict[str, int]
    paid: dict[str, int]
    """Units of paid services, by feature; empty where none was asked."""
    usd: float
    """What they cost at list price."""

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())

    @property
    def per_listing(self) -> float | None:
        """Seconds, all stages and the start of workers included."""
        return self.total / self.listings if self.listings else None

    @property
    def per_image(self) -> float | None:
        """Seconds, likewise."""
        return self.total / self.images if self.images else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The whole comparison."""

    scenarios: tuple[Scenario, ...]
    signals: tuple[SignalRecord, ...]
    promises: tuple[Promise, ...]
    false_alarms: int
    """Lawful listings that reach a person, without those second-hand ones that do by rule."""
    recall: Interval
    """Of what infringes, the share that reaches a person."""
    precision: Interval
    """Of what reaches a person, the share that infringes."""
    tier_1_precision: Interval
    reviewed: Interval
    """Of all listings, the share that a person must look at."""
    unread: int
    """Listings with an error: a picture that could not be read, or a row."""
    cost: Cost
    summary: dict[str, Any]
    """The scan's own."""

    def to_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        shown = asdict(self)
        shown["promises"] = [asdict(it) | {"kept": it.kept} for it in self.promises]
        shown["cost"] |= {"per_listing": self.cost.per_listing, "per_image": self.cost.per_image}
        return shown


def compare(judged: Sequence[Outcome], summary: Mapping[str, Any]) -> Evaluation:
    """What outcomes amount to; `summary` is the scan's."""
    by_kind: defaultdict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for it in judged:
        by_kind[it.label.verdict, it.label.kind].append(it)
    bad = [it for it in judged if it.label.infringing]
    flagged = [it for it in judged if it.flagged]
    right = [it for it in flagged if it.label.infringing]
    first = [it for it in judged if it.tier == 1]
    return Evaluation(
        scenarios=tuple(
            _scenario(verdict, kind, by_kind[verdict, kind]) for verdict, kind in sorted(by_kind)
        ),
        signals=_signals(judged),
        promises=promises(judged),
        false_alarms=sum(it.false_alarm for it in judged),
        recall=Interval.wilson(len(right), len(bad)),
        precision=Interval.wilson(len(right), len(flagged)),
        tier_1_precision=Interval.wilson(sum(it.label.infringing for it in first), len(first)),
        reviewed=Interval.wilson(len(flagged), len(judged)),
        unread=sum(bool(it.errors) for it in judged),
        cost=Cost(
            seconds=dict(summary.get("seconds", {})),
            listings=len(judged),
            images=summary.get("images", 0),
            model_calls=dict(summary.get("model_calls", {})),
            paid=dict(summary.get("cost", {}).get("units", {})),
            usd=summary.get("cost", {}).get("usd", 0.0),
        ),
        summary=dict(summary),
    )


def _scenario(verdict: str, kind: str, of: Sequence[Outcome]) -> Scenario:
    tiers = Counter(it.tier for it in of)
    flagged = [it for it in of if it.flagged]
    variants: defaultdict[str, list[Outcome]] = defaultdict(list)
    for it in of:
        if it.label.variant is not None:
            variants[it.label.variant].append(it)
    infringing = verdict == "infringing"
    return Scenario(
        kind=kind,
        verdict=verdict,
        tiers={tier: tiers[tier] for tier in TIERS},
        flagged=Interval.wilson(len(flagged), len(of)),
        precision=Interval.wilson(
            sum(it.rightly_named for it in flagged) if infringing else 0, len(flagged) if infringing else 0
        ),
        fired=dict(sorted(Counter(signal for it in of for signal in it.fired).items())),
        variants={
            name: Interval.wilson(sum(it.flagged for it in some), len(some))
            for name, some in sorted(variants.items())
        },
    )


def _signals(judged: Sequence[Outcome]) -> tuple[SignalRecord, ...]:
    bad = [it for it in judged if it.label.infringing]
    good = [it for it in judged if not it.label.infringing]
    names = sorted({signal for it in judged for signal in it.fired})
    return tuple(
        SignalRecord(
            signal=name,
            infringing=Interval.wilson(sum(name in it.fired for it in bad), len(bad)),
            lawful=Interval.wilson(sum(name in it.fired for it in good), len(good)),
            false_alarms=sum(name in it.fired and it.false_alarm for it in good),
            alone=sum(it.fired == {name} and it.flagged for it in bad),
        )
        for name in names
    )
