"""What tenants use of the resources that are capped or cost money, by UTC day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from catalog.database import Database
from catalog.models import CapChangeRow, CapRow, UsageRow
from catalog.tenants import require_tenant


def day_ends(now: datetime) -> datetime:
    """When the UTC day of a moment ends, and what was used is counted anew.

    >>> day_ends(datetime(2026, 11, 24, 9, tzinfo=UTC)).isoformat()
    '2026-11-25T00:00:00+00:00'
    """
    now = now.astimezone(UTC)
    return datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Units that were taken from a day's cap: as many as were asked for, or what was left."""

    tenant: str
    resource: str
    day: date
    units: int
    unit_micros: int
    """What one unit costs, in millionths of a US dollar."""
    cap: int
    """The cap that decided."""
    used: int
    """Units that the tenant has taken today, these among them."""

    @property
    def left(self) -> int:
        """Units that somebody may still take today."""
        return max(self.cap - self.used, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapChange:
    """Who gave a tenant which cap, and when."""

    resource: str
    units: int | None
    """None: the settings' default holds again."""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a tenant used of a resource in one day."""

    resource: str
    day: date
    units: int
    cost_micros: int
    """In millionths of a US dollar, each unit at its price of the moment."""


class Usage:
    """Counted, and held under caps, by the record store itself.

    Every take is one conditional statement, so a cap of 1,000 gives 1,000 under any concurrency.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def take(self, tenant: str, resource: str, units: int, *, unit_micros: int, default_cap: int) -> Grant:
        """Take units of today's cap, or as many as are left; a grant of 0 where it is spent.

        `default_cap` holds where the tenant has no cap of its own.
        """
        with self._database.writing() as session:
            require_tenant(session, tenant)
            own = session.get(CapRow, (tenant, resource))
            cap = default_cap if own is None else own.units
            today = self._clock().astimezone(UTC).date()
            row = (UsageRow.tenant == tenant) & (UsageRow.resource == resource) & (UsageRow.day == today)
            left, used = cap, -1
            while (wanted := min(units, left)) > 0:
                values = {"tenant": tenant, "resource": resource, "day": today, "units": wanted}
                taking = _adding(session, values | {"cost_micros": wanted * unit_micros}, cap=cap)
                counted = session.scalar(taking)
                if counted is not None:
                    used = counted
                    break
                left = cap - (session.scalar(select(UsageRow.units).where(row)) or 0)
            if used < 0:
                used = session.scalar(select(UsageRow.units).where(row)) or 0
            return Grant(
                tenant=tenant,
                resource=resource,
                day=today,
                units=max(wanted, 0),
                unit_micros=unit_micros,
                cap=cap,
                used=used,
            )

    def count(self, tenant: str, resource: str, units: int) -> None:
        """Add to what is only counted: no cap holds it, and it costs nothing."""
        with self._database.writing() as session:
            require_tenant(session, tenant)
            today = self._clock().astimezone(UTC).date()
            values = {"tenant": tenant, "resource": resource, "day": today, "units": units, "cost_micros": 0}
            session.execute(_adding(session, values, cap=None))

    def give_back(self, grant: Grant, units: int) -> None:
        """Return units of a grant that were not used after all, to the day they were taken from."""
        with self._database.writing() as session:
            session.execute(
                update(UsageRow)
                .where(
                    UsageRow.tenant == grant.tenant,
                    UsageRow.resource == grant.resource,
                    UsageRow.day == grant.day,
                )
                .values(
                    units=UsageRow.units - units,
                    cost_micros=UsageRow.cost_micros - units * grant.unit_micros,
                )
            )

    def of(self, tenant: str, *, since: date) -> tuple[Used, ...]:
        """A tenant's usage from a day on, the newest first."""
        query = (
            select(UsageRow)
            .where(UsageRow.tenant == tenant, UsageRow.day >= since)
            .order_by(UsageRow.day.desc(), UsageRow.resource)
        )
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(
                Used(resource=row.resource, day=row.day, units=row.units, cost_micros=row.cost_micros)
                for row in session.scalars(query)
            )

    def today(self, tenant: str) -> tuple[Used, ...]:
        """A tenant's usage of this UTC day."""
        return self.of(tenant, since=self._clock().astimezone(UTC).date())

    def caps(self, tenant: str) -> dict[str, int]:
        """The tenant's own caps by resource, in units a UTC day."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(select(CapRow).where(CapRow.tenant == tenant).order_by(CapRow.resource))
            return {row.resource: row.units for row in rows}

    def set_cap(self, tenant: str, resource: str, units: int | None, *, by: str) -> None:
        """Give a tenant a cap of its own; 0 allows nothing, and None takes it back."""
        now = self._clock()
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            if units is not None:
                session.merge(
                    CapRow(tenant=tenant, resource=resource, units=units, changed_at=now, changed_by=by)
                )
            elif (own := session.get(CapRow, (tenant, resource))) is not None:
                session.delete(own)
            session.add(CapChangeRow(tenant=tenant, resource=resource, units=units, at=now, by=by))

    def cap_changes(self, tenant: str, *, limit: int = 100) -> tuple[CapChange, ...]:
        """Who changed a tenant's caps, the newest change first."""
        query = select(CapChangeRow).where(CapChangeRow.tenant == tenant).order_by(CapChangeRow.id.desc())
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(
                CapChange(resource=row.resource, units=row.units, at=row.at, by=row.by)
                for row in session.scalars(query.limit(limit))
            )


def _adding(session: Session, values: dict[str, object], *, cap: int | None) -> ReturningInsert[int]:
    """Add to a day's row, or make it, unless its units would then pass the cap: one statement.

    It returns the new units, or no row where the cap forbids. None: no cap.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(UsageRow).values(values)
    sums: dict[str, ColumnElement[int]] = {
        "units": UsageRow.units + statement.excluded.units,
        "cost_micros": UsageRow.cost_micros + statement.excluded.cost_micros,
    }
    return statement.on_conflict_do_update(
        index_elements=["tenant", "resource", "day"],
        set_=sums,
        where=None if cap is None else sums["units"] <= cap,
    ).returning(UsageRow.units)
