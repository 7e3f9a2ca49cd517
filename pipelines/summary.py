"""What a scan says of itself at its end: `summary.json` (DESIGN section 8)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from cluster.encoder_plan import is_appearance
from cluster.library import Library
from cluster.paid.account import cap_use
from cluster.settings import Settings
from cluster.state import State
from pipelines.floods import quarantined
from pipelines.journal import Journal
from pipelines.vanished import Vanished
from scoring.features import APPEARANCE, Features, Unavailable

_MODEL, _FAILURE, _BILLED = "model:", "failure:", "billed:"
"""Before a feature's name among a scan's counts: calls of its model, failures of it, and units of it that a
paid service may ask money for."""


def counted(features: Features, *, cached: Collection[str], billed: Sequence[str]) -> Iterator[str]:
    """What each measurement counts as: a call of a model, a hit in the cache, a failure, a paid unit."""
    for measured, value in features.items():
        name = APPEARANCE if is_appearance(measured) else measured
        if isinstance(value, Unavailable):
            yield f"{_FAILURE}{name}"
        else:
            yield "cache_hits" if measured in cached else f"{_MODEL}{name}"
    for name in billed:
        yield f"{_BILLED}{name}"


def summarise(
    journal: Journal,
    library: Library,
    state: State,
    *,
    gaps: Mapping[str, Sequence[str]],
    vanished: Vanished,
) -> dict[str, Any]:
    """Everything the journal counted; `gaps` are what reading left out, by source."""
    seconds, counts = journal.figures()
    failed = {f"{name} not measured": n for name, n in _named(counts, _FAILURE).items()}
    return {
        "tenant": library.tenant,
        "recipe": library.recipe.id,
        "listings": journal.total("listings"),
        "listings_unreadable": journal.total("listings", "listing IS NULL"),
        "listings_not_whole": journal.not_whole(),
        "images": journal.total("pictures"),
        "images_unreadable": journal.total("pictures", "error IS NOT NULL"),
        "unique_images": journal.unique_pictures(),
        "model_calls": _named(counts, _MODEL),
        "cache_hits": counts.get("cache_hits", 0),
        "cap_use": cap_use(state.catalog, state.settings, library.tenant),
        "image_similarity": {"counted": 0, "free": 0, "spent": 0} | journal.admissions(),
        "cost": _cost(journal, _named(counts, _BILLED), state.settings),
        "kept": dict(zip(("pictures", "bytes"), journal.kept(), strict=True)),
        "failures": journal.failures() | failed,
        "read": _read(journal),
        "vanished": vanished.counts,
        "quarantined": quarantined(journal, library.held, library.tenant),
        "not_covered": _not_covered(journal, gaps, vanished),
        "not_measured": library.missing,
        "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
    }


def _named(counts: Mapping[str, int], kind: str) -> dict[str, int]:
    return {name.removeprefix(kind): n for name, n in counts.items() if name.startswith(kind)}


def _read(journal: Journal) -> dict[str, dict[str, Any]]:
    """By source: its pages and listings, calls, look-ups, and seconds waited for its pace."""
    return {
        it.source: {
            "pages": it.pages,
            "listings": it.listings,
            "details": journal.details(it.source)[0],
            "calls": it.calls,
            "waited_seconds": round(it.waited, 3),
        }
        for it in journal.progress()
    }


def _not_covered(
    journal: Journal, gaps: Mapping[str, Sequence[str]], vanished: Vanished
) -> dict[str, list[str]]:
    left = {source: list(missing) for source, missing in gaps.items()}
    for source, words in journal.left_out().items():
        left.setdefault(source, []).append(words)
    for source in journal.planned():
        for why, number in journal.details(source)[1].items():
            left.setdefault(source, []).append(f"details of {number:,} listings were not looked up: {why}")
    for source, why in vanished.unanswered.items():
        number = vanished.counts[source].get("unanswered", 0)
        left.setdefault(source, []).append(
            f"{number:,} listings of earlier scans, not found again, were not looked up: {why}"
        )
    return left


def _cost(journal: Journal, units: dict[str, int], settings: Settings) -> dict[str, Any]:
    """What this scan's paid calls cost at the settings' prices; a restarted worker's calls twice."""
    micros = sum(n * settings.google_vision.unit_micros(name) for name, n in units.items())
    images = journal.total("pictures")
    return {
        "units": units,
        "usd": micros / 1e6,
        "usd_per_image": round(micros / 1e6 / images, 9) if images else 0.0,
    }
