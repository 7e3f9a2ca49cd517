"""What an encoder's cosines are worth for one tenant, or one of its categories: maps that somebody fitted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from catalog.database import Database
from catalog.models import CalibrationRow
from catalog.tenants import require_tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCalibration:
    """A map, as a document that `vision.calibration` reads."""

    encoder: str
    """The key of the encoder it was measured for."""
    category: str | None
    document: dict[str, Any]
    fitted_at: datetime
    fitted_by: str


class Calibrations:
    """Each tenant's own maps; where it has none, the encoder's own counts."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def keep(
        self, tenant: str, document: dict[str, Any], *, encoder: str, category: str | None, by: str
    ) -> None:
        """Use a map from now on, instead of an earlier one for the same encoder and category."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            session.merge(
                CalibrationRow(
                    tenant=tenant,
                    encoder=encoder,
                    category=category or "",
                    document=document,
                    fitted_at=self._clock(),
                    fitted_by=by,
                )
            )

    def drop(self, tenant: str, *, encoder: str, category: str | None) -> bool:
        """Take a map back; whether there was one."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            row = session.get(CalibrationRow, (tenant, encoder, category or ""))
            if row is not None:
                session.delete(row)
            return row is not None

    def of(self, tenant: str) -> tuple[StoredCalibration, ...]:
        """All of a tenant's maps, by encoder and category."""
        query = select(CalibrationRow).where(CalibrationRow.tenant == tenant)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(query.order_by(CalibrationRow.encoder, CalibrationRow.category))
            return tuple(
                StoredCalibration(
                    encoder=row.encoder,
                    category=row.category or None,
                    document=row.document,
                    fitted_at=row.fitted_at,
                    fitted_by=row.fitted_by,
                )
                for row in rows
            )
