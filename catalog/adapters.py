"""The adapters that a tenant's decisions have taught: every version, and which encoder each is for."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import func, select

from catalog.database import Database
from catalog.models import AdapterRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

_MARK = "+adapter:"


@dataclass(frozen=True, slots=True)
class AdapterName:
    """What an adapted encoder is called where a model is named. It says whose it is: nobody else's use it."""

    base: str
    """The encoder's own name."""
    tenant: str
    version: int

    def __str__(self) -> str:
        return f"{self.base}{_MARK}{self.tenant}/{self.version}"

    @classmethod
    def parse(cls, model: str) -> Self | None:
        """The name in a model's; None for a plain encoder.

        >>> AdapterName.parse("builtin+adapter:acme/2")
        AdapterName(base='builtin', tenant='acme', version=2)
        >>> AdapterName.parse("builtin") is None
        True
        """
        base, mark, rest = model.rpartition(_MARK)
        tenant, slash, version = rest.rpartition("/")
        if not (mark and base and slash and tenant and version.isdecimal()):
            return None
        return cls(base, tenant, int(version))


def encoder_of(model: str) -> str:
    """The encoder that a model's name stands for: its own, or the one under an adapter."""
    name = AdapterName.parse(model)
    return model if name is None else name.base


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdapter:
    """What is to be kept of an adapter."""

    model: str
    """The encoder's name, as choices have it."""
    key: str
    """Of its vectors."""
    document: dict[str, Any]
    """What `vision.adapter` reads."""
    worth: dict[str, Any]
    """What held-out pairs said: how many, and both figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAdapter(NewAdapter):
    """One version, as the catalogue keeps it."""

    tenant: str
    version: int
    """1 for a tenant's first, one more with each that follows."""
    learned_at: datetime
    learned_by: str

    @property
    def name(self) -> AdapterName:
        """What choices call it."""
        return AdapterName(self.model, self.tenant, self.version)


class Adapters:
    """Each tenant's. A version never changes, so that a verdict which names its vectors stays explained."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, made: NewAdapter, *, by: str) -> StoredAdapter:
        """Keep an adapter; one that was kept before has its number already. Nothing is used by it yet."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            mine = select(AdapterRow).where(AdapterRow.tenant == tenant)
            known = session.scalar(mine.where(AdapterRow.key == made.key, AdapterRow.model == made.model))
            if known is not None:
                return _stored(known)
            latest = session.scalar(select(func.max(AdapterRow.version)).where(AdapterRow.tenant == tenant))
            row = AdapterRow(
                **asdict(made),
                tenant=tenant,
                version=(latest or 0) + 1,
                learned_at=self._clock(),
                learned_by=by,
            )
            session.add(row)
            return _stored(row)

    def get(self, name: AdapterName) -> StoredAdapter:
        """One version; `CatalogError` where the tenant has none of that number for that encoder."""
        with self._database.reading() as session:
            require_tenant(session, name.tenant)
            row = session.get(AdapterRow, (name.tenant, name.version))
            if row is None or row.model != name.base:
                raise CatalogError(
                    f"Tenant {name.tenant!r} has no adapter {name.version} for {name.base}.",
                    hint="See which there are: counterfoil models list.",
                )
            return _stored(row)

    def of(self, tenant: str) -> tuple[StoredAdapter, ...]:
        """All of a tenant's, the oldest first."""
        query = select(AdapterRow).where(AdapterRow.tenant == tenant).order_by(AdapterRow.version)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(map(_stored, session.scalars(query)))


def _stored(row: AdapterRow) -> StoredAdapter:
    return StoredAdapter(
        tenant=row.tenant,
        version=row.version,
        model=row.model,
        key=row.key,
        document=row.document,
        worth=row.worth,
        learned_at=row.learned_at,
        learned_by=row.learned_by,
    )
