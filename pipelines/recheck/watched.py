"""Which listings are watched, since when, and whose turn it is to be looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.rechecks import Followed
from catalog.seen_listings import LastShown
from catalog.sightings import ListingKey, SightedPicture, Sighting
from cluster.state import State
from connectors import SOURCES, Access, open_source
from pipelines.recheck.come_backs import observed
from scoring.errors import SourceError
from scoring.listing import Listing, Seller
from scoring.territories import marketplace_country

RARER = 7
"""How much more rarely one that is gone is asked for: a take-down is fought for ten to fourteen business days
(17 U.S.C. § 512(g)(2)(C)), so a week misses no return for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A listing that is watched."""

    listing: Listing
    """As it was last seen, as far as a look-up needs it."""
    pictures: tuple[SightedPicture, ...]
    started_at: datetime
    """When a person decided; of one that nobody has decided on, when it was first seen."""
    decided: bool
    observed_at: datetime | None
    """When a scan last saw it, or a scan's look-up; None where none remembers it."""
    shown: LastShown | None
    """What the searches that found it say of it now."""
    followed: Followed

    @property
    def key(self) -> ListingKey:
        """As `Listing.key`."""
        return self.listing.key

    @property
    def missed(self) -> bool:
        """Whether scans have missed it since it was last seen or asked for."""
        missed_at = self.shown.missed_at if self.shown else None
        known = [it for it in (self.followed.asked_at, self.followed.seen_at) if it is not None]
        return missed_at is not None and all(missed_at > it for it in known)

    @property
    def reappeared(self) -> bool:
        """Whether a scan has seen it since it was seen to be gone."""
        known, seen = self.followed.seen_at, self.observed_at
        return self.followed.state == "gone" and known is not None and seen is not None and seen > known

    def due_at(self, every: timedelta) -> datetime | None:
        """When it is to be looked up; None where it never was, or scans tell otherwise: at once."""
        asked_at, state = self.followed.asked_at, self.followed.state
        if self.missed or self.reappeared:
            return None
        if state == "gone" and asked_at is not None:
            return asked_at + every * RARER
        known = [
            it for it in (asked_at, self.followed.seen_at if state == "there" else None) if it is not None
        ]
        return max(known) + every if known else None

    def urgency(self, every: timedelta) -> tuple[int, datetime, ListingKey]:
        """First what scans tell otherwise of, then what nobody has seen, what was there, what was gone."""
        rank = 0 if self.missed or self.reappeared else 1 if self.followed.state is None else 3
        if self.followed.state in ("there", "not_found_again"):
            rank = min(rank, 2)
        return rank, self.due_at(every) or self.started_at, self.key


def cases_of(state: State, tenant: str, *, routed: bool) -> tuple[Case, ...]:
    """Every listing that a person has confirmed to infringe; with `routed`, also those that await a person.

    What a person has dismissed is never watched.
    """
    catalog = state.catalog
    decisions = {it.key: it for it in catalog.decisions.of(tenant)}
    started = {key: it.at for key, it in decisions.items() if it.ruling == "confirmed"}
    sightings = catalog.sightings.get(tenant, started)
    if routed:
        waiting = {
            it.listing.key: it
            for it in catalog.sightings.all(tenant)
            if it.judgement is not None and it.judgement.route != "none" and it.listing.key not in decisions
        }
        sightings |= waiting
        started |= {key: it.first_seen_at for key, it in waiting.items()}
    followed = catalog.rechecks.of(tenant)
    shown = catalog.seen_listings.last_shown(tenant, started)
    cases = []
    for key, at in started.items():
        seen = sightings.get(key)
        cases.append(
            Case(
                listing=seen.listing if seen else _listing(key, decisions[key].basis.seller_id),
                pictures=seen.pictures if seen else (),
                started_at=at,
                decided=key in decisions,
                observed_at=_observed(seen, shown.get(key)),
                shown=shown.get(key),
                followed=followed.get(key, Followed()),
            )
        )
    return tuple(cases)


def _observed(seen: Sighting | None, shown: LastShown | None) -> datetime | None:
    """A file may be scanned long after it was written: what it holds was seen when it says so."""
    known = [observed(seen)] if seen else []
    return max([*known, *([shown.seen_at] if shown and shown.missed_at is None else [])], default=None)


def _listing(key: ListingKey, seller_id: str | None) -> Listing:
    platform, listing_id = key
    return Listing(
        platform=platform, listing_id=listing_id, seller=Seller(id=seller_id) if seller_id else None
    )


def due(cases: Sequence[Case], now: datetime, *, every: timedelta, most: int) -> list[Case]:
    """Whose turn it is, the most urgent first, `most` of them at most."""
    waiting = [it for it in cases if (at := it.due_at(every)) is None or at <= now]
    return sorted(waiting, key=lambda it: it.urgency(every))[:most]


def asked_through(case: Case, access: Access) -> str | None:
    """The source through which a listing can be looked up by itself; None where its platform has none.

    That is a search that has found it, or another of its platform and market: a market that does not have a
    listing would call it gone.
    """
    for source in (*(case.shown.sources if case.shown else ()), *_of_its_platform(case.listing, access)):
        try:
            if open_source(source, access).capabilities.details is not None:
                return source
        except SourceError:  # a file that was moved, or a market that the platform lacks: it is not asked
            continue
    return None


def _of_its_platform(listing: Listing, access: Access) -> list[str]:
    """Sources of a listing's platform and market, those first whose credentials are set."""
    country = marketplace_country(listing)
    names = [
        name
        for name, known in SOURCES.items()
        if known.offline is None and known.capabilities.platform == listing.platform
    ]
    names.sort(key=lambda name: not access.has(name, *SOURCES[name].credentials))
    return [
        f"{name}@{country}:{SOURCES[name].example}"
        if country and _has_markets(name)
        else f"{name}:{SOURCES[name].example}"
        for name in names
    ]


def _has_markets(name: str) -> bool:
    try:
        SOURCES[name].open(SOURCES[name].example, Access(), "US")
    except SourceError:
        return False
    return True
