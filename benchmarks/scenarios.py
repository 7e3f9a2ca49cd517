"""Every scenario of the plan in one scan, with what was found beside what is aimed at.

Builds the labelled set (`--split development` to tune on, `report` to report), imports its brand kits into a
home of its own, and evaluates it as `counterfoil evaluate` does; `--in-process 1` judges without Ray, with
what was measured kept in `--cache` from one run to the next.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from benchmarks._report import options, photographs, show
from cluster.settings import Settings
from pipelines.evaluate import Evaluation, Interval, compare, evaluate_file, outcomes, read_labels
from pipelines.progress import Reporter
from tests.scenarios.build import ScenarioSet, build
from tests.scenarios.runner import TENANT, import_kits, judged, opened_bench, summary
from tests.scenarios.sources import Split

READS_CODES = "barcode"
"""The signal whose firing says that a barcode was read."""


@dataclass(frozen=True, slots=True)
class Target:
    """A share of some scenarios' listings that must reach a person."""

    name: str
    kinds: tuple[str, ...]
    at_least: float
    signal: str | None = None
    """Where it is not a person that must be reached, but a signal that must fire."""


TARGETS = (
    Target("copies", ("stolen_photo", "modified_photo"), 0.98),
    Target("self-photographed packaging", ("packaging",), 0.85),
    Target("marks in photos", ("self_photographed",), 0.70),
    Target("composited marks", ("composited_logo",), 0.95),
    Target("name attacks", ("name_attack",), 0.95),
    Target("barcodes read", ("cloned_barcode",), 0.95, READS_CODES),
)
SECONDS_A_LISTING = 0.5
"""On two cores, the funnel included."""


def against_targets(evaluation: Evaluation) -> dict[str, dict[str, Any]]:
    """Each target, what was measured, and whether it was met."""
    scenarios = {it.kind: it for it in evaluation.scenarios}
    met: dict[str, dict[str, Any]] = {}
    for target in TARGETS:
        there = [scenarios[kind] for kind in target.kinds if kind in scenarios]
        hits = sum(
            it.flagged.hits if target.signal is None else it.fired.get(target.signal, 0) for it in there
        )
        share = Interval.wilson(hits, sum(it.number for it in there))
        reached = share.share is not None and share.share >= target.at_least
        met[target.name] = {"measured": str(share), "target": f"≥ {target.at_least:.0%}", "met": reached}
    for promise in evaluation.promises:
        met[promise.says] = {
            "measured": str(promise.broken),
            "target": f"≤ {promise.at_most:.1%}",
            "met": promise.kept,
        }
    seconds = evaluation.cost.per_listing or 0.0
    met["seconds a listing"] = {
        "measured": f"{seconds:.2f}",
        "target": f"≤ {SECONDS_A_LISTING}",
        "met": seconds <= SECONDS_A_LISTING,
    }
    return met


def measure(
    made: ScenarioSet, *, cache: Path, in_process: bool, report: Path | None, encoder: str | None = None
) -> Evaluation:
    """The set's evaluation, by a scan or in this process."""
    if in_process:
        cv2.setNumThreads(1)
        bench = opened_bench(made.folder, cache, encoder=encoder)
        rows = list(judged(made.listings, bench))
        seen = outcomes(read_labels(made.listings), rows, bench.funnel.recipe)
        return compare(seen, summary(bench, len(rows)))
    settings = Settings(home=cache / "home", encoder=encoder)
    import_kits(made.folder / "kits", settings)
    return evaluate_file(made.listings, TENANT, settings, Reporter(quiet=True), report=report)


def figures(evaluation: Evaluation) -> Mapping[str, Any]:
    """What is printed."""
    return {
        "listings": evaluation.reviewed.of,
        "recall": str(evaluation.recall),
        "precision": str(evaluation.precision),
        "tier 1 right": str(evaluation.tier_1_precision),
        "a person must look at": str(evaluation.reviewed),
        "targets": {
            name: f"{it['measured']}, aimed at {it['target']}: {'met' if it['met'] else 'MISSED'}"
            for name, it in against_targets(evaluation).items()
        },
        "by scenario": {it.kind: str(it.flagged) for it in evaluation.scenarios},
        "by kind": {
            f"{it.kind}: {name}": str(share)
            for it in evaluation.scenarios
            for name, share in it.variants.items()
        },
    }


if __name__ == "__main__":
    asked = options(
        __doc__ or "",
        split="development",
        per_scenario=20,
        seed=1,
        in_process=0,
        cache="",
        report="",
        encoder="none",
    )
    data = photographs(asked)
    split: Split = "report" if asked.split == "report" else "development"
    with tempfile.TemporaryDirectory() as folder:
        set_ = build(
            data, Path(folder) / "set", split=split, per_scenario=asked.per_scenario, seed=asked.seed
        )
        found = measure(
            set_,
            cache=Path(asked.cache or folder),
            in_process=bool(asked.in_process),
            report=Path(asked.report) if asked.report else None,
            encoder=asked.encoder,
        )
    show(asked, figures(found))
