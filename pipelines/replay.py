"""What another recipe would change: a labelled set judged by both, and measured once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from cluster.session import session
from cluster.settings import Settings
from pipelines.beginning import ScanRequest
from pipelines.evaluate import Evaluation, Label, compare, outcomes, read_labels
from pipelines.progress import Reporter
from pipelines.results import ScanFacts, write_results
from pipelines.scan import Run, begun
from scoring.recipe import Recipe
from scoring.recipe_diff import Difference, differences

_SAME = 1e-6
"""Scores nearer than this are the same."""
_SHOWN = 40
"""Listings that change their tier, in text; the JSON has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one recipe puts a listing."""

    tier: int
    score: float
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A listing that the two recipes judge differently."""

    listing_id: str
    title: str
    label: Label
    active: Standing
    candidate: Standing

    @property
    def better(self) -> bool | None:
        """Whether the move is towards the truth: of what infringes to a graver tier; None within a tier."""
        if self.active.tier == self.candidate.tier:
            return None
        return (self.candidate.tier < self.active.tier) is (self.label.verdict == "infringing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Both recipes on one set."""

    active: str
    candidate: str
    differences: tuple[Difference, ...]
    listings: int
    moves: tuple[Move, ...]
    """Every listing whose tier or score differs, in the set's order."""
    before: Evaluation
    after: Evaluation
    tiers: dict[str, dict[int, int]]
    """Listings in each tier, by `active` and `candidate`."""

    def to_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        totals = {"active": self.before, "candidate": self.after}
        return {
            "active": self.active,
            "candidate": self.candidate,
            "differences": [asdict(it) for it in self.differences],
            "listings": self.listings,
            "tiers": self.tiers,
            "totals": {
                name: {field: asdict(getattr(it, field)) for field in _TOTALS} for name, it in totals.items()
            },
            "moves": [
                {
                    "listing_id": it.listing_id,
                    "title": it.title,
                    "label": it.label.model_dump(),
                    "active": asdict(it.active),
                    "candidate": asdict(it.candidate),
                    "better": it.better,
                }
                for it in self.moves
            ],
        }

    def to_text(self) -> str:
        """Everything that matters, for a person."""
        crossing = [it for it in self.moves if it.better is not None]
        lines = [f"{self.candidate} instead of {self.active}, on {self.listings} listings:"]
        lines += [f"  {it.words}" for it in self.differences] or ["  the two judge alike"]
        lines.append("")
        if crossing:
            right = sum(bool(it.better) for it in crossing)
            lines.append(f"{len(crossing)} change their tier, {right} of them for the better:")
            lines += map(_line, crossing[:_SHOWN])
            if len(crossing) > _SHOWN:
                lines.append(f"  and {len(crossing) - _SHOWN} more: --json has all")
        else:
            lines.append("No listing changes its tier.")
        lines.append(f"{len(self.moves) - len(crossing)} more change their score within their tier.")
        lines += ["", f"{'':<34}{'now':>28}{'then':>28}"]
        for tier in (1, 2, 3, 4):
            now, then = (self.tiers[name][tier] for name in ("active", "candidate"))
            lines.append(f"{f'tier {tier}':<34}{now:>28}{then:>28}")
        for field, words in _TOTALS.items():
            lines.append(f"{words:<34}{getattr(self.before, field)!s:>28}{getattr(self.after, field)!s:>28}")
        return "\n".join(lines)


_TOTALS = {
    "recall": "of what infringes, found",
    "precision": "of what is flagged, right",
    "tier_1_precision": "of tier 1, right",
    "reviewed": "a person must look at",
}
"""Fields of an `Evaluation`, and what to call them."""


def replay(labelled: Path, tenant: str, candidate: Recipe, settings: Settings, reporter: Reporter) -> Replay:
    """Judge a labelled file by a candidate and by the tenant's active recipe; nothing is put to use.

    Pictures are fetched, and features measured, once: what one recipe asked for the other finds there.
    """
    labels = read_labels(labelled)
    with TemporaryDirectory(prefix="counterfoil-replay-") as folder:
        out = Path(folder) / "results"
        request = ScanRequest(tenant=tenant, sources=(f"file:{labelled}",), out=out, remembered=False)
        with begun(request, settings, reporter) as run:
            active = run.library.recipe
            with session(settings):
                run.library = replace(run.library, recipe=candidate)
                run.all()
                then = rows_so_far(run, Path(folder) / "candidate.parquet", reporter)
                run.judge_again(active)
            summary = run.finish()
        now = pq.read_table(out / "results.parquet").to_pylist()
    return Replay(
        active=active.id,
        candidate=candidate.id,
        differences=differences(active, candidate),
        listings=len(labels),
        moves=_moves(labels, now, then),
        before=compare(outcomes(labels, now, active), summary),
        after=compare(outcomes(labels, then, candidate), summary),
        tiers={"active": _tiers(now), "candidate": _tiers(then)},
    )


def rows_so_far(run: Run, path: Path, reporter: Reporter) -> list[dict[str, Any]]:
    """The results of a scan under way, through a file: what a verdict comes to is written in one place."""
    facts = ScanFacts(tenant=run.request.tenant, scan_id=run.scan_id, recipe_version=run.library.recipe.id)
    with reporter.stage("write", run.journal.total("listings")) as stage:
        write_results(run.journal.listings(), path, scan=facts, stage=stage)
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def _tiers(rows: Sequence[dict[str, Any]]) -> dict[int, int]:
    counted = Counter(row["tier"] for row in rows)
    return {tier: counted[tier] for tier in (1, 2, 3, 4)}


def _moves(
    labels: Sequence[Label], now: Sequence[dict[str, Any]], then: Sequence[dict[str, Any]]
) -> tuple[Move, ...]:
    return tuple(
        Move(
            listing_id=before["listing_id"] or "",
            title=before["title"] or "",
            label=label,
            active=_standing(before),
            candidate=_standing(after),
        )
        for label, before, after in zip(labels, now, then, strict=True)
        if before["tier"] != after["tier"] or abs(before["score"] - after["score"]) > _SAME
    )


def _standing(row: dict[str, Any]) -> Standing:
    return Standing(tier=row["tier"], score=row["score"], rule=row["rule"])


def _line(move: Move) -> str:
    was, now = move.active, move.candidate
    mark = "+" if move.better else "-"
    return (
        f"  {mark} tier {was.tier} → {now.tier} ({was.score:.2f} → {now.score:.2f})  "
        f"{move.label.verdict} {move.label.kind}: {move.listing_id} {move.title[:48]!r}; {now.rule}"
    )
