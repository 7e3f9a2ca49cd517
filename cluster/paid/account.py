"""What a tenant's paid features cost and how far their caps go, for people and programs to read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalog.records import Catalog
from cluster.settings import GoogleVision
from scoring.features import PAID, VISION_LOGO, VISION_OBJECTS, VISION_TEXT, VISION_WEB
from scoring.recipe import Recipe
from scoring.signals import SIGNALS

HELPERS = {"logo": VISION_LOGO, "text": VISION_TEXT, "web": VISION_WEB, "objects": VISION_OBJECTS}
"""Paid features by what the commands call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperStatus:
    """One paid helper of a tenant's."""

    helper: str
    feature: str
    on: bool
    read: bool
    """Whether a signal of the tenant's recipe reads it; if none does, nothing is ever sent for it."""
    changed_at: datetime | None
    """None where nobody ever turned it on or off."""
    changed_by: str | None
    cap: int
    """Units a UTC day."""
    used_today: int
    usd_per_1000: float


def statuses(
    catalog: Catalog, settings: GoogleVision, tenant: str, *, recipe: Recipe
) -> tuple[HelperStatus, ...]:
    """Every paid helper, turned on or not."""
    decided = {one.feature: one for one in catalog.opt_ins.of(tenant)}
    used = {one.resource: one.units for one in catalog.usage.today(tenant)}
    caps = catalog.usage.caps(tenant)
    read = {need for step in recipe.steps for signal in step.signals for need in _needs(signal)}
    return tuple(
        HelperStatus(
            helper=helper,
            feature=feature,
            on=feature in decided and decided[feature].on,
            read=feature in read,
            changed_at=decided[feature].changed_at if feature in decided else None,
            changed_by=decided[feature].changed_by if feature in decided else None,
            cap=caps.get(feature, settings.daily_units),
            used_today=used.get(feature, 0),
            usd_per_1000=settings.unit_micros(feature) / 1000,
        )
        for helper, feature in HELPERS.items()
    )


def _needs(signal: str) -> tuple[str, ...]:
    return SIGNALS[signal].needs if signal in SIGNALS else ()


def cap_use(catalog: Catalog, settings: GoogleVision, tenant: str) -> dict[str, dict[str, int]]:
    """Today's use of each cap that a tenant's paid features are under; nothing where none is on."""
    used = {one.resource: one.units for one in catalog.usage.today(tenant)}
    caps = catalog.usage.caps(tenant)
    on = catalog.opt_ins.turned_on(tenant)
    return {
        feature: {"used": used.get(feature, 0), "cap": caps.get(feature, settings.daily_units)}
        for feature in PAID
        if feature in on
    }


def usage_report(catalog: Catalog, tenant: str, *, since: date) -> dict[str, Any]:
    """Usage by day and resource from a day on, and what all of it cost at list price."""
    rows = catalog.usage.of(tenant, since=since)
    return {
        "tenant": tenant,
        "since": since.isoformat(),
        "usage": [
            {
                "day": row.day.isoformat(),
                "resource": row.resource,
                "units": row.units,
                "usd": row.cost_micros / 1e6,
            }
            for row in rows
        ],
        "usd": sum(row.cost_micros for row in rows) / 1e6,
    }
