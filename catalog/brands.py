"""The brands a tenant protects."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from catalog.database import Database
from catalog.models import BrandRow
from catalog.tenants import require_tenant
from scoring.brand import Brand
from scoring.errors import CatalogError


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBrand:
    """A brand as the catalogue keeps it."""

    brand: Brand
    version: int
    """1 for the first import, one more with every change of the document."""
    updated_at: datetime
    changed: bool = False
    """Whether this very call made the version; `save` alone says so."""


class Brands:
    """Each tenant's brands; one document a brand, and how often it changed."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def save(self, tenant: str, brand: Brand) -> StoredBrand:
        """Keep a brand under its name; the same document again is the same version."""
        document = brand.model_dump(mode="json", by_alias=True)
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            row = session.get(BrandRow, (tenant, brand.name))
            changed = row is None or row.document != document
            if row is None:
                row = BrandRow(
                    tenant=tenant, name=brand.name, document=document, version=1, updated_at=self._clock()
                )
                session.add(row)
            elif changed:
                row.document, row.version, row.updated_at = document, row.version + 1, self._clock()
            return replace(_stored(row), changed=changed)

    def get(self, tenant: str, name: str) -> StoredBrand:
        """A brand by its name; `CatalogError` where the tenant has none of that name."""
        with self._database.reading() as session:
            row = session.get(BrandRow, (tenant, name))
            if row is not None:
                return _stored(row)
            require_tenant(session, tenant)
            names = select(BrandRow.name).where(BrandRow.tenant == tenant).order_by(BrandRow.name)
            known = list(session.scalars(names))
        raise CatalogError(
            f"Tenant {tenant!r} has no brand {name!r}"
            + (f"; it has {', '.join(known)}." if known else "; it has none at all."),
            hint=f"Import its kit: counterfoil brand import DIR --tenant {tenant}",
        )

    def of(self, tenant: str) -> tuple[StoredBrand, ...]:
        """All brands of a tenant, in alphabetical order."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(select(BrandRow).where(BrandRow.tenant == tenant).order_by(BrandRow.name))
            return tuple(_stored(row) for row in rows)


def _stored(row: BrandRow) -> StoredBrand:
    return StoredBrand(
        brand=Brand.model_validate(row.document), version=row.version, updated_at=row.updated_at
    )
