"""The tenants of a catalogue."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import TenantRow
from catalog.tenancy import check_tenant
from scoring.errors import CatalogError

_SHOWN = 10


class Tenants:
    """Who protects brands here."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def ensure(self, tenant: str) -> bool:
        """Make the tenant where it is missing; whether it was."""
        check_tenant(tenant)
        with self._database.writing() as session:
            if session.get(TenantRow, tenant) is not None:
                return False
            try:
                with session.begin_nested():
                    session.add(TenantRow(name=tenant, created_at=self._clock()))
            except IntegrityError:  # a server lets two writers look before either has written
                return False
            return True

    def names(self) -> tuple[str, ...]:
        """Every tenant, in alphabetical order."""
        with self._database.reading() as session:
            return tuple(session.scalars(select(TenantRow.name).order_by(TenantRow.name)))

    def require(self, tenant: str) -> None:
        """Raise `CatalogError` unless the tenant exists."""
        with self._database.reading() as session:
            require_tenant(session, tenant)


def require_tenant(session: Session, tenant: str, *, lock: bool = False) -> None:
    """Raise `CatalogError` unless the tenant exists.

    With `lock`, its row is held to the end of the transaction: what belongs to one tenant is changed
    by one writer at a time, on PostgreSQL too (SQLite has one writer anyway).
    """
    query = select(TenantRow.name).where(TenantRow.name == tenant)
    if session.scalar(query.with_for_update() if lock else query) is not None:
        return
    known = list(session.scalars(select(TenantRow.name).order_by(TenantRow.name).limit(_SHOWN + 1)))
    listed = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
    raise CatalogError(
        f"There is no tenant {tenant!r}; "
        + (f"the catalogue knows {listed}." if known else "the catalogue is empty."),
        hint=f"Import a brand kit to make it: counterfoil brand import DIR --tenant {tenant}",
    )
