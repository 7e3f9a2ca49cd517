"""Which references stand as they are, are quarantined, or were made negative, and who said so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import func, select

from catalog.database import Database
from catalog.models import ReferenceRow, ReferenceStandingRow, SightedListingRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

Stands = Literal["quarantined", "released", "negated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody, or a scan, made of a reference."""

    reference_id: str
    standing: Stands
    why: str
    figures: dict[str, Any]
    """What it rested on: `listings`, `sellers` …"""
    at: datetime
    by: str


class Standings:
    """Each tenant's, by reference; the latest stands, the earlier are its history."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def of(self, tenant: str) -> dict[str, Standing]:
        """What stands of each reference of which anything was ever said."""
        row = ReferenceStandingRow
        last = select(func.max(row.id)).where(row.tenant == tenant).group_by(row.reference_id)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(select(row).where(row.id.in_(last)).order_by(row.id))
            return {it.reference_id: _standing(it) for it in rows}

    def history(self, tenant: str, reference_id: str) -> tuple[Standing, ...]:
        """Everything that was said of one, the oldest first."""
        row = ReferenceStandingRow
        query = select(row).where(row.tenant == tenant, row.reference_id == reference_id).order_by(row.id)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(map(_standing, session.scalars(query)))

    def say(  # noqa: PLR0913 - who said what of which, and why
        self,
        tenant: str,
        reference_id: str,
        standing: Stands,
        *,
        by: str,
        why: str = "",
        figures: dict[str, Any] | None = None,
    ) -> bool:
        """Record it; whether that is news. `CatalogError` where the tenant has no such reference."""
        row = ReferenceStandingRow
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            reference = session.get(ReferenceRow, reference_id)
            if reference is None or reference.tenant != tenant:
                raise CatalogError(
                    f"Tenant {tenant!r} has no reference {reference_id!r}.",
                    hint=f"List them: counterfoil reference list --tenant {tenant}",
                )
            query = select(row).where(row.tenant == tenant, row.reference_id == reference_id)
            last = session.scalar(query.order_by(row.id.desc()).limit(1))
            if last is not None and last.standing == standing:
                return False
            session.add(
                row(
                    tenant=tenant,
                    reference_id=reference_id,
                    standing=standing,
                    why=why,
                    figures=figures or {},
                    at=self._clock(),
                    by=by,
                )
            )
            return True

    def waiting(self, tenant: str, reference_ids: Iterable[str]) -> dict[str, int]:
        """How many listings, as last seen, rest on each of these references and are kept out of the queue."""
        row = SightedListingRow
        query = (
            select(row.reference_id, func.count())
            .where(row.tenant == tenant, row.reference_id.in_(list(reference_ids)), row.tier == 3)
            .group_by(row.reference_id)
        )
        with self._database.reading() as session:
            return {str(reference): count for reference, count in session.execute(query)}

    def first_seen(
        self, tenant: str, reference_id: str, *, since: datetime, apart_from: str
    ) -> list[tuple[date, str, str, str | None]]:
        """(UTC day, platform, listing id, seller) of listings first seen since then that rest on a reference.

        `apart_from` names a scan whose own are left out: it may run again.
        """
        row = SightedListingRow
        query = select(row.first_seen_at, row.platform, row.listing_id, row.seller_id).where(
            row.tenant == tenant,
            row.reference_id == reference_id,
            row.first_seen_at >= since,
            row.scan_id != apart_from,
        )
        with self._database.reading() as session:
            return [
                (at.date(), platform, listing_id, seller)
                for at, platform, listing_id, seller in session.execute(query)
            ]


def _standing(row: ReferenceStandingRow) -> Standing:
    return Standing(
        reference_id=row.reference_id,
        standing=row.standing,  # type: ignore[arg-type]  # only this file writes it
        why=row.why,
        figures=row.figures,
        at=row.at,
        by=row.by,
    )
