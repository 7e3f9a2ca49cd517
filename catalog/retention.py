"""How long what belongs to a tenant is kept, what may not be deleted yet, and what has come to its end.

Sightings expire by when they were last seen. A case's picture stays until the case is decided and its own
period has run from the decision; a hold keeps a case for as long as it stands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, Subquery, and_, delete, func, not_, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from catalog.database import Database
from catalog.erasure import owned
from catalog.models import (
    CaseEvidenceRow,
    DecisionRow,
    GroupedPictureRow,
    LegalHoldRow,
    PictureGroupRow,
    ReferenceStandingRow,
    RetentionChangeRow,
    SeenListingRow,
    SightedListingRow,
    SightedPictureRow,
    Table,
)
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

Kept = Literal["sightings", "pictures", "cases"]
KEPT: tuple[Kept, ...] = get_args(Kept)
_QUEUED = ("review", "priority_review")
_BATCH = 500
"""Listings deleted, or digests asked about, by one statement."""

ListingKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """In days. What is seen again begins anew."""

    sightings: int
    """Listings seen, with their pictures' hashes, embeddings and what was measured on them."""
    pictures: int
    """The pictures themselves: never longer than the sightings that say what they are."""
    cases: int
    """What belongs to a case, from its last decision on. An open case stays."""

    def checked(self) -> "Periods":
        """Themselves, or `CatalogError`."""
        if self.pictures > self.sightings:
            raise CatalogError(
                f"Pictures cannot be kept for {self.pictures} days and their sightings for {self.sightings}: "
                "nothing would say what they are.",
                hint="Keep sightings for as long: counterfoil retention set sightings "
                f"{self.pictures} --tenant T",
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChange:
    """Who set a period; without `days` the settings' holds again."""

    what: str
    days: int | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A case of which nothing may be deleted."""

    platform: str
    listing_id: str
    why: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The moments before which things have come to their end."""

    sightings: datetime
    pictures: datetime
    cases: datetime

    @classmethod
    def of(cls, periods: Periods, now: datetime) -> "Ends":
        """By the periods."""
        return cls(
            sightings=now - timedelta(days=periods.sightings),
            pictures=now - timedelta(days=periods.pictures),
            cases=now - timedelta(days=periods.cases),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCounts:
    """Rows that expire, and what is kept although its period has run."""

    sighted_listings: int
    seen_listings: int
    decisions: int
    case_evidence: int
    grouped_pictures: int
    """Pictures that leave their group, because no listing shows them any more."""
    kept_open: int
    """Listings past their period whose case nobody has decided, or that wait for a quarantined reference."""
    kept_decided: int
    """Those whose case was decided within the cases' period."""
    kept_held: int
    """Those on hold."""


class Retention:
    """Each tenant's periods and holds, and its records by them."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def periods(self, tenant: str, defaults: Periods) -> Periods:
        """The tenant's own, else the defaults."""
        latest = {change.what: change.days for change in reversed(self.changes(tenant))}
        chosen = {what: latest.get(what) for what in KEPT}
        return Periods(
            sightings=defaults.sightings if chosen["sightings"] is None else chosen["sightings"],
            pictures=defaults.pictures if chosen["pictures"] is None else chosen["pictures"],
            cases=defaults.cases if chosen["cases"] is None else chosen["cases"],
        )

    def set_period(self, tenant: str, what: Kept, days: int | None, *, by: str, defaults: Periods) -> Periods:
        """Keep something for so many days; None: as long as the settings say. The periods that now hold."""
        if days is not None and not 1 <= days <= 36_500:
            raise CatalogError(
                f"Nothing can be kept for {days} days.", hint="Give 1 to 36,500 days, or `default`."
            )
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            session.add(RetentionChangeRow(tenant=tenant, what=what, days=days, at=self._clock(), by=by))
            session.flush()
            latest = {row.what: row.days for row in session.scalars(_changes(tenant))}
            named = {name: latest.get(name) for name in KEPT}
            return Periods(
                **{name: getattr(defaults, name) if kept is None else kept for name, kept in named.items()}
            ).checked()

    def changes(self, tenant: str) -> tuple[PeriodChange, ...]:
        """Every change of the tenant's periods, the newest first."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = list(session.scalars(_changes(tenant)))
        return tuple(
            PeriodChange(what=row.what, days=row.days, at=row.at, by=row.by) for row in reversed(rows)
        )

    def hold(self, tenant: str, key: ListingKey, *, on: bool, by: str, why: str = "") -> None:
        """Put a case, (platform, listing id), on hold, or take that back. A case need not be known yet."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            platform, listing_id = key
            session.add(
                LegalHoldRow(
                    tenant=tenant,
                    platform=platform,
                    listing_id=listing_id,
                    on=on,
                    why=why,
                    at=self._clock(),
                    by=by,
                )
            )

    def holds(self, tenant: str) -> tuple[Hold, ...]:
        """The holds that stand, the oldest first."""
        row = LegalHoldRow
        query = select(row).where(row.id.in_(_last_holds(tenant)), row.on).order_by(row.id)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(
                Hold(platform=it.platform, listing_id=it.listing_id, why=it.why, at=it.at, by=it.by)
                for it in session.scalars(query)
            )

    def keep_evidence(self, tenant: str, scan_id: str, pictures: Iterable[tuple[ListingKey, str]]) -> None:
        """Record which pictures, by sha256, cases rest on, before they are stored; twice begins anew."""
        insert = sqlite.insert if self._database.embedded else postgresql.insert
        waiting = iter(pictures)
        while some := dict.fromkeys(islice(waiting, _BATCH)):
            now = self._clock()
            rows = [
                {
                    "tenant": tenant,
                    "platform": platform,
                    "listing_id": listing_id,
                    "sha256": digest,
                    "scan_id": scan_id,
                    "kept_at": now,
                }
                for (platform, listing_id), digest in some
            ]
            statement = insert(CaseEvidenceRow).values(rows)
            keys = ["tenant", "platform", "listing_id", "sha256"]
            changed = {name: statement.excluded[name] for name in ("scan_id", "kept_at")}
            with self._database.writing() as session:
                require_tenant(session, tenant)
                session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))

    def count(self, tenant: str, ends: Ends) -> RecordCounts:
        """What `expire` would delete, and what it would leave for its case's sake."""
        listing = SightedListingRow
        old = and_(listing.tenant == tenant, listing.seen_at < ends.sightings)
        held, decided, open_ = _held(tenant), _decided(tenant, ends), _open(tenant)
        with self._database.reading() as session:
            require_tenant(session, tenant)

            return RecordCounts(
                sighted_listings=_number(session, listing, old, not_(_protected(tenant, ends))),
                seen_listings=_number(session, SeenListingRow, _old_seen(tenant, ends)),
                decisions=_number(session, DecisionRow, _old_decisions(tenant, ends)),
                case_evidence=_number(session, CaseEvidenceRow, _old_evidence(tenant, ends)),
                grouped_pictures=_number(session, GroupedPictureRow, _old_grouped(tenant, ends)),
                kept_held=_number(session, listing, old, held),
                kept_decided=_number(session, listing, old, not_(held), decided),
                kept_open=_number(session, listing, old, not_(held), not_(decided), open_),
            )

    def expire(self, tenant: str, ends: Ends) -> RecordCounts:
        """Delete what has come to its end, some at a time: what a crash leaves, the next run finds again."""
        counted = self.count(tenant, ends)
        # Evidence before the decisions that say it may go; sightings before both, whom they protect.
        listing = SightedListingRow
        query = select(listing.platform, listing.listing_id).where(
            listing.tenant == tenant, listing.seen_at < ends.sightings, not_(_protected(tenant, ends))
        )
        while True:
            with self._database.writing() as session:
                # Locked, and looked at again once it is: a scan may see one of them at this moment.
                found = session.execute(query.limit(_BATCH).with_for_update())
                keys = [(row[0], row[1]) for row in found]
                for seen in (SightedPictureRow, listing):
                    session.execute(
                        delete(seen).where(
                            seen.tenant == tenant, tuple_(seen.platform, seen.listing_id).in_(keys)
                        )
                    )
            if len(keys) < _BATCH:
                break
        for table, old in (
            (GroupedPictureRow, _old_grouped(tenant, ends)),
            (PictureGroupRow, _empty_groups(tenant)),
            (SeenListingRow, _old_seen(tenant, ends)),
            (CaseEvidenceRow, _old_evidence(tenant, ends)),
            (DecisionRow, _old_decisions(tenant, ends)),
        ):
            with self._database.writing() as session:
                session.execute(delete(table).where(old))
        return counted

    def needed(self, tenant: str, digests: list[str], ends: Ends, *, what: Kept) -> set[str]:
        """Which of these pictures may not go yet: for sightings' sake (hashes, embeddings), or as pictures.

        The same answer before and after `expire`, so that a dry run tells what a run does.
        """
        found = set[str]()
        for start in range(0, len(digests), _BATCH):
            some = digests[start : start + _BATCH]
            since = ends.pictures if what == "pictures" else ends.sightings
            shown = _shown(tenant, ends, since=since).where(SightedPictureRow.sha256.in_(some))
            evidence = CaseEvidenceRow
            kept = select(evidence.sha256).where(
                evidence.tenant == tenant, evidence.sha256.in_(some), not_(_old_evidence(tenant, ends))
            )
            with self._database.reading() as session:
                found |= set(session.scalars(shown)) | set(session.scalars(kept))
            if what == "pictures":
                found |= owned(self._database, tenant, some) | self._standing_in(tenant, some, ends)
        return found

    def _standing_in(self, tenant: str, digests: list[str], ends: Ends) -> set[str]:
        """Those that are kept in the stead of nearly identical ones, whose listings are younger."""
        kept = SightedPictureRow.kept
        shown = _shown(tenant, ends, since=ends.pictures, named_by=kept).where(kept.in_(digests))
        with self._database.reading() as session:
            return {digest for digest in session.scalars(shown) if digest is not None}

    def owned(self, tenant: str, digests: list[str]) -> set[str]:
        """Which of these pictures a reference, a mark, indexed media or the like names."""
        return owned(self._database, tenant, digests)


