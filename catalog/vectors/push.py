"""Moving an index's points into another: what `counterfoil index push` does."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from catalog.vectors.interface import Point, VectorIndex
from scoring.errors import RetryError, UnreachableError

_PAGE = 256
"""Points at a time: 256 of 512 numbers are 2.6 MB of JSON."""

_Answer = TypeVar("_Answer")
Tell = Callable[[str, int, int], None]
"""Told of a collection, the points that are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a target that is away or asks to wait is tried again."""

    attempts: int = 6
    first_seconds: float = 0.5
    """The pause before the second try; each further one is twice as long, unless the target says how long."""
    longest_seconds: float = 60.0
    sleep: Callable[[float], None] = field(default=time.sleep)

    def ask(self, question: Callable[[], _Answer]) -> _Answer:
        """The answer, or the last error when all tries are spent."""
        for attempt in range(self.attempts - 1):
            try:
                return question()
            except RetryError as error:
                pause = error.retry_after or self.first_seconds * 2**attempt
                self.sleep(min(pause, self.longest_seconds))
        return question()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of one tenant's points in one collection."""

    collection: str
    tenant: str
    written: int
    there: int
    """Points that the target held already, as new or newer."""


def push(
    source: VectorIndex,
    target: VectorIndex,
    tenants: Sequence[str],
    *,
    tell: Tell,
    patience: Patience | None = None,
) -> list[Pushed]:
    """Write every point of these tenants that the target lacks, or that was seen later here.

    Ids are made of what a point is about, so pushing again writes nothing twice, and one that was
    interrupted goes on by being started again. Raises `UnreachableError` where the target stays away, or
    holds fewer points at the end than it was given.
    """
    patience = patience or Patience()
    pushed = []
    for collection, size in source.collections().items():
        patience.ask(partial(target.ensure, collection, size))
        whole = sum(source.count(collection, tenant=tenant) for tenant in tenants)
        done = 0
        for tenant in tenants:
            tell(collection, done, whole)
            written = there = 0
            for points in _pages(source, collection, tenant):
                missing = patience.ask(partial(_missing, target, collection, points, tenant))
                patience.ask(partial(target.upsert, collection, missing, tenant=tenant))
                written, there = written + len(missing), there + len(points) - len(missing)
                done += len(points)
                tell(collection, done, whole)
            kept = patience.ask(partial(target.count, collection, tenant=tenant))
            if kept < written + there:
                raise UnreachableError(
                    f"Collection {collection!r} holds {kept} points of tenant {tenant!r} after "
                    f"{written + there} were pushed.",
                    hint="Push again: only what is missing is sent.",
                )
            pushed.append(Pushed(collection=collection, tenant=tenant, written=written, there=there))
    return pushed


def _pages(source: VectorIndex, collection: str, tenant: str) -> Iterator[tuple[Point, ...]]:
    page = source.scroll(collection, tenant=tenant, limit=_PAGE)
    yield page.points
    while page.next is not None:
        page = source.scroll(collection, tenant=tenant, limit=_PAGE, after=page.next)
        yield page.points


def _missing(target: VectorIndex, collection: str, points: Sequence[Point], tenant: str) -> list[Point]:
    ids = [point.id for point in points]
    held = {point.id: _seen(point) for point in target.fetch(collection, ids, tenant=tenant)}
    return [point for point in points if point.id not in held or held[point.id] < _seen(point)]


def _seen(point: Point) -> str:
    """When a sighting was made: ISO 8601 in UTC, whose order is that of the moments. References have none."""
    return str(point.payload.get("seen_at", ""))
