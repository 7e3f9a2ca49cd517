"""An evaluation in words and tables that a manager reads."""

from collections.abc import Iterable, Sequence

from pipelines.evaluate.comparison import TIERS, Cost, Evaluation, Scenario
from pipelines.evaluate.promises import Promise

_NAMED = 5
"""Listings that broke a promise, by name; the JSON has all."""


def spoken(name: str) -> str:
    """A scenario or signal as people say it.

    >>> spoken("self_photographed")
    'self photographed'
    """
    return name.replace("_", " ")


def to_text(evaluation: Evaluation) -> str:
    """Everything, for a person at a terminal."""
    parts = [
        summary_lines(evaluation),
        ["What infringes, and how much of it reaches a person:", *_scenarios(evaluation, "infringing")],
        [
            "What is lawful, and how much of it reaches a person (second-hand goods do by rule):",
            *_scenarios(evaluation, "lawful"),
        ],
        ["Which signals fired where (listings):", *_coverage(evaluation)],
        ["Promises:", *(promise_line(it) for it in evaluation.promises)],
        cost_lines(evaluation.cost),
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def summary_lines(evaluation: Evaluation) -> list[str]:
    """The sentences that matter most."""
    recall, reviewed = evaluation.recall, evaluation.reviewed
    missed = recall.of - recall.hits
    found = (
        f"Of {recall.of} infringing listings, {recall} reach a person; missed: {missed}."
        if recall.of
        else "Nothing in this set infringes."
    )
    load = f"A person must look at {reviewed} of {reviewed.of} listings"
    deserved = f"; {evaluation.precision} of these deserve it." if evaluation.precision.of else "."
    right = evaluation.tier_1_precision
    lines = [
        found,
        load + deserved,
        f"Of the accusations made at once (tier 1), {right} are right."
        if right.of
        else "Nobody was accused at once (tier 1).",
        "In brackets: how many, and between which shares the truth lies with 95 % certainty.",
    ]
    if evaluation.unread:
        lines.append(f"{evaluation.unread} could not be read in full: see `errors` in the results.")
    return lines


def promise_line(promise: Promise) -> str:
    """One promise, in one line."""
    if promise.kept is None:
        return f"  not tested  {promise.says} (the set has no {spoken(promise.kind)} listing)"
    count = f"{promise.broken.hits} of {promise.broken.of} did not keep to it"
    said = f"  {promise.word:<11} {promise.says} ({count})"
    if promise.kept:
        return said
    named, more = promise.culprits[:_NAMED], len(promise.culprits) - _NAMED
    return f"{said}: {', '.join(named)}" + (f" and {more} more" if more > 0 else "")


def cost_lines(cost: Cost) -> list[str]:
    """What it took."""
    if cost.per_listing is None or not cost.total:
        return ["Time was not measured."]
    per_image = "" if cost.per_image is None else f", {cost.per_image:.2f} s a picture"
    stages = ", ".join(f"{name} {spent:.1f} s" for name, spent in cost.seconds.items())
    calls = ", ".join(f"{number} × {spoken(name)}" for name, number in sorted(cost.model_calls.items()))
    lines = [
        f"It took {cost.total:.1f} s with workers: {cost.per_listing:.2f} s a listing{per_image}.",
        f"By stage: {stages}.",
    ]
    if calls:
        lines.append(f"Measured: {calls}.")
    lines.append(_paid(cost))
    return lines


def _paid(cost: Cost) -> str:
    if not cost.paid:
        return "Paid services: none was asked, nothing was spent."
    units = ", ".join(f"{number} × {spoken(name)}" for name, number in sorted(cost.paid.items()))
    per_image = f", ${cost.usd / cost.images:.5f} a picture" if cost.images else ""
    return f"Paid services: {units}; ${cost.usd:.4f} at list price{per_image}."


def _scenarios(evaluation: Evaluation, verdict: str) -> list[str]:
    of = [it for it in evaluation.scenarios if it.verdict == verdict]
    if not of:
        return ["  none in this set"]
    rows = [["scenario", "listings", "tier 1/2/3/4", "reaches a person", "right brand"]]
    rows += [
        [spoken(it.kind), str(it.number), _tiers(it), str(it.flagged), it.precision.percent] for it in of
    ]
    return _table([row[:4] for row in rows] if verdict == "lawful" else rows)


def _coverage(evaluation: Evaluation) -> list[str]:
    names = [it.signal for it in evaluation.signals]
    if not names:
        return ["  none fired"]
    rows = [["scenario", "found", *map(spoken, names)]]
    rows += [
        [
            spoken(it.kind),
            f"{it.flagged.hits}/{it.number}",
            *(str(it.fired.get(name) or "·") for name in names),
        ]
        for it in evaluation.scenarios
        if it.verdict == "infringing"
    ]
    lawful = [it for it in evaluation.scenarios if it.verdict == "lawful"]
    rows += [
        [
            f"({spoken(it.kind)})",
            f"{it.flagged.hits}/{it.number}",
            *(str(it.fired.get(name) or "·") for name in names),
        ]
        for it in lawful
    ]
    rows.append(
        [
            "false alarms",
            str(evaluation.false_alarms),
            *(str(it.false_alarms) for it in evaluation.signals),
        ]
    )
    rows.append(["found it alone", "", *(str(it.alone) for it in evaluation.signals)])
    return _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  " + "  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Iterable[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]


def _tiers(scenario: Scenario) -> str:
    return "/".join(str(scenario.tiers[tier]) for tier in TIERS)
