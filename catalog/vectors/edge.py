"""The embedded index: Qdrant's own engine in this process, one folder a collection."""

# ruff: noqa: D102 - the interface documents its methods

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qdrant_edge import (
    CountRequest,
    Distance,
    EdgeConfig,
    EdgeShard,
    EdgeVectorParams,
    FieldCondition,
    Filter,
    HasIdCondition,
    KeywordIndexParams,
    MatchAny,
    MatchValue,
    Query,
    QueryBatchRequest,
    QueryRequest,
    Record,
    ScrollRequest,
    SearchParams,
    UpdateOperation,
)
from qdrant_edge import Point as EdgePoint

from catalog.vectors.interface import (
    TENANT,
    Page,
    Point,
    ScoredPoint,
    VectorIndex,
    Where,
    check_collection,
    check_ids,
    check_points,
    check_size,
    check_vectors,
    check_where,
    is_collection,
    ranked,
)
from scoring.errors import CatalogError, CounterfoilError, InUseError

if TYPE_CHECKING:
    from qdrant_edge import ConditionType  # a name of its stubs only

_BATCH = 1_000
"""Points in one operation, which the engine copies whole: 1,000 of 512 numbers are 2 MB."""


class EdgeIndex(VectorIndex):
    """A folder of collections. One process at a time has a collection open: it locks its files.

    Calls take turns, so any number of threads may share it; the engine itself searches in parallel.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shards: dict[str, EdgeShard] = {}
        self._turn = RLock()
        self._closed = False

    def ensure(self, collection: str, size: int) -> None:
        config = EdgeConfig(vectors=EdgeVectorParams(size=check_size(size), distance=Distance.Cosine))
        with self._turn:
            known = self._known(collection)
            with self._engine(collection):
                if not known:
                    (self._folder / collection).mkdir(parents=True, exist_ok=True)
                    self._shards[collection] = EdgeShard.create(str(self._folder / collection), config)
                elif collection not in self._shards:
                    self._shards[collection] = EdgeShard.load(str(self._folder / collection))
                shard = self._shards[collection]
                if TENANT not in shard.info().payload_schema:
                    shard.update(
                        UpdateOperation.create_field_index(TENANT, KeywordIndexParams(is_tenant=True))
                    )
                    shard.flush()
            self._check_width(collection, size)

    def collections(self) -> dict[str, int]:
        with self._turn:
            folders = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
            names = [folder.name for folder in folders if is_collection(folder.name)]
            return {name: self._width(name) for name in names if self._known(name)}

    def upsert(self, collection: str, points: Sequence[Point], *, tenant: str) -> None:
        if not points:
            return
        ids, vectors = check_points(points)
        written = [
            EdgePoint(identifier, vector.tolist(), {**point.payload, TENANT: tenant})
            for identifier, vector, point in zip(ids, vectors, points, strict=True)
        ]
        with self._open(collection) as shard:
            for start in range(0, len(written), _BATCH):
                shard.update(UpdateOperation.upsert_points(written[start : start + _BATCH]))
            shard.flush()  # 30 ms at 20,000 points: the engine's log outlives the process, not a power cut

    def search(
        self,
        collection: str,
        vectors: NDArray[np.float32],
        *,
        tenant: str,
        limit: int = 10,
        where: Where | None = None,
    ) -> list[list[ScoredPoint]]:
        queries = [
            _query(vector, tenant, limit, where=where, params=SearchParams(exact=True))
            for vector in check_vectors(vectors)
        ]
        return self._ranked(collection, queries)

    def similar(
        self, collection: str, vectors: NDArray[np.float32], *, tenant: str, least: float, limit: int = 10
    ) -> list[list[ScoredPoint]]:
        queries = [_query(vector, tenant, limit, score_threshold=least) for vector in check_vectors(vectors)]
        return self._ranked(collection, queries)

    def _ranked(self, collection: str, queries: list[QueryRequest]) -> list[list[ScoredPoint]]:
        with self._open(collection) as shard:
            answers = shard.query_batch(QueryBatchRequest(queries)) if queries else []
        return [
            ranked(ScoredPoint(str(hit.id), hit.score, hit.payload or {}) for hit in hits) for hits in answers
        ]

    def fetch(self, collection: str, ids: Sequence[str], *, tenant: str) -> list[Point]:
        wanted = list(dict.fromkeys(check_ids(ids)))
        found: dict[str, Point] = {}
        with self._open(collection) as shard:
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                records, _ = shard.scroll(
                    ScrollRequest(
                        limit=len(batch),
                        filter=_filter(tenant, ids=batch),
                        with_payload=True,
                        with_vector=True,
                    )
                )
                found |= {point.id: point for point in map(_point, records)}
        return [found[identifier] for identifier in wanted if identifier in found]

    def delete(self, collection: str, ids: Sequence[str], *, tenant: str) -> None:
        wanted = check_ids(ids)
        with self._open(collection) as shard:
            if wanted:
                shard.update(UpdateOperation.delete_points_by_filter(_filter(tenant, ids=wanted)))
                shard.flush()

    def erase(self, collection: str, *, tenant: str) -> None:
        with self._open(collection) as shard:
            shard.update(UpdateOperation.delete_points_by_filter(_filter(tenant)))
            shard.flush()
            self._rewrite(collection, shard)

    def count(self, collection: str, *, tenant: str, where: Where | None = None) -> int:
        with self._open(collection) as shard:
            return int(shard.count(CountRequest(exact=True, filter=_filter(tenant, where))))

    def scroll(
        self,
        collection: str,
        *,
        tenant: str,
        limit: int = 256,
        after: str | None = None,
        where: Where | None = None,
    ) -> Page:
        request = ScrollRequest(
            offset=None if after is None else check_ids([after])[0],
            limit=limit,
            filter=_filter(tenant, where),
            with_payload=True,
            with_vector=True,
        )
        with self._open(collection) as shard:
            records, following = shard.scroll(request)
        return Page(tuple(map(_point, records)), None if following is None else str(following))

    def close(self) -> None:
        with self._turn:
            self._closed = True
            while self._shards:
                collection, shard = self._shards.popitem()
                with self._engine(collection):
                    shard.close()

    def _rewrite(self, collection: str, shard: EdgeShard) -> None:
        """Move what is left into a new folder: the engine only marks points as deleted, in pages and log.

        A crash leaves the old folder or the new one; one between the two renames is mended by `_known`.
        """
        folder = self._folder / collection
        fresh, stale = _beside(folder, "fresh"), _beside(folder, "stale")
        for left in (fresh, stale):
            shutil.rmtree(left, ignore_errors=True)
        fresh.mkdir()
        config = EdgeConfig(vectors=EdgeVectorParams(size=self._width(collection), distance=Distance.Cosine))
        kept = EdgeShard.create(str(fresh), config)
        kept.update(UpdateOperation.create_field_index(TENANT, KeywordIndexParams(is_tenant=True)))
        following = None
        while True:
            records, following = shard.scroll(
                ScrollRequest(offset=following, limit=_BATCH, with_payload=True, with_vector=True)
            )
            points = [
                EdgePoint(it.id, it.vector, it.payload or {}) for it in records if it.vector is not None
            ]
            if points:
                kept.update(UpdateOperation.upsert_points(points))
            if following is None:
                break
        kept.flush()
        kept.close()
        self._shards.pop(collection).close()
        folder.rename(stale)
        fresh.rename(folder)
        shutil.rmtree(stale)

    @contextmanager
    def _open(self, collection: str) -> Iterator[EdgeShard]:
        with self._turn:
            if not self._known(collection):
                raise CatalogError(
                    f"There is no collection {collection!r} in {self._folder}.",
                    hint="Call ensure() for it first.",
                )
            with self._engine(collection):
                if collection not in self._shards:
                    self._shards[collection] = EdgeShard.load(str(self._folder / collection))
                yield self._shards[collection]

    def _known(self, collection: str) -> bool:
        if self._closed:
            raise CatalogError(f"The vector index in {self._folder} is closed.", hint="Open it again.")
        folder = self._folder / check_collection(collection)
        stale = _beside(folder, "stale")
        if stale.is_dir() and not folder.exists():  # it died between the renames of `_rewrite`
            stale.rename(folder)
        return (folder / "edge_config.json").is_file()

    def _width(self, collection: str) -> int:
        config = json.loads((self._folder / collection / "edge_config.json").read_bytes())
        return int(config["vectors"][""]["size"])

    def _check_width(self, collection: str, size: int) -> None:
        kept = self._width(collection)
        if kept != size:
            raise CatalogError(
                f"Collection {collection!r} holds vectors of {kept} numbers, not {size}.",
                hint="Two encoders need two collections: name them with collection_name().",
            )

    @contextmanager
    def _engine(self, collection: str) -> Iterator[None]:
        """The one place where the engine's errors become ours."""
        folder = self._folder / collection
        try:
            yield
        except CounterfoilError:
            raise
        except Exception as error:  # the engine raises no narrower type
            if "WouldBlock" in str(error):
                raise InUseError(
                    f"The vector index in {folder} is open in another process.",
                    hint="Stop the other scan or server, or let both share one Ray cluster, which opens it.",
                ) from error
            reason = str(error).removeprefix("Service runtime error: ")
            raise CatalogError(
                f"The vector index in {folder} refused: {reason}.",
                hint="Check the vectors' width, the disk and the folder's permissions. A damaged folder can "
                "be deleted: the next import and scan fill it again.",
            ) from error


def _beside(folder: Path, what: str) -> Path:
    """A folder that no collection can be called."""
    return folder.with_name(f".{folder.name}.{what}")


def _query(
    vector: NDArray[np.float32],
    tenant: str,
    limit: int,
    *,
    where: Where | None = None,
    **options: Any,  # noqa: ANN401 - the engine's own
) -> QueryRequest:
    return QueryRequest(
        limit=limit,
        query=Query.Nearest(vector.tolist()),
        filter=_filter(tenant, where),
        with_payload=True,
        **options,
    )


def _filter(tenant: str, where: Where | None = None, *, ids: Sequence[str] | None = None) -> Filter:
    must: list[ConditionType] = [FieldCondition(TENANT, match=MatchValue(tenant))]
    for key, value in check_where(where).items():
        match = MatchValue(value) if isinstance(value, str | int) else MatchAny(list(value))
        must.append(FieldCondition(key, match=match))
    if ids is not None:
        must.append(HasIdCondition(set(ids)))
    return Filter(must=must)


def _point(record: Record) -> Point:
    return Point(str(record.id), np.asarray(record.vector, dtype=np.float32), record.payload or {})
