"""What became of listings that are watched: there, gone, back, or back as another one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import CaseStateRow, ComeBackRow, RecheckRow
from catalog.sightings import ListingKey
from catalog.tenants import require_tenant

CaseState = Literal["there", "gone", "not_found_again", "authorised"]
"""The platform, or a scan, shows it; the platform says that it has it no more; a source that had it was read
whole without it, and nobody can be asked; or it is there, offered by an authorised seller."""
SeenBy = Literal["look-up", "scan"]
ComeBackKind = Literal["same seller", "other seller", "other platform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A state that a listing was first seen in."""

    state: CaseState
    at: datetime
    not_before: datetime | None = None
    """When the state before it was last seen: the change lies between the two."""
    seen_by: SeenBy
    seller_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What is known of a listing that is watched."""

    history: tuple[Change, ...] = ()
    """The oldest first; the last one stands."""
    asked_at: datetime | None = None
    """When its platform was last asked, whether it answered or not."""
    seen_at: datetime | None = None
    """When its state was last seen."""
    searched_until: datetime | None = None
    """Up to when new listings were searched for its pictures."""
    unanswered: str | None = None
    """Why the last look-up told nothing; None where it did."""

    @property
    def state(self) -> CaseState | None:
        """How it stands; None where nobody has seen it yet."""
        return self.history[-1].state if self.history else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack:
    """A listing that shows the picture of one that had been taken down before it was first seen."""

    platform: str
    listing_id: str
    as_platform: str
    as_listing_id: str
    seller_id: str | None
    """The new listing's."""
    kind: ComeBackKind
    certain: bool
    """Whether it was first seen after the other was seen to be gone, and not just after it was last there."""
    bits: int
    """Of the hashes' 128, how many differ; 0 where both show the same bytes."""
    picture: str
    """The sha256 of the picture of the one taken down, …"""
    as_picture: str
    """… and of the new one's."""
    first_seen_at: datetime
    found_at: datetime

    @property
    def key(self) -> ListingKey:
        """The one that was taken down."""
        return (self.platform, self.listing_id)


@dataclass(slots=True)
class _Gathered:
    row: RecheckRow | None = None
    history: list[Change] = field(default_factory=list)


class Rechecks:
    """Each tenant's, by platform and listing id."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def of(self, tenant: str) -> dict[ListingKey, Followed]:
        """Everything that is or was watched."""
        found: dict[ListingKey, _Gathered] = {}
        with self._database.reading() as session:
            require_tenant(session, tenant)
            for row in session.scalars(select(RecheckRow).where(RecheckRow.tenant == tenant)):
                found.setdefault((row.platform, row.listing_id), _Gathered()).row = row
            changes = select(CaseStateRow).where(CaseStateRow.tenant == tenant).order_by(CaseStateRow.id)
            for it in session.scalars(changes):
                found.setdefault((it.platform, it.listing_id), _Gathered()).history.append(_change(it))
            return {key: _followed(it) for key, it in found.items()}

    def saw(self, tenant: str, key: ListingKey, seen: Change) -> None:
        """Record how a listing was seen: a change where it stood otherwise, else only that it still stands.

        What is older than what is known already changes nothing.
        """
        with self._database.writing() as session:
            row = _row(session, tenant, key)
            if seen.seen_by == "look-up":
                row.asked_at, row.unanswered = seen.at, None
            if row.seen_at is not None and seen.at <= row.seen_at:
                return
            platform, listing_id = key
            last = session.scalar(
                select(CaseStateRow)
                .where(
                    CaseStateRow.tenant == tenant,
                    CaseStateRow.platform == platform,
                    CaseStateRow.listing_id == listing_id,
                )
                .order_by(CaseStateRow.id.desc())
                .limit(1)
            )
            if last is None or last.state != seen.state:
                session.add(
                    CaseStateRow(
                        tenant=tenant,
                        platform=platform,
                        listing_id=listing_id,
                        state=seen.state,
                        at=seen.at,
                        not_before=row.seen_at,
                        seen_by=seen.seen_by,
                        seller_id=seen.seller_id,
                    )
                )
            row.seen_at = seen.at

    def unanswered(self, tenant: str, key: ListingKey, why: str, *, asked_at: datetime | None) -> None:
        """Record that a look-up told nothing. `asked_at` is None where the platform was not even asked."""
        with self._database.writing() as session:
            row = _row(session, tenant, key)
            row.unanswered = why
            row.asked_at = asked_at or row.asked_at

    def searched(self, tenant: str, keys: Iterable[ListingKey], *, until: datetime) -> None:
        """Record that what was first seen before `until` has been searched for these listings' pictures."""
        with self._database.writing() as session:
            for key in keys:
                _row(session, tenant, key).searched_until = until

    def keep_come_backs(self, tenant: str, found: Iterable[ComeBack]) -> int:
        """Record come-backs, each pair once; how many were new."""
        new = 0
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            for it in found:
                values = {name: getattr(it, name) for name in ComeBack.__dataclass_fields__}
                row = ComeBackRow(tenant=tenant, **values)
                there = (tenant, it.platform, it.listing_id, it.as_platform, it.as_listing_id)
                if session.get(ComeBackRow, there) is None:
                    session.add(row)
                    new += 1
        return new

    def come_backs(self, tenant: str) -> tuple[ComeBack, ...]:
        """A tenant's, the oldest first."""
        row = ComeBackRow
        query = (
            select(row)
            .where(row.tenant == tenant)
            .order_by(row.found_at, row.platform, row.listing_id, row.as_platform, row.as_listing_id)
        )
        with self._database.reading() as session:
            return tuple(_come_back(it) for it in session.scalars(query))


def _row(session: Session, tenant: str, key: ListingKey) -> RecheckRow:
    there = session.get(RecheckRow, (tenant, *key))
    if there is not None:
        return there
    require_tenant(session, tenant, lock=True)
    platform, listing_id = key
    made = RecheckRow(tenant=tenant, platform=platform, listing_id=listing_id)
    session.add(made)
    session.flush()
    return made


def _change(row: CaseStateRow) -> Change:
    return Change(
        state=row.state,  # type: ignore[arg-type]  # only this file writes it
        at=row.at,
        not_before=row.not_before,
        seen_by=row.seen_by,  # type: ignore[arg-type]  # as above
        seller_id=row.seller_id,
    )


def _followed(it: _Gathered) -> Followed:
    if it.row is None:
        return Followed(history=tuple(it.history))
    return Followed(
        history=tuple(it.history),
        asked_at=it.row.asked_at,
        seen_at=it.row.seen_at,
        searched_until=it.row.searched_until,
        unanswered=it.row.unanswered,
    )


def _come_back(row: ComeBackRow) -> ComeBack:
    return ComeBack(**{name: getattr(row, name) for name in ComeBack.__dataclass_fields__})
