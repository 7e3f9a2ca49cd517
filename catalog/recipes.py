"""The recipes a tenant has used; one of them is active."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import CategoryRecipeRow, RecipeChangeRow, RecipeRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

UNKNOWN = "unknown"
"""Who changed a recipe, where nobody said."""

_Chosen = TypeVar("_Chosen", RecipeRow, RecipeRow | None)


@dataclass(frozen=True, slots=True)
class RecipeChange:
    """From when on a tenant used a version, and who decided that."""

    version: str | None
    """None: the default recipe."""
    at: datetime
    by: str


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

    def put(self, tenant: str, *, version: str, document: str, by: str = UNKNOWN) -> StoredRecipe:
        """Keep a recipe and make it the active one; an older version given again is active again.

        Raises `CatalogError` where the version is known with another document.
        """
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            return self._put(session, tenant, version, document, by)

    def add(self, tenant: str, write: Callable[[int], str], *, by: str) -> StoredRecipe:
        """Keep a recipe under the next free number, which `write` puts into its document, and use it."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            number = _next(session, tenant)
            return self._put(session, tenant, str(number), write(number), by)

    def add_in(self, tenant: str, category: str, write: Callable[[int], str], *, by: str) -> StoredRecipe:
        """The same for a category's listings alone: the active recipe stays what it is."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            number, now = _next(session, tenant), self._clock()
            row = RecipeRow(
                tenant=tenant, version=str(number), document=write(number), created_at=now, active=False
            )
            session.add(row)
            session.flush()
            session.merge(
                CategoryRecipeRow(
                    tenant=tenant, category=category, version=row.version, chosen_at=now, chosen_by=by
                )
            )
            return _stored(row)

    def activate(self, tenant: str, version: str | None, *, by: str) -> StoredRecipe | None:
        """Use a kept version again, or the default (None). Raises `CatalogError` for an unknown version."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            if version is None:
                self._switch(session, tenant, None, by)
                return None
            return _stored(self._switch(session, tenant, _required(session, tenant, version), by))

    def get(self, tenant: str, version: str) -> StoredRecipe:
        """One version; `CatalogError` says which there are."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return _stored(_required(session, tenant, version))

    def changes(self, tenant: str) -> tuple[RecipeChange, ...]:
        """Who used which recipe from when on, the oldest first."""
        query = select(RecipeChangeRow).where(RecipeChangeRow.tenant == tenant).order_by(RecipeChangeRow.id)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(RecipeChange(row.version, row.at, row.by) for row in session.scalars(query))

    def _put(self, session: Session, tenant: str, version: str, document: str, by: str) -> StoredRecipe:
        chosen = session.scalar(_of(tenant).where(RecipeRow.version == version))
        if chosen is not None and chosen.document != document:
            raise CatalogError(
                f"Tenant {tenant!r} has another recipe {version!r}, of {chosen.created_at:%Y-%m-%d}.",
                hint="A version never changes: give the changed recipe a version of its own.",
            )
        if chosen is None:
            chosen = RecipeRow(
                tenant=tenant, version=version, document=document, created_at=self._clock(), active=False
            )
            session.add(chosen)
        return _stored(self._switch(session, tenant, chosen, by))

    def _switch(self, session: Session, tenant: str, chosen: _Chosen, by: str) -> _Chosen:
        """Make one version the active one, or none; a switch to what is active already is no change."""
        rows = list(session.scalars(_of(tenant)))
        if any(row.active and row is not chosen for row in rows) or (chosen and not chosen.active):
            version = chosen.version if chosen else None
            session.add(RecipeChangeRow(tenant=tenant, version=version, at=self._clock(), by=by))
        for row in rows:
            row.active = row is chosen
        return chosen

    def active(self, tenant: str) -> StoredRecipe | None:
        """The recipe in use; None where the tenant uses the default."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            row = session.scalar(_of(tenant).where(RecipeRow.active))
            return None if row is None else _stored(row)

    def use_in(self, tenant: str, category: str, version: str, *, by: str) -> StoredRecipe:
        """Judge a category's listings by a kept version; `CatalogError` for an unknown one."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            row = _required(session, tenant, version)
            session.merge(
                CategoryRecipeRow(
                    tenant=tenant, category=category, version=version, chosen_at=self._clock(), chosen_by=by
                )
            )
            return _stored(row)

    def drop_in(self, tenant: str, category: str) -> bool:
        """Judge a category's listings like all others again; whether it had a recipe of its own."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            row = session.get(CategoryRecipeRow, (tenant, category))
            if row is not None:
                session.delete(row)
            return row is not None

    def by_category(self, tenant: str) -> dict[str, StoredRecipe]:
        """The categories that have a recipe of their own, with it."""
        chosen = CategoryRecipeRow
        query = (
            select(chosen.category, RecipeRow)
            .join(RecipeRow, (RecipeRow.tenant == chosen.tenant) & (RecipeRow.version == chosen.version))
            .where(chosen.tenant == tenant)
            .order_by(chosen.category)
        )
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return {category: _stored(row) for category, row in session.execute(query)}

    def of(self, tenant: str) -> tuple[StoredRecipe, ...]:
        """All recipes of a tenant, the oldest first."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(_stored(row) for row in session.scalars(_of(tenant)))


def _next(session: Session, tenant: str) -> int:
    known = [int(row.version) for row in session.scalars(_of(tenant)) if row.version.isdecimal()]
    return 1 + max(known, default=0)


def _required(session: Session, tenant: str, version: str) -> RecipeRow:
    rows = {row.version: row for row in session.scalars(_of(tenant))}
    if version in rows:
        return rows[version]
    raise CatalogError(
        f"Tenant {tenant!r} has no recipe {version!r}; "
        + (f"it has {', '.join(rows)}." if rows else "it has none of its own."),
        hint="See counterfoil recipe show --history, or give the recipe as a file.",
    )


def _of(tenant: str) -> Select[RecipeRow]:
    return (
        select(RecipeRow).where(RecipeRow.tenant == tenant).order_by(RecipeRow.created_at, RecipeRow.version)
    )


def _stored(row: RecipeRow) -> StoredRecipe:
    return StoredRecipe(
        version=row.version, document=row.document, created_at=row.created_at, active=row.active
    )
