"""Pictures that must never match: a tenant's own, and those shared by all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import delete, or_, select

from catalog.database import Database
from catalog.models import NegativeRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

_NAMESPACE = UUID("0f4c4d8e-3a57-5d0c-8f0e-6d2f7f1f5a38")
"""Drawn once: the same picture of the same tenant always has the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    """A picture that says nothing about whoever shows it."""

    id: str
    tenant: str | None
    """Whose; None: everybody's."""
    name: str
    sha256: str
    width: int
    height: int
    why: str
    added_at: datetime
    added_by: str


def negative_id(tenant: str | None, sha256: str) -> str:
    """Its id.

    >>> negative_id(None, "0" * 64) == negative_id("acme", "0" * 64)
    False
    """
    return str(uuid5(_NAMESPACE, f"{tenant or ''}\x1f{sha256}"))


class Negatives:
    """Those that somebody added by themselves. A brand kit's are references of the kind `negative`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(  # noqa: PLR0913 - a picture, and who says why
        self, tenant: str | None, sha256: str, *, name: str, size: tuple[int, int], by: str, why: str = ""
    ) -> Negative:
        """Record one, (width, height) in size; without a tenant it is everybody's. The bytes are stored."""
        with self._database.writing() as session:
            if tenant is not None:
                require_tenant(session, tenant)
            row = NegativeRow(
                id=negative_id(tenant, sha256),
                tenant=tenant,
                name=name,
                sha256=sha256,
                width=size[0],
                height=size[1],
                why=why,
                added_at=self._clock(),
                added_by=by,
            )
            return _negative(session.merge(row))

    def for_(self, tenant: str | None) -> tuple[Negative, ...]:
        """What holds for a tenant, its own and the shared; without one, only the shared. By name."""
        row = NegativeRow
        mine = row.tenant.is_(None) if tenant is None else or_(row.tenant == tenant, row.tenant.is_(None))
        with self._database.reading() as session:
            if tenant is not None:
                require_tenant(session, tenant)
            return tuple(map(_negative, session.scalars(select(row).where(mine).order_by(row.name, row.id))))

    def remove(self, tenant: str | None, identifier: str) -> str:
        """Forget one of the tenant's own, or of the shared where no tenant is named; its sha256."""
        row = NegativeRow
        mine = row.tenant.is_(None) if tenant is None else row.tenant == tenant
        with self._database.writing() as session:
            gone: str | None = session.scalar(
                delete(row).where(mine, row.id == identifier).returning(row.sha256)
            )
        if gone is None:
            whose = f"--tenant {tenant}" if tenant else "--shared"
            raise CatalogError(
                f"{'Tenant ' + repr(tenant) if tenant else 'Everybody'} has no negative reference "
                f"{identifier!r}.",
                hint=f"List them: counterfoil reference negatives {whose}",
            )
        return gone


def _negative(row: NegativeRow) -> Negative:
    return Negative(
        id=row.id,
        tenant=row.tenant,
        name=row.name,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        why=row.why,
        added_at=row.added_at,
        added_by=row.added_by,
    )
