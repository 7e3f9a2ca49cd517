"""The genuine images of a tenant's brands."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import delete, func, select

from catalog.database import Database
from catalog.models import ReferenceRow, ReferenceStandingRow
from catalog.quality import Quality
from catalog.tenants import require_tenant
from scoring.brand import Reference, ReferenceKind

REFERENCE_NAMESPACE = UUID("8d6e9f0b-2f39-5ff0-9c43-1c5fd5b2e9f1")
"""Drawn once. Changing it gives every reference another id, and verdicts name references by id."""


@dataclass(frozen=True, slots=True)
class StoredReference:
    """A reference and how good it is."""

    reference: Reference
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What a replacement changed, by reference id."""

    added: frozenset[str]
    updated: frozenset[str]
    removed: tuple[Reference, ...]


def reference_id(tenant: str, brand: str, *, kind: ReferenceKind, sha256: str) -> str:
    """UUIDv5 of the four in `REFERENCE_NAMESPACE`: the same picture in the same place has the same id.

    >>> reference_id("acme", "Northpine", kind=ReferenceKind.LOGO, sha256="0" * 64)
    '524f3941-d025-5352-9307-56e835df504e'
    """
    return str(uuid5(REFERENCE_NAMESPACE, "\x1f".join((tenant, brand, kind.value, sha256))))


class References:
    """Each tenant's references."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, tenant: str) -> tuple[Reference, ...]:
        """The references that pictures of a tenant's listings are compared with, by brand, kind and name.

        Those that must never match are `negative`; `stored` has both.
        """
        return tuple(it for it, against in self._parted(tenant) if not against)

    def negative(self, tenant: str) -> tuple[Reference, ...]:
        """Those that a kit calls negative, or somebody made so."""
        return tuple(it for it, against in self._parted(tenant) if against)

    def _parted(self, tenant: str) -> list[tuple[Reference, bool]]:
        standing = ReferenceStandingRow
        last = select(func.max(standing.id)).where(standing.tenant == tenant).group_by(standing.reference_id)
        negated = select(standing.reference_id).where(standing.id.in_(last), standing.standing == "negated")
        with self._database.reading() as session:
            made = set(session.scalars(negated))
        every = (it.reference for it in self.stored(tenant))
        return [(it, it.kind is ReferenceKind.NEGATIVE or it.id in made) for it in every]

    def stored(self, tenant: str, *, brand: str | None = None) -> tuple[StoredReference, ...]:
        """References with their quality, of all brands or of one, by brand, kind and name."""
        query = select(ReferenceRow).where(ReferenceRow.tenant == tenant)
        if brand is not None:
            query = query.where(ReferenceRow.brand == brand)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(
                query.order_by(ReferenceRow.brand, ReferenceRow.kind, ReferenceRow.name, ReferenceRow.id)
            )
            return tuple(StoredReference(_reference(row), Quality.from_document(row.quality)) for row in rows)

    def count(self, tenant: str) -> int:
        """How many references a tenant has to compare with; images are scored only where there is one."""
        return len(self.of(tenant))

    def replace(self, tenant: str, brand: str, wanted: Sequence[StoredReference]) -> Replaced:
        """Make `wanted` the references of a brand, in one transaction.

        One that was there already keeps the moment of its first import. The brand must exist.
        """
        ids = {stored.reference.id for stored in wanted}
        added, updated = set[str](), set[str]()
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            mine = (ReferenceRow.tenant == tenant) & (ReferenceRow.brand == brand)
            rows = {row.id: row for row in session.scalars(select(ReferenceRow).where(mine))}
            gone = [row for row in rows.values() if row.id not in ids]
            for stored in wanted:
                row, reference, quality = (
                    rows.get(stored.reference.id),
                    stored.reference,
                    stored.quality.document(),
                )
                if row is None:
                    session.add(ReferenceRow(**reference.model_dump(mode="python"), quality=quality))
                    added.add(reference.id)
                elif (row.name, row.quality) != (reference.name, quality):
                    row.name, row.quality = reference.name, quality
                    row.width, row.height = reference.width, reference.height
                    updated.add(reference.id)
            if gone:
                session.execute(
                    delete(ReferenceRow).where(mine, ReferenceRow.id.in_([row.id for row in gone]))
                )
            removed = tuple(sorted((_reference(row) for row in gone), key=lambda it: (it.kind, it.name)))
        return Replaced(added=frozenset(added), updated=frozenset(updated), removed=removed)


def _reference(row: ReferenceRow) -> Reference:
    return Reference(
        id=row.id,
        tenant=row.tenant,
        brand=row.brand,
        kind=ReferenceKind(row.kind),
        name=row.name,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        imported_at=row.imported_at,
    )
