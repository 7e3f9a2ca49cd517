"""What the record store knows: caps, the kill switch, scans. It is the same whichever replica is asked."""

from collections.abc import Callable

from catalog.records import Catalog
from cluster.kill_switch import IMAGE_SIMILARITY, MEDIA_INDEX
from cluster.metrics.definitions import CAP_LIMIT, CAP_USED, KILL_SWITCH, RECORDS, SCANS, Metric
from cluster.settings import Settings
from scoring.errors import CounterfoilError
from scoring.features import PAID

EVERY = "all"
"""For every tenant, or every resource."""
MOST_CAPS = 200
"""Pairs of tenant and resource that are shown: those nearest to their caps."""
_STATES = ("running", "paused", "finished", "failed")

Value = tuple[Metric, tuple[str, ...], float]
"""A metric, the values of its labels, and its own."""


def read_records(catalog: Callable[[], Catalog], settings: Settings) -> list[Value]:
    """Everything of it; where the store does not answer, that alone."""
    try:
        return [*_caps(catalog(), settings), *_switch(catalog()), *_scans(catalog()), (RECORDS, (), 1.0)]
    except CounterfoilError:
        return [(RECORDS, (), 0.0)]


def _caps(catalog: Catalog, settings: Settings) -> list[Value]:
    used, own = catalog.overview.used_today(), catalog.overview.own_caps()
    defaults = {
        IMAGE_SIMILARITY: settings.limits.image_similarity_daily,
        MEDIA_INDEX: settings.limits.media_daily,
        **dict.fromkeys(PAID, settings.google_vision.daily_units),
    }
    limits = {key: own.get(key, defaults.get(key[1])) for key in {*used, *own}}

    def nearness(key: tuple[str, str]) -> float:
        limit = limits[key]
        return used.get(key, 0) / limit if limit else float(limit == 0)

    shown = sorted(sorted(limits), key=nearness, reverse=True)[:MOST_CAPS]
    values: list[Value] = [(CAP_USED, key, float(used.get(key, 0))) for key in shown]
    values += [(CAP_LIMIT, key, float(limit)) for key in shown if (limit := limits[key]) is not None]
    return values


def _switch(catalog: Catalog) -> list[Value]:
    return [
        (KILL_SWITCH, (it.tenant or EVERY, it.resource or EVERY), 1.0)
        for it in catalog.kill_switch.standing()
    ]


def _scans(catalog: Catalog) -> list[Value]:
    counted = catalog.overview.scans()
    return [(SCANS, (state,), float(counted.get(state, 0))) for state in _STATES]