def _changes(tenant: str) -> Select[RetentionChangeRow]:
    return (
        select(RetentionChangeRow).where(RetentionChangeRow.tenant == tenant).order_by(RetentionChangeRow.id)
    )


def _number(session: Session, table: type[Table], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def _last_holds(tenant: str) -> Select[int]:
    row = LegalHoldRow
    return select(func.max(row.id)).where(row.tenant == tenant).group_by(row.platform, row.listing_id)


def _on_hold(tenant: str) -> Select[str, str]:
    row = LegalHoldRow
    return select(row.platform, row.listing_id).where(row.id.in_(_last_holds(tenant)), row.on)


def _latest(tenant: str) -> Subquery:
    """Each case's last decision: (platform, listing_id, at)."""
    row = DecisionRow
    return (
        select(row.platform, row.listing_id, func.max(row.at).label("at"))
        .where(row.tenant == tenant)
        .group_by(row.platform, row.listing_id)
        .subquery()
    )


def _cases(tenant: str, *, since: datetime | None = None) -> Select[str, str]:
    """Cases that somebody has decided, at that moment or later."""
    last = _latest(tenant)
    query = select(last.c.platform, last.c.listing_id)
    return query if since is None else query.where(last.c.at >= since)


def _held(tenant: str) -> ColumnElement[bool]:
    row = SightedListingRow
    return tuple_(row.platform, row.listing_id).in_(_on_hold(tenant))


def _decided(tenant: str, ends: Ends) -> ColumnElement[bool]:
    row = SightedListingRow
    return tuple_(row.platform, row.listing_id).in_(_cases(tenant, since=ends.cases))


def _open(tenant: str) -> ColumnElement[bool]:
    """In the queue, or with evidence, and undecided; or waiting for what somebody makes of a reference."""
    row, evidence, standing = SightedListingRow, CaseEvidenceRow, ReferenceStandingRow
    key = tuple_(row.platform, row.listing_id)
    gathered = select(evidence.platform, evidence.listing_id).where(evidence.tenant == tenant)
    queued = or_(and_(row.route.is_not(None), row.route.in_(_QUEUED)), key.in_(gathered))
    last = select(func.max(standing.id)).where(standing.tenant == tenant).group_by(standing.reference_id)
    quarantined = select(standing.reference_id).where(
        standing.id.in_(last), standing.standing == "quarantined"
    )
    waiting = and_(row.reference_id.is_not(None), row.reference_id.in_(quarantined))
    return or_(and_(queued, key.not_in(_cases(tenant))), waiting)


def _protected(tenant: str, ends: Ends) -> ColumnElement[bool]:
    return or_(_held(tenant), _decided(tenant, ends), _open(tenant))


def _old_seen(tenant: str, ends: Ends) -> ColumnElement[bool]:
    row = SeenListingRow
    return and_(row.tenant == tenant, row.seen_at < ends.sightings)


def _old_grouped(tenant: str, ends: Ends) -> ColumnElement[bool]:
    """Pictures in groups that no listing shows which stays."""
    row = GroupedPictureRow
    return and_(row.tenant == tenant, row.sha256.not_in(_shown(tenant, ends, since=ends.sightings)))


def _shown(
    tenant: str,
    ends: Ends,
    *,
    since: datetime,
    named_by: InstrumentedAttribute[Any] = SightedPictureRow.sha256,
) -> Select[Any]:
    """Pictures of listings that were seen since, or that a case protects, by a column that names them."""
    picture, listing = SightedPictureRow, SightedListingRow
    same = and_(
        listing.tenant == picture.tenant,
        listing.platform == picture.platform,
        listing.listing_id == picture.listing_id,
    )
    kept = or_(listing.seen_at >= since, _protected(tenant, ends))
    return select(named_by).join(listing, same).where(picture.tenant == tenant, kept)


def _empty_groups(tenant: str) -> ColumnElement[bool]:
    """Groups without a picture, into which none was taken: the same anchor would make the same id again."""
    row, member, other = PictureGroupRow, GroupedPictureRow, aliased(PictureGroupRow)
    filled = select(member.group_id).where(member.tenant == tenant)
    taken_in = select(other.into).where(other.tenant == tenant, other.into.is_not(None))
    return and_(row.tenant == tenant, row.id.not_in(filled), row.id.not_in(taken_in))


def _old_evidence(tenant: str, ends: Ends) -> ColumnElement[bool]:
    """Of cases decided long enough ago, kept before that too, and on no hold."""
    row = CaseEvidenceRow
    key = tuple_(row.platform, row.listing_id)
    return and_(
        row.tenant == tenant,
        row.kept_at < ends.cases,
        key.in_(_cases(tenant)),
        key.not_in(_cases(tenant, since=ends.cases)),
        key.not_in(_on_hold(tenant)),
    )


def _old_decisions(tenant: str, ends: Ends) -> ColumnElement[bool]:
    """Whole histories, whose last decision is old enough, and that no evidence or sighting waits for.

    A listing that is still seen would otherwise be a case that nobody has decided.
    """
    row, evidence, listing = DecisionRow, CaseEvidenceRow, SightedListingRow
    key = tuple_(row.platform, row.listing_id)
    later = select(evidence.platform, evidence.listing_id).where(
        evidence.tenant == tenant, evidence.kept_at >= ends.cases
    )
    seen = select(listing.platform, listing.listing_id).where(
        listing.tenant == tenant, or_(listing.seen_at >= ends.sightings, _protected(tenant, ends))
    )
    return and_(
        row.tenant == tenant,
        key.not_in(_cases(tenant, since=ends.cases)),
        key.not_in(later),
        key.not_in(seen),
        key.not_in(_on_hold(tenant)),
    )
