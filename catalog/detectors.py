"""The detectors that a tenant has trained for its marks, every version of them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from catalog.database import Database
from catalog.models import DetectorRow
from catalog.tenants import require_tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDetector:
    """What is to be known of a detector; its arrays are the blob `sha256`."""

    brand: str
    mark: str
    sha256: str
    embedding: str
    """The key of the embedding it was trained on, and works with."""
    worth: dict[str, Any]
    """What cross-validation said: precision, recall, and of how many pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDetector(NewDetector):
    """One version of a detector, as the catalogue keeps it."""

    tenant: str
    version: int
    """1 for the first training of this mark, one more with each that follows."""
    trained_at: datetime

    @property
    def id(self) -> str:
        """What verdicts and lists call it, e.g. `Northpine/pine v2`."""
        return f"{self.brand}/{self.mark} v{self.version}"


class Detectors:
    """Each tenant's detectors. A version never changes, so that evidence which names one stays explained."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, made: NewDetector) -> StoredDetector:
        """Keep a new version, which is in use from now on. The brand must exist."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            mine = (
                DetectorRow.tenant == tenant,
                DetectorRow.brand == made.brand,
                DetectorRow.mark == made.mark,
            )
            latest = session.scalar(select(func.max(DetectorRow.version)).where(*mine)) or 0
            row = DetectorRow(**asdict(made), tenant=tenant, version=latest + 1, trained_at=self._clock())
            session.add(row)
            return _stored(row)

    def of(self, tenant: str) -> tuple[StoredDetector, ...]:
        """The versions in use, by brand and mark."""
        newest = {(one.brand, one.mark): one for one in self.history(tenant)}
        return tuple(newest.values())

    def history(self, tenant: str) -> tuple[StoredDetector, ...]:
        """All versions, by brand and mark, the oldest first."""
        query = select(DetectorRow).where(DetectorRow.tenant == tenant)
        with self._database.reading() as session:
            require_tenant(session, tenant)
            rows = session.scalars(query.order_by(DetectorRow.brand, DetectorRow.mark, DetectorRow.version))
            return tuple(_stored(row) for row in rows)


def _stored(row: DetectorRow) -> StoredDetector:
    return StoredDetector(
        tenant=row.tenant,
        brand=row.brand,
        mark=row.mark,
        version=row.version,
        sha256=row.sha256,
        embedding=row.embedding,
        worth=row.worth,
        trained_at=row.trained_at,
    )
