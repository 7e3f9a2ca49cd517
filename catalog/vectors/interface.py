"""The one interface of all vector indexes."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CatalogError

TENANT = "tenant"
"""The payload field that every point carries and every query filters by, inside the store."""

Where = Mapping[str, str | int | Sequence[str]]
"""Payload fields that must equal a text or a whole number, or one of several texts."""

_COLLECTION = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A vector with what is known about it. `payload` is JSON; the index adds the tenant itself."""

    id: str
    """A UUID; see `points.point_id`."""
    vector: NDArray[np.float32]
    """(size,); stores keep it at length 1, so it comes back normalised."""
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoredPoint:
    """A neighbour: how near (cosine, -1 to 1) and what is known about it."""

    id: str
    score: float
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some points of a collection, and where the next page begins (None: this was the last)."""

    points: tuple[Point, ...]
    next: str | None


class VectorIndex(ABC):
    """Points by cosine, in named collections of one width each, every tenant's apart.

    `search` is exact, so that the same question has the same answer in bulk and online. Among the
    neighbours returned, those of equal score come in the order of their ids. Arguments and
    results can be pickled, and one index may serve several threads.

    All methods raise `CatalogError` for what can never work (an unknown collection, a vector of the
    wrong width or without a direction, a closed index) and `UnreachableError` for a server that is
    away.
    """

    @abstractmethod
    def ensure(self, collection: str, size: int) -> None:
        """Make a collection for vectors of `size` numbers where it is missing.

        Raises `CatalogError` where it exists with another size.
        """

    @abstractmethod
    def collections(self) -> dict[str, int]:
        """The collections that there are, by name, with their vectors' size."""

    @abstractmethod
    def upsert(self, collection: str, points: Sequence[Point], *, tenant: str) -> None:
        """Write points, over those of the same id; on disk when it returns."""

    @abstractmethod
    def search(
        self,
        collection: str,
        vectors: NDArray[np.float32],
        *,
        tenant: str,
        limit: int = 10,
        where: Where | None = None,
    ) -> list[list[ScoredPoint]]:
        """The nearest points of a tenant for each row of `vectors` (N, size), best first."""

    @abstractmethod
    def similar(
        self, collection: str, vectors: NDArray[np.float32], *, tenant: str, least: float, limit: int = 10
    ) -> list[list[ScoredPoint]]:
        """Points of a tenant that are at least so near (cosine) to each row, best first.

        Through the store's graph of neighbours where it has one: quick among millions, and now and then one
        is missed. What must be the same every time asks `search`.
        """

    @abstractmethod
    def fetch(self, collection: str, ids: Sequence[str], *, tenant: str) -> list[Point]:
        """The tenant's points among `ids`, in the order asked for; unknown ids are left out."""

    @abstractmethod
    def delete(self, collection: str, ids: Sequence[str], *, tenant: str) -> None:
        """Remove the tenant's points among `ids`; unknown ids are no error."""

    @abstractmethod
    def erase(self, collection: str, *, tenant: str) -> None:
        """Remove every point of a tenant's, and what the store still holds of them on disk, if it can."""

    @abstractmethod
    def count(self, collection: str, *, tenant: str, where: Where | None = None) -> int:
        """How many points a tenant has, exactly."""

    @abstractmethod
    def scroll(
        self,
        collection: str,
        *,
        tenant: str,
        limit: int = 256,
        after: str | None = None,
        where: Where | None = None,
    ) -> Page:
        """A tenant's points in the order of their ids, `limit` a page; `after` is the last page's `next`."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store. Closing twice is fine; anything else afterwards is a `CatalogError`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def is_collection(name: str) -> bool:
    """Whether a name could be one of ours: a folder or a server may hold other things too."""
    return _COLLECTION.fullmatch(name) is not None


def check_collection(name: str) -> str:
    """The name itself, or `CatalogError`: it becomes a folder, and part of a server's URLs."""
    if not _COLLECTION.fullmatch(name):
        raise CatalogError(
            f"{name!r} cannot name a collection.", hint="Make the name with collection_name()."
        )
    return name


def check_size(size: int) -> int:
    """The width itself, or `CatalogError`: Qdrant's own limit is 65,536."""
    if not 1 <= size <= 65_536:
        raise CatalogError(f"Vectors cannot have {size} numbers.", hint="Pass the encoder's own size.")
    return size


def check_where(where: Where | None) -> Where:
    """The conditions themselves, or `CatalogError` for a truth value.

    qdrant-edge-py 0.9 takes True for the number 1, and then finds nothing.
    """
    for key, value in (where or {}).items():
        if isinstance(value, bool):
            raise CatalogError(
                f"A search cannot ask for {key!r} = {value}.", hint="Keep it as a text or a number."
            )
    return where or {}


def check_ids(ids: Sequence[str]) -> list[str]:
    """The ids in the stores' own spelling, or `CatalogError` where one is not a UUID."""
    try:
        return [str(UUID(identifier)) for identifier in ids]
    except (ValueError, AttributeError, TypeError) as error:
        raise CatalogError("A point's id is not a UUID.", hint="Make ids with point_id().") from error


def check_vectors(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, size) float32, or `CatalogError`. Stores would keep NaN and zeros, and then find them anywhere."""
    checked = np.asarray(vectors, dtype=np.float32)
    if checked.ndim != 2:
        raise CatalogError(
            f"Vectors come as (N, size), not with {checked.ndim} dimensions.",
            hint="Stack them into one array.",
        )
    if not np.isfinite(checked).all() or (len(checked) and not np.linalg.norm(checked, axis=1).all()):
        raise CatalogError(
            "A vector is zero or holds a number that is not finite, so it points nowhere.",
            hint="Embed the picture again; if it stays so, the encoder's precision does not fit this device.",
        )
    return checked


def check_points(points: Sequence[Point]) -> tuple[list[str], NDArray[np.float32]]:
    """The points' ids and their vectors as (N, size), or `CatalogError` where one cannot be kept."""
    if len({np.shape(point.vector) for point in points}) > 1:
        raise CatalogError(
            "The points' vectors differ in width.", hint="Write one encoder's vectors at a time."
        )
    for point in points:
        try:
            json.dumps(dict(point.payload), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise CatalogError(
                f"The payload of point {point.id} is not JSON: {error}.",
                hint="Keep text, numbers, lists and objects.",
            ) from error
    return check_ids([point.id for point in points]), check_vectors(
        np.stack([point.vector for point in points])
    )


def ranked(hits: Iterable[ScoredPoint]) -> list[ScoredPoint]:
    """Best first; equal scores by id, because stores break ties as they please."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))
