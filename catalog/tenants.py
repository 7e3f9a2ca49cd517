"""The tenants of a catalogue."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import TenantRow
from catalog.tenancy import check_tenant
from scoring.errors import CatalogError

_SHOWN = 10

WithoutPictures = Literal["refuse", "text"]
"""What an online request gets whose pictures may not be measured, because the cap is spent or the kill switch
is on: an error that says when to come again, or a verdict by everything else, marked as such."""


KeepPictures = Literal["routed", "one_of_each", "all"]
"""Which pictures of listings stay among the tenant's blobs when a scan ends: those of listings that go to a
person; with them one of each group of near-identical pictures of a scan; or every one."""


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
                    session.add(TenantRow(name=tenant, created_at=self._clock(), without_pictures="refuse"))
            except IntegrityError:  # a server lets two writers look before either has written
                return False
            return True

    def names(self) -> tuple[str, ...]:
        """Every tenant, in alphabetical order."""
        with self._database.reading() as session:
            return tuple(session.scalars(select(TenantRow.name).order_by(TenantRow.name)))

    def remove(self, tenant: str) -> None:
        """Forget a tenant and everything that is recorded of it, its keys included."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            session.execute(delete(TenantRow).where(TenantRow.name == tenant))

    def without_pictures(self, tenant: str) -> WithoutPictures:
        """What the tenant's requests get whose pictures may not be measured."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            row = session.get_one(TenantRow, tenant)
            return "text" if row.without_pictures == "text" else "refuse"

    def prefer(self, tenant: str, choice: WithoutPictures) -> None:
        """Choose that."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            session.get_one(TenantRow, tenant).without_pictures = choice

    def keep_pictures(self, tenant: str) -> KeepPictures | None:
        """Which pictures of its listings are kept; None: as the settings say."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            chosen = session.get_one(TenantRow, tenant).keep_pictures
            return next((it for it in get_args(KeepPictures) if it == chosen), None)

    def choose_pictures(self, tenant: str, choice: KeepPictures | None) -> None:
        """Choose that, from the next scan on."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            session.get_one(TenantRow, tenant).keep_pictures = choice

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
