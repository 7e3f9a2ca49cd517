"""What has come to its end goes: records first, then whatever else no record asks for any more.

Every run compares the whole vector index and blob store with the records. So nothing is orphaned for ever:
what a crash leaves behind, or a scan that died before it had recorded what it stored, goes with the next run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from catalog.blobs import GRACE
from catalog.retention import Ends, Periods, RecordCounts
from catalog.vectors import Point, VectorIndex
from cluster.seen import KEPT_BY_PICTURE
from cluster.state import State

_T = TypeVar("_T")
_BATCH = 500
"""Files whose records are asked for at once."""


@dataclass(slots=True)
class Gone:
    """What goes from one store."""

    count: int = 0
    bytes: int = 0
    """As the store counts them; of vectors, their numbers alone."""

    def add(self, size: int) -> None:
        """One more."""
        self.count += 1
        self.bytes += size


@dataclass(slots=True, kw_only=True)
class RetentionReport:
    """What a run deleted, or would delete."""

    tenant: str
    dry_run: bool
    at: datetime
    periods: Periods
    records: RecordCounts
    pictures: Gone = field(default_factory=Gone)
    derived: Gone = field(default_factory=Gone)
    vectors: dict[str, Gone] = field(default_factory=dict)
    """By collection."""


def defaults_of(state: State) -> Periods:
    """The settings' periods."""
    days = state.settings.retention
    return Periods(sightings=days.sightings_days, pictures=days.pictures_days, cases=days.cases_days)


def run_retention(
    state: State, vectors: VectorIndex, tenant: str, *, dry_run: bool, now: datetime | None = None
) -> RetentionReport:
    """Delete what has come to its end, or tell what would go; safe to run again, and beside scans.

    Raises `CatalogError` for an unknown tenant.
    """
    at = now or state.catalog.clock()
    retention = state.catalog.retention
    periods = retention.periods(tenant, defaults_of(state)).checked()
    ends = Ends.of(periods, at)
    records = retention.count(tenant, ends) if dry_run else retention.expire(tenant, ends)
    report = RetentionReport(tenant=tenant, dry_run=dry_run, at=at, periods=periods, records=records)
    _sweep_vectors(state, vectors, report, ends)
    _sweep_derived(state, report, ends)
    _sweep_pictures(state, report, ends)
    return report


def _sweep_vectors(state: State, vectors: VectorIndex, report: RetentionReport, ends: Ends) -> None:
    tenant = report.tenant
    references = {it.id for it in state.catalog.references.of(tenant)}
    for collection, size in vectors.collections().items():
        kind = collection.partition("--")[0]
        if kind not in {"sightings", "references"}:
            continue
        gone = report.vectors.setdefault(collection, Gone())
        after = None
        while True:
            page = vectors.scroll(collection, tenant=tenant, after=after)
            if kind == "references":
                old = [it.id for it in page.points if it.payload["reference_id"] not in references]
            else:
                old = _old_sightings(state, tenant, page.points, ends)
            if old and not report.dry_run:
                vectors.delete(collection, old, tenant=tenant)
            gone.count += len(old)
            gone.bytes += len(old) * size * 4
            if page.next is None:
                break
            after = page.next


def _old_sightings(state: State, tenant: str, points: Sequence[Point], ends: Ends) -> list[str]:
    """Those embedded before the period began, of pictures that no listing shows any more."""
    old = {
        it.id: str(it.payload["sha256"])
        for it in points
        if datetime.fromisoformat(it.payload["seen_at"]) < ends.sightings
    }
    needed = state.catalog.retention.needed(tenant, list(old.values()), ends, what="sightings")
    return [point for point, digest in old.items() if digest not in needed]


def _sweep_derived(state: State, report: RetentionReport, ends: Ends) -> None:
    """What was measured on listings' pictures, and what is left of references and media that are gone."""
    store, retention = state.derived(report.tenant), state.catalog.retention
    for batch in _batches(store.kept()):
        digests = [digest for _, digest, _ in batch]
        needed = retention.needed(report.tenant, digests, ends, what="sightings")
        owned = retention.owned(report.tenant, digests)
        for extractor, digest, file in batch:
            if extractor.startswith(KEPT_BY_PICTURE):
                old = file.modified < ends.sightings and digest not in needed
            else:
                old = file.modified < report.at - GRACE and digest not in owned
            if old:
                report.derived.add(file.size)
                if not report.dry_run:
                    store.clear(file)


def _sweep_pictures(state: State, report: RetentionReport, ends: Ends) -> None:
    store, retention = state.blobs(report.tenant), state.catalog.retention
    old = ((digest, file) for digest, file in store.kept() if file.modified < report.at - GRACE)
    for batch in _batches(old):
        digests = [digest for digest, _ in batch if digest is not None]
        needed = retention.needed(report.tenant, digests, ends, what="pictures")
        for digest, file in batch:
            if digest is None or digest not in needed:
                report.pictures.add(file.size)
                if not report.dry_run:
                    store.clear(file)


def _batches(rows: Iterator[_T]) -> Iterator[list[_T]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch
