"""How right the verdicts on a labelled set are, scenario by scenario, in words and figures."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from cluster.settings import Settings
from connectors.file.client import read_records
from pipelines.progress import Reporter
from pipelines.scan import ScanRequest, scan
from scoring.errors import SourceError

_FLAGGED = 2
"""Tiers up to this one reach a person."""


class Label(BaseModel):
    """What a person knows of a listing; scoring never reads it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    verdict: Literal["infringing", "lawful"]
    kind: str
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % Wilson interval; `share` is None where there was nothing to count."""

    hits: int
    of: int
    share: float | None
    low: float
    high: float

    @classmethod
    def wilson(cls, hits: int, of: int) -> "Interval":
        """Hits of a number of trials.

        >>> Interval.wilson(0, 0).share is None, round(Interval.wilson(9, 10).low, 3)
        (True, 0.596)
        """
        if of == 0:
            return cls(0, 0, None, 0.0, 1.0)
        z, share = 1.959964, hits / of  # the 97.5 % point of the normal distribution
        middle = (share + z * z / (2 * of)) / (1 + z * z / of)
        spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
        return cls(hits, of, share, max(0.0, middle - spread), min(1.0, middle + spread))

    def __str__(self) -> str:
        if self.share is None:
            return "–"
        return f"{self.share:.0%} ({self.hits}/{self.of}; {self.low:.0%}–{self.high:.0%})"


@dataclass(slots=True)
class Scenario:
    """One kind of listing and where it ended up."""

    kind: str
    verdict: str
    tiers: dict[int, int] = field(default_factory=lambda: dict.fromkeys((1, 2, 3, 4), 0))

    @property
    def number(self) -> int:
        """How many listings."""
        return sum(self.tiers.values())

    @property
    def flagged(self) -> int:
        """How many of them reach a person."""
        return sum(number for tier, number in self.tiers.items() if tier <= _FLAGGED)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The whole comparison."""

    scenarios: tuple[Scenario, ...]
    precision: Interval
    """Of what reaches a person, the share that infringes."""
    recall: Interval
    """Of what infringes, the share that reaches a person."""
    tier_1_precision: Interval
    reviewed: Interval
    """Of all listings, the share that a person must look at."""
    summary: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        shown = asdict(self)
        shown["scenarios"] = [asdict(it) | {"flagged": it.flagged} for it in self.scenarios]
        return shown

    def to_text(self) -> str:
        """Everything, for a person."""
        lines = [f"{'scenario':<24}{'truth':<12}{'listings':>8}  tiers 1/2/3/4      reaches a person"]
        for it in self.scenarios:
            tiers = "/".join(str(it.tiers[tier]) for tier in (1, 2, 3, 4))
            share = Interval.wilson(it.flagged, it.number)
            lines.append(f"{it.kind:<24}{it.verdict:<12}{it.number:>8}  {tiers:<18} {share}")
        return "\n".join(
            [
                *lines,
                "",
                f"Of what infringes, {self.recall} reaches a person.",
                f"Of what reaches a person, {self.precision} infringes; of tier 1, {self.tier_1_precision}.",
                f"A person must look at {self.reviewed} of all listings.",
                f"Paid helpers cost ${self.summary['cost']['usd_per_image']:.5f} an image.",
            ]
        )


def evaluate_file(
    labelled: Path, tenant: str, settings: Settings, reporter: Reporter, *, out: Path | None = None
) -> Evaluation:
    """Scan a labelled file and compare; `SourceError` names the first row without a usable label."""
    labels = read_labels(labelled)
    with TemporaryDirectory(prefix="counterfoil-evaluate-") as folder:
        kept = out or Path(folder) / "results"
        request = ScanRequest(tenant=tenant, sources=(f"file:{labelled}",), out=kept)
        summary = scan(request, settings, reporter)
        tiers = pq.read_table(kept / "results.parquet", columns=["tier"])["tier"].to_pylist()
    return compare(list(zip(labels, tiers, strict=True)), summary)


def compare(judged: list[tuple[Label, int]], summary: dict[str, Any]) -> Evaluation:
    """Labels against the tiers that their listings were given."""
    scenarios: dict[tuple[str, str], Scenario] = {}
    count: defaultdict[tuple[bool, int], int] = defaultdict(int)
    for label, tier in judged:
        scenario = scenarios.setdefault((label.verdict, label.kind), Scenario(label.kind, label.verdict))
        scenario.tiers[tier] += 1
        count[label.verdict == "infringing", tier] += 1
    bad = {tier: count[True, tier] for tier in (1, 2, 3, 4)}
    good = {tier: count[False, tier] for tier in (1, 2, 3, 4)}
    flagged = bad[1] + bad[2]
    return Evaluation(
        scenarios=tuple(scenarios[key] for key in sorted(scenarios)),
        precision=Interval.wilson(flagged, flagged + good[1] + good[2]),
        recall=Interval.wilson(flagged, sum(bad.values())),
        tier_1_precision=Interval.wilson(bad[1], bad[1] + good[1]),
        reviewed=Interval.wilson(flagged + good[1] + good[2], len(judged)),
        summary=summary,
    )


def read_labels(labelled: Path) -> list[Label]:
    """The label of every row, in order; `SourceError` names the first row without a usable one."""
    labels = []
    for record in read_records(labelled):
        try:
            labels.append(Label.model_validate((record.fields or {}).get("label")))
        except ValidationError as error:
            raise SourceError(
                f"row {record.number} of {labelled} has no usable label.",
                hint='Every row needs "label": {"verdict": "infringing" or "lawful", "kind": "…"}.',
            ) from error
    return labels
