"""What a tenant's paid features cost and how far their caps go, for people and programs to read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalog.records import Catalog
from cluster.kill_switch import IMAGE_SIMILARITY
from cluster.settings import GoogleVision, Settings
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


def cap_use(catalog: Catalog, settings: Settings, tenant: str) -> dict[str, dict[str, int]]:
    """Today's use of each cap that a tenant is under: image similarity's, and those of what is turned on."""
    used = {one.resource: one.units for one in catalog.usage.today(tenant)}
    caps = catalog.usage.caps(tenant)
    on = catalog.opt_ins.turned_on(tenant)
    defaults = {IMAGE_SIMILARITY: settings.limits.image_similarity_daily} | dict.fromkeys(
        (feature for feature in PAID if feature in on), settings.google_vision.daily_units
    )
    return {
        resource: {"used": used.get(resource, 0), "cap": caps.get(resource, default)}
        for resource, default in defaults.items()
    }


def usage_report(catalog: Catalog, tenant: str, *, since: date) -> dict[str, Any]:
    """Usage by day, resource and scan from a day on, and what all of it cost at list price."""
    rows = catalog.usage.of(tenant, since=since)
    scans = [it for it in catalog.scans.of(tenant) if it.summary and it.started_at.date() >= since]
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
        "scans": [_receipt(scan.id, scan.started_at, scan.summary or {}) for scan in scans],
        "usd": sum(row.cost_micros for row in rows) / 1e6,
    }


def _receipt(scan_id: str, started_at: datetime, summary: dict[str, Any]) -> dict[str, Any]:
    """What one scan used. Those of older versions say less in their summaries."""
    pictures, cost = summary.get("image_similarity", {}), summary.get("cost", {})
    return {
        "scan_id": scan_id,
        "started_at": started_at.isoformat(),
        "listings": summary.get("listings", 0),
        "image_similarity": pictures.get("counted", 0),
        "image_similarity_free": pictures.get("free", 0),
        "cache_hits": summary.get("cache_hits", 0),
        "paid_units": cost.get("units", {}),
        "usd": cost.get("usd", 0.0),
    }
