"""Work that begins by itself, and who is running which."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from catalog.cron import check_cron, last_due, next_due
from catalog.database import Database
from catalog.models import ScheduleRow
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

PATIENCE = timedelta(minutes=2)
"""How long a runner may be silent before another takes over: it writes four times as often."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
"""It becomes a folder's name, and part of a Kubernetes object's."""


@dataclass(frozen=True, slots=True)
class When:
    """A cron expression in a time zone."""

    cron: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a schedule does."""

    kind: str = "scan"
    """A name from `pipelines.kinds`."""
    sources: Sequence[str] = ()
    """What is read, where marketplaces are."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """JSON: what the kind lets one say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Work that is begun whenever a cron expression says."""

    tenant: str
    name: str
    cron: str
    zone: str
    task: Task
    created_at: datetime
    created_by: str
    settled_until: datetime
    """Every moment it was due up to here has had its run, or shared one."""
    unfinished: datetime | None
    """The due moment of a run that began and has not ended."""
    runner: str | None
    beat_at: datetime | None
    """When the runner last said that it is at work."""

    def next_due(self) -> datetime:
        """When its next run is due; in the past where one was missed."""
        return next_due(self.cron, self.zone, self.settled_until)

    def due(self, now: datetime) -> datetime | None:
        """The run to do now: an unfinished one, or the last of those that are due. None where none is."""
        if self.unfinished is not None:
            return self.unfinished
        return last_due(self.cron, self.zone, after=self.settled_until, until=now)

    def running(self, now: datetime) -> bool:
        """Whether somebody is at work on it."""
        return self.runner is not None and self.beat_at is not None and now - self.beat_at <= PATIENCE


class Schedules:
    """Each tenant's schedules. A run is claimed by one conditional update, so one runner has it at a time."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, name: str, when: When, *, task: Task, by: str) -> Schedule:
        """A new schedule, first due after now; `CatalogError` where that cannot be, or the name is taken."""
        if not _NAME.fullmatch(name):
            raise CatalogError(
                f"{name!r} cannot name a schedule.",
                hint="Use up to 40 small letters, digits and hyphens, as in nightly-ebay.",
            )
        check_cron(when.cron, when.zone)
        now = self._clock()
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            if session.get(ScheduleRow, (tenant, name)) is not None:
                raise CatalogError(
                    f"Tenant {tenant!r} has a schedule {name!r} already.",
                    hint="Remove it first, or choose another name.",
                )
            row = ScheduleRow(
                tenant=tenant,
                name=name,
                cron=when.cron,
                zone=when.zone,
                sources=list(task.sources),
                kind=task.kind,
                options=dict(task.options),
                created_at=now,
                created_by=by,
                settled_until=now,
            )
            session.add(row)
            session.flush()
            return _schedule(row)

    def remove(self, tenant: str, name: str) -> None:
        """Forget a schedule; a run of it that is under way goes on to its end."""
        with self._database.writing() as session:
            _require(session, tenant, name)
            session.execute(delete(ScheduleRow).where(_is(tenant, name)))

    def get(self, tenant: str, name: str) -> Schedule:
        """A tenant's schedule by its name, or `CatalogError`."""
        with self._database.reading() as session:
            return _schedule(_require(session, tenant, name))

    def of(self, tenant: str | None = None) -> tuple[Schedule, ...]:
        """A tenant's schedules by name, or everybody's."""
        query = select(ScheduleRow).order_by(ScheduleRow.tenant, ScheduleRow.name)
        with self._database.reading() as session:
            if tenant is not None:
                require_tenant(session, tenant)
                query = query.where(ScheduleRow.tenant == tenant)
            return tuple(_schedule(row) for row in session.scalars(query))

    def claim(self, tenant: str, name: str, *, runner: str, due: datetime) -> bool:
        """Take a schedule's run for a runner; False where another has it or it has been done meanwhile."""
        now = self._clock()
        free = ScheduleRow.runner.is_(None) | (ScheduleRow.beat_at < now - PATIENCE)
        # An unfinished run goes first; a new one must be of a moment that nobody has settled.
        there = (ScheduleRow.unfinished == due) | (
            ScheduleRow.unfinished.is_(None) & (ScheduleRow.settled_until < due)
        )
        with self._database.writing() as session:
            taken = session.execute(
                update(ScheduleRow)
                .where(_is(tenant, name), free, there)
                .values(runner=runner, beat_at=now, unfinished=due)
                .returning(ScheduleRow.name)
            )
            return taken.first() is not None

    def beat(self, tenant: str, name: str, *, runner: str) -> bool:
        """Say that a runner is still at work; False where the run is no longer its own."""
        with self._database.writing() as session:
            mine = session.execute(
                update(ScheduleRow)
                .where(_is(tenant, name), ScheduleRow.runner == runner)
                .values(beat_at=self._clock())
                .returning(ScheduleRow.name)
            )
            return mine.first() is not None

    def settle(self, tenant: str, name: str, *, runner: str, done: bool) -> None:
        """End a runner's run. Where it is not done it stays unfinished, for the next to go on with."""
        with self._database.writing() as session:
            row = session.scalar(
                select(ScheduleRow).where(_is(tenant, name), ScheduleRow.runner == runner).with_for_update()
            )
            if row is None:
                return  # removed meanwhile, or taken over
            row.runner = row.beat_at = None
            if done and row.unfinished is not None:
                row.settled_until = max(row.settled_until, row.unfinished)
                row.unfinished = None


def _is(tenant: str, name: str) -> ColumnElement[bool]:
    return (ScheduleRow.tenant == tenant) & (ScheduleRow.name == name)


def _require(session: Session, tenant: str, name: str) -> ScheduleRow:
    row = session.get(ScheduleRow, (tenant, name))
    if row is not None:
        return row
    require_tenant(session, tenant)
    known = session.scalars(
        select(ScheduleRow.name).where(ScheduleRow.tenant == tenant).order_by(ScheduleRow.name)
    ).all()
    raise CatalogError(
        f"Tenant {tenant!r} has no schedule {name!r}.",
        hint=f"It has {', '.join(known)}." if known else "It has none: counterfoil schedule add.",
    )


def _schedule(row: ScheduleRow) -> Schedule:
    return Schedule(
        tenant=row.tenant,
        name=row.name,
        cron=row.cron,
        zone=row.zone,
        task=Task(kind=row.kind, sources=tuple(row.sources), options=row.options),
        created_at=row.created_at,
        created_by=row.created_by,
        settled_until=row.settled_until,
        unfinished=row.unfinished,
        runner=row.runner,
        beat_at=row.beat_at,
    )
