"""Outcomes for tests of evaluation: rows as a scan leaves them, with labels, by their tiers alone."""

from pipelines.evaluate import Label, Outcome, outcomes
from scoring.recipe import Recipe

RECIPE = Recipe.default()


def row(tier=4, *, score=None, signals=(), brand=None, exemption=None, listing_id="x", **more):
    """A row of results.parquet; `signals` are (name, score)."""
    heard = [
        {"signal": name, "score": value, "weight": 1.0, "contribution": value, "detail": f"{name} found it"}
        for name, value in signals
    ]
    return {
        "listing_id": listing_id,
        "title": "A thing",
        "tier": tier,
        "score": {1: 0.95, 2: 0.7, 3: 0.5, 4: 0.0}[tier] if score is None else score,
        "brand": brand,
        "exemption": exemption,
        "reference_id": None,
        "rule": "a rule",
        "contributions": heard,
        "errors": [],
    } | more


def label(kind="stolen_photo", verdict="infringing", *, brand="Arla", variant=None):
    return Label(kind=kind, verdict=verdict, brand=brand, variant=variant)


def judged(*pairs) -> tuple[Outcome, ...]:
    """(label, row) pairs, their ids numbered in their order where they have none of their own."""
    rows = [
        it | ({"listing_id": f"l{number}"} if it["listing_id"] == "x" else {})
        for number, (_, it) in enumerate(pairs, start=1)
    ]
    return outcomes([label for label, _ in pairs], rows, RECIPE)
