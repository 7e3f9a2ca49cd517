"""The scans a tenant has run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import ScanRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

ScanState = Literal["running", "paused", "finished", "failed"]
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One run over a tenant's sources."""

    id: str
    tenant: str
    state: ScanState
    sources: tuple[str, ...]
    """As the command names them: `file:listings.jsonl`, `ebay:"query"`."""
    started_at: datetime
    finished_at: datetime | None
    summary: dict[str, Any] | None
    """What `summary.json` says, once there is one."""


class Scans:
    """Each tenant's scans."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def start(self, tenant: str, sources: Sequence[str]) -> Scan:
        """Record that a scan begins; its id tells when, and can be typed after `--resume`."""
        now = self._clock()
        with self._database.writing() as session:
            require_tenant(session, tenant)
            row = ScanRow(
                # 32 random bits beside the second: a tenant would have to start 9,300 scans within
                # one second for a chance of 1 % that two share an id.
                id=f"{now:%Y%m%d-%H%M%S}-{token_hex(4)}",
                tenant=tenant,
                state="running",
                sources=list(sources),
                started_at=now,
                finished_at=None,
                summary=None,
            )
            session.add(row)
            return _scan(row)

    def finish(
        self,
        tenant: str,
        scan_id: str,
        *,
        summary: Mapping[str, Any],
        state: Literal["finished", "failed"] = "finished",
    ) -> Scan:
        """Record that a scan ended, and what it did."""
        with self._database.writing() as session:
            row = _require(session, tenant, scan_id, lock=True)
            row.state, row.finished_at, row.summary = state, self._clock(), dict(summary)
            return _scan(row)

    def mark(self, tenant: str, scan_id: str, state: Literal["running", "paused"]) -> Scan:
        """Record that a scan pauses, or goes on (also one that had ended)."""
        with self._database.writing() as session:
            row = _require(session, tenant, scan_id, lock=True)
            row.state, row.finished_at = state, None
            return _scan(row)

    def get(self, tenant: str, scan_id: str) -> Scan:
        """A scan of this tenant's by its id, or `CatalogError`."""
        with self._database.reading() as session:
            return _scan(_require(session, tenant, scan_id))

    def of(self, tenant: str, *, limit: int = 100) -> tuple[Scan, ...]:
        """A tenant's scans, the newest first."""
        query = (
            select(ScanRow).where(ScanRow.tenant == tenant).order_by(ScanRow.started_at.desc(), ScanRow.id)
        )
        with self._database.reading() as session:
            require_tenant(session, tenant)
            return tuple(_scan(row) for row in session.scalars(query.limit(limit)))


def _require(session: Session, tenant: str, scan_id: str, *, lock: bool = False) -> ScanRow:
    mine = select(ScanRow).where(ScanRow.tenant == tenant)
    query = mine.where(ScanRow.id == scan_id)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is not None:
        return row
    require_tenant(session, tenant)
    recent = [known.id for known in session.scalars(mine.order_by(ScanRow.started_at.desc()).limit(_SHOWN))]
    raise CatalogError(
        f"Tenant {tenant!r} has no scan {scan_id!r}.",
        hint=f"Its latest: {', '.join(recent)}." if recent else "It has not run any scan yet.",
    )


def _scan(row: ScanRow) -> Scan:
    return Scan(
        id=row.id,
        tenant=row.tenant,
        state=row.state,  # type: ignore[arg-type]  # only this file writes it
        sources=tuple(row.sources),
        started_at=row.started_at,
        finished_at=row.finished_at,
        summary=row.summary,
    )
