"""A reference that suddenly matches a flood of listings: people look at the reference first.

A platform's placeholder that slipped into a brand kit, or a stock photograph, would fill the queue with
itself. A wave of counterfeits looks the same from here, so nothing is thrown away: what rests on the
reference waits, is counted and told of, and comes back when somebody releases it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from catalog.sightings import ListingKey
from catalog.standings import Standing
from cluster.settings import Flood
from cluster.state import State
from pipelines.journal import Journal
from scoring.features import HeldReference

_EARLIER = 4
"""Periods before the present one that say what is usual: four weeks, by default."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Matched:
    """What rests on a reference: listings, and who sells them."""

    listings: dict[ListingKey, str | None] = field(default_factory=dict)
    """By whom; None where nobody is named, which counts as no seller."""

    def add(self, key: ListingKey, seller: str | None) -> None:
        """One more listing."""
        self.listings[key] = seller

    @property
    def sellers(self) -> int:
        """How many sell them, each platform's apart."""
        return len({(key[0], seller) for key, seller in self.listings.items() if seller is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodFigures:
    """What makes a flood, or no flood, of a reference's matches."""

    listings: int
    """New ones within the period, this scan's included."""
    sellers: int
    usual: float
    """Listings in a period, in the mean of those before; or as many as somebody has released, where more."""
    days: int

    def is_flood(self, limits: Flood) -> bool:
        """Whether people should look at the reference first."""
        return (
            self.listings >= limits.listings
            and self.sellers >= limits.sellers
            and self.listings >= limits.times * self.usual
        )

    @property
    def words(self) -> str:
        """For the record, and for whoever decides.

        >>> FloodFigures(listings=412, sellers=130, usual=3.5, days=7).words
        '412 new listings of 130 sellers within 7 days, where 3.5 are usual'
        """
        return (
            f"{self.listings} new listings of {self.sellers} sellers within {self.days} days, "
            f"where {self.usual:g} are usual"
        )


def figures(
    matched: Matched,
    known: Iterable[tuple[date, str, str, str | None]],
    *,
    standing: Standing | None,
    now: datetime,
    days: int,
) -> FloodFigures:
    """A reference's matches in a scan, and those that earlier scans have seen first, as numbers.

    `known` are (UTC day, platform, listing id, seller). What was seen before is not new, whenever that was.
    """
    today = now.date()
    begins, usual_begins = today - timedelta(days=days), today - timedelta(days=days * (1 + _EARLIER))
    recent, earlier, seen = Matched(), 0, set[ListingKey]()
    for day, platform, listing_id, seller in known:
        key = (platform, listing_id)
        seen.add(key)
        if day > begins:
            recent.add(key, seller)
        elif day > usual_begins:
            earlier += 1
    for key in matched.listings.keys() - seen:
        recent.add(key, matched.listings[key])
    released = standing.figures.get("listings", 0) if standing and standing.standing == "released" else 0
    return FloodFigures(
        listings=len(recent.listings),
        sellers=recent.sellers,
        usual=max(earlier / _EARLIER, float(released)),
        days=days,
    )


def quarantine_floods(journal: Journal, state: State, tenant: str, scan_id: str) -> list[str]:
    """Quarantine every reference that floods the queue of this scan; their ids.

    Running it again says nothing twice: a reference that waits already is not in the queue.
    """
    limits, now = state.settings.flood, state.catalog.clock()
    standings = state.catalog.standings
    found = list[str]()
    for reference_id, matched in _queued(journal).items():
        standing = standings.of(tenant).get(reference_id)
        known = standings.first_seen(
            tenant, reference_id, since=datetime.combine(date.min, time.min, now.tzinfo), apart_from=scan_id
        )
        counted = figures(matched, known, standing=standing, now=now, days=limits.days)
        if not counted.is_flood(limits):
            continue
        standings.say(
            tenant,
            reference_id,
            "quarantined",
            by=f"scan {scan_id}",
            why=counted.words,
            figures=asdict(counted),
        )
        logger.warning("reference %s of tenant %s is quarantined: %s", reference_id, tenant, counted.words)
        found.append(reference_id)
    return found


def _queued(journal: Journal) -> dict[str, Matched]:
    """What a person would look at, by the reference that it rests on."""
    found: dict[str, Matched] = defaultdict(Matched)
    for row in journal.listings():
        said = row.verdict["verdict"] if row.verdict is not None else None
        if said is None or row.listing is None or said["route"] == "none" or said["reference_id"] is None:
            continue
        seller = row.listing.seller
        found[said["reference_id"]].add(row.listing.key, seller.id if seller else None)
    return found


def quarantined(journal: Journal, held: Iterable[HeldReference], tenant: str) -> list[dict[str, Any]]:
    """For `summary.json`: each reference in quarantine, and how many listings of this scan wait for it."""
    waiting = journal.held()
    return [
        {
            "reference_id": it.reference_id,
            "reference": it.name,
            "why": it.why,
            "listings_waiting": waiting.get(it.reference_id, 0),
            "release": f"counterfoil reference release {it.reference_id} --tenant {tenant}",
            "negate": f"counterfoil reference negate {it.reference_id} --tenant {tenant}",
        }
        for it in held
    ]
