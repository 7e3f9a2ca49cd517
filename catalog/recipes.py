"""The recipes a tenant has used; one of them is active."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from catalog.database import Database
from catalog.models import RecipeRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecipe:
    """A recipe exactly as it was written; `scoring` reads it."""

    version: str
    document: str
    """YAML or JSON."""
    created_at: datetime
    active: bool


class Recipes:
    """Each tenant's recipes. A version never changes, so that a verdict that names one stays explained."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def put(self, tenant: str, *, version: str, document: str) -> StoredRecipe:
        """Keep a recipe and make it the active one; an older version given again is active again.

        Raises `CatalogError` where the version is known with another document.
        """
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            rows = {row.version: row for row in session.scalars(_of(tenant))}
            chosen = rows.get(version)
            if chosen is not None and chosen.document != document:
                raise CatalogError(
                    f"Tenant {tenant!r} has another recipe {version!r}, of {chosen.created_at:%Y-%m-%d}.",
                    hint="A version never changes: give the changed recipe a version of its own.",
                )
            if chosen is None:
                chosen = RecipeRow(
                    tenant=tenant, version=version, document=document, created_at=self._clock(), active=True
                )
                session.add(chosen)
            for row in rows.values():
                row.active = row is chosen
            return _stored(chosen)

    def active(self, tenant: str) -> StoredRecipe | None:
        """The recipe in use; None where the tenant uses the default."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            row = session.scalar(_of(tenant).where(RecipeRow.active))
            return None if row is None else _stored(row)

    def of(self, tenant: str) -> tuple[StoredRecipe, ...]:
        """All recipes of a tenant, the oldest first."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(_stored(row) for row in session.scalars(_of(tenant)))


def _of(tenant: str) -> Select[RecipeRow]:
    return (
        select(RecipeRow).where(RecipeRow.tenant == tenant).order_by(RecipeRow.created_at, RecipeRow.version)
    )


def _stored(row: RecipeRow) -> StoredRecipe:
    return StoredRecipe(
        version=row.version, document=row.document, created_at=row.created_at, active=row.active
    )
