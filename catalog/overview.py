"""What the operator sees of all tenants at once: numbers only, for monitoring."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select

from catalog.database import Database
from catalog.models import CapRow, ScanRow, UsageRow


class Overview:
    """The one place whose queries take no tenant. Nothing of it is shown to a tenant."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def used_today(self) -> dict[tuple[str, str], int]:
        """Units of this UTC day, by tenant and resource."""
        today = self._clock().astimezone(UTC).date()
        query = select(UsageRow.tenant, UsageRow.resource, UsageRow.units).where(UsageRow.day == today)
        with self._database.reading() as session:
            return {(tenant, resource): units for tenant, resource, units in session.execute(query)}

    def own_caps(self) -> dict[tuple[str, str], int]:
        """Every cap that a tenant has of its own, by tenant and resource."""
        with self._database.reading() as session:
            rows = session.execute(select(CapRow.tenant, CapRow.resource, CapRow.units))
            return {(tenant, resource): units for tenant, resource, units in rows}

    def scans(self) -> dict[str, int]:
        """How many scans there are in each state."""
        query = select(ScanRow.state, func.count().label("number")).group_by(ScanRow.state)
        with self._database.reading() as session:
            return {row.state: row.number for row in session.execute(query)}
