"""The listings that a tenant's sources held when they were last read whole: what is missed next time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import SeenListingRow
from catalog.tenants import require_tenant

_ROWS = 500
"""Rows written by one statement: 10 values each, within SQLite's 32,766 for a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenListing:
    """As much of a listing as it takes to miss it, and to look it up."""

    platform: str
    listing_id: str
    url: str | None
    title: str
    seller_id: str | None

    @property
    def key(self) -> tuple[str, str]:
        """As `Listing.key`."""
        return (self.platform, self.listing_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedListing(SeenListing):
    """One that an earlier scan of the same source held, and this one does not."""

    scan_id: str
    """The last scan that held it."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LastShown:
    """What the sources that ever held a listing say of it now."""

    sources: tuple[str, ...]
    """The one that showed it last comes first."""
    seen_at: datetime
    missed_at: datetime | None
    """When it was told of as missing by the last of them to miss it; None while one of them holds it."""


class SeenListings:
    """Each tenant's, by source. A listing that has been told of as gone is not missed again."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def keep(self, tenant: str, source: str, scan_id: str, listings: Iterable[SeenListing]) -> None:
        """Record that a scan of a source has seen these; each once. One that was gone is back."""
        waiting = iter(listings)
        while some := list(islice(waiting, _ROWS)):
            with self._database.writing() as session:
                require_tenant(session, tenant)
                self._keep(session, some, {"tenant": tenant, "source": source, "scan_id": scan_id})

    def missed(self, tenant: str, source: str, scan_id: str) -> Iterator[MissedListing]:
        """Those that earlier scans of a source have seen and this one, which has kept its own, has not."""
        rows = (
            select(SeenListingRow)
            .where(
                SeenListingRow.tenant == tenant,
                SeenListingRow.source == source,
                SeenListingRow.scan_id != scan_id,
                SeenListingRow.gone_at.is_(None),
            )
            .order_by(SeenListingRow.seen_at.desc(), SeenListingRow.platform, SeenListingRow.listing_id)
        )
        with self._database.reading() as session:
            for row in session.scalars(rows):
                yield MissedListing(
                    platform=row.platform,
                    listing_id=row.listing_id,
                    url=row.url,
                    title=row.title,
                    seller_id=row.seller_id,
                    scan_id=row.scan_id,
                    seen_at=row.seen_at,
                )

    def last_shown(self, tenant: str, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], LastShown]:
        """By (platform, listing id), of those that any source has ever held."""
        waiting, row = iter(dict.fromkeys(keys)), SeenListingRow
        found: dict[tuple[str, str], list[SeenListingRow]] = {}
        with self._database.reading() as session:
            while some := list(islice(waiting, _ROWS)):
                query = (
                    select(row)
                    .where(row.tenant == tenant, tuple_(row.platform, row.listing_id).in_(some))
                    .order_by(row.seen_at.desc(), row.source)
                )
                for it in session.scalars(query):
                    found.setdefault((it.platform, it.listing_id), []).append(it)
            return {key: _last_shown(rows) for key, rows in found.items()}

    def told_gone(self, tenant: str, source: str, keys: Sequence[tuple[str, str]]) -> None:
        """Record that these, (platform, listing id), have been reported: once is enough."""
        with self._database.writing() as session:
            for platform, listing_id in keys:
                session.execute(
                    update(SeenListingRow)
                    .where(
                        SeenListingRow.tenant == tenant,
                        SeenListingRow.source == source,
                        SeenListingRow.platform == platform,
                        SeenListingRow.listing_id == listing_id,
                    )
                    .values(gone_at=self._clock())
                )

    def _keep(self, session: Session, listings: Sequence[SeenListing], scan: dict[str, object]) -> None:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        rows = {
            it.key: scan
            | {
                "platform": it.platform,
                "listing_id": it.listing_id,
                "url": it.url,
                "title": it.title,
                "seller_id": it.seller_id,
                "seen_at": self._clock(),
                "gone_at": None,
            }
            for it in listings
        }
        statement = insert(SeenListingRow).values(list(rows.values()))
        changed = ("url", "title", "seller_id", "scan_id", "seen_at", "gone_at")
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant", "source", "platform", "listing_id"],
                set_={name: getattr(statement.excluded, name) for name in changed},
            )
        )


def _last_shown(rows: Sequence[SeenListingRow]) -> LastShown:
    missed = [row.gone_at for row in rows if row.gone_at is not None]
    return LastShown(
        sources=tuple(row.source for row in rows),
        seen_at=rows[0].seen_at,
        missed_at=max(missed) if len(missed) == len(rows) else None,
    )
