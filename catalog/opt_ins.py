"""What a tenant allows to be sent to paid services outside: nothing, until somebody says so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import PaidFeatureRow, ReferenceRow, WebSearchRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError


@dataclass(frozen=True, slots=True, kw_only=True)
class OptIn:
    """Whether marketplace pictures are measured by a paid service, and who said so last."""

    feature: str
    on: bool
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSearchPermit:
    """That one reference may be sent out for a reverse image search. Only `OptIns` makes it."""

    reference_id: str
    sha256: str
    allowed_at: datetime
    allowed_by: str


class OptIns:
    """Each tenant's features that are turned on, and the references that may be searched for."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def turn(self, tenant: str, features: Iterable[str], *, on: bool, by: str) -> None:
        """Turn paid features on or off for a tenant's marketplace pictures."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            for feature in features:
                row = PaidFeatureRow(
                    tenant=tenant, feature=feature, enabled=on, changed_at=self._clock(), changed_by=by
                )
                session.merge(row)

    def of(self, tenant: str) -> tuple[OptIn, ...]:
        """Every feature that somebody of the tenant ever decided about, by name."""
        query = select(PaidFeatureRow).where(PaidFeatureRow.tenant == tenant)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(
                OptIn(
                    feature=row.feature, on=row.enabled, changed_at=row.changed_at, changed_by=row.changed_by
                )
                for row in session.scalars(query.order_by(PaidFeatureRow.feature))
            )

    def turned_on(self, tenant: str) -> frozenset[str]:
        """The features that are on."""
        return frozenset(one.feature for one in self.of(tenant) if one.on)

    def allow_search(self, tenant: str, reference_id: str, *, by: str) -> None:
        """Allow a reference to be sent out for a reverse image search."""
        with self._database.writing() as session:
            _require_reference(session, tenant, reference_id)
            session.merge(WebSearchRow(reference_id=reference_id, allowed_at=self._clock(), allowed_by=by))

    def forbid_search(self, tenant: str, reference_id: str) -> None:
        """Take it back."""
        with self._database.writing() as session:
            _require_reference(session, tenant, reference_id)
            row = session.get(WebSearchRow, reference_id)
            if row is not None:
                session.delete(row)

    def searchable(self, tenant: str) -> frozenset[str]:
        """The ids of the references that may be sent out."""
        query = (
            select(WebSearchRow.reference_id)
            .join(ReferenceRow, ReferenceRow.id == WebSearchRow.reference_id)
            .where(ReferenceRow.tenant == tenant)
        )
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return frozenset(session.scalars(query))

    def permit(self, tenant: str, reference_id: str) -> WebSearchPermit:
        """The permission to send a reference out; `CatalogError` where nobody gave it."""
        with self._database.reading() as session:
            reference = _require_reference(session, tenant, reference_id)
            row = session.get(WebSearchRow, reference_id)
            if row is None:
                raise CatalogError(
                    f"Nobody allowed reference {reference_id} ({reference.name}) to be sent to the web.",
                    hint="Allow it first, if its owner wants that: "
                    f"counterfoil reference allow-web {reference_id} --tenant {tenant}",
                )
            return WebSearchPermit(
                reference_id=reference_id,
                sha256=reference.sha256,
                allowed_at=row.allowed_at,
                allowed_by=row.allowed_by,
            )


def _require_reference(session: Session, tenant: str, reference_id: str) -> ReferenceRow:
    row = session.get(ReferenceRow, reference_id)
    if row is not None and row.tenant == tenant:
        return row
    require_tenant(session, tenant)
    raise CatalogError(
        f"Tenant {tenant!r} has no reference {reference_id!r}.",
        hint=f"List them: counterfoil reference list --tenant {tenant}",
    )
