"""The kill switch: who stopped which calls, for whom, when and why. One table is record and audit trail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from catalog.database import Database
from catalog.models import KillSwitchRow
from catalog.tenants import require_tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of the kill switch."""

    on: bool
    tenant: str | None
    """Whose calls; None: everybody's."""
    resource: str | None
    """Which calls, as usage names them; None: all."""
    why: str
    at: datetime
    by: str

    def stops(self, tenant: str, *resources: str) -> bool:
        """Whether a call for a tenant that uses any of these resources is stopped by it."""
        return (
            self.on
            and self.tenant in {None, tenant}
            and (self.resource is None or self.resource in resources)
        )

    @property
    def scope(self) -> str:
        """What it is about, in words.

        >>> from datetime import UTC
        >>> Turn(on=True, tenant="acme", resource=None, why="", at=datetime.now(UTC), by="ada").scope
        "every call of tenant 'acme'"
        """
        what = f"every {self.resource} call" if self.resource else "every call"
        return f"{what} of tenant {self.tenant!r}" if self.tenant else what


class KillSwitch:
    """Turned by people, read by whoever is about to call a model or to spend money."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def turn(
        self, *, on: bool, by: str, tenant: str | None = None, resource: str | None = None, why: str = ""
    ) -> Turn:
        """Stop calls, or let them go on; turning the same way twice is recorded twice."""
        with self._database.writing() as session:
            if tenant is not None:
                require_tenant(session, tenant)
            row = KillSwitchRow(tenant=tenant, resource=resource, on=on, why=why, at=self._clock(), by=by)
            session.add(row)
            return _turn(row)

    def standing(self) -> tuple[Turn, ...]:
        """The last turn of every scope that is stopped now, the oldest first."""
        last = select(func.max(KillSwitchRow.id)).group_by(KillSwitchRow.tenant, KillSwitchRow.resource)
        query = select(KillSwitchRow).where(KillSwitchRow.id.in_(last), KillSwitchRow.on)
        with self._database.reading() as session:
            return tuple(_turn(row) for row in session.scalars(query.order_by(KillSwitchRow.id)))

    def history(self, *, tenant: str | None = None, limit: int = 100) -> tuple[Turn, ...]:
        """Every turn, the newest first; with a tenant, those that concerned it."""
        query = select(KillSwitchRow).order_by(KillSwitchRow.id.desc()).limit(limit)
        if tenant is not None:
            query = query.where((KillSwitchRow.tenant == tenant) | KillSwitchRow.tenant.is_(None))
        with self._database.reading() as session:
            return tuple(_turn(row) for row in session.scalars(query))


def _turn(row: KillSwitchRow) -> Turn:
    return Turn(on=row.on, tenant=row.tenant, resource=row.resource, why=row.why, at=row.at, by=row.by)
