"""The index on a Qdrant server (or any other `QdrantClient`), shared by all processes."""

# ruff: noqa: D102 - the interface documents its methods

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

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
from scoring.errors import CatalogError, CounterfoilError, RateLimitedError, UnreachableError

_BATCH = 500
"""Points in one request: 500 of 512 numbers are 5 MB of JSON, a sixth of the server's limit."""


class ServerIndex(VectorIndex):
    """Collections of one Qdrant server. The client is handed in: it holds the address and the key.

    Closing the index leaves the client open, because whoever made it may use it elsewhere.
    """

    def __init__(self, client: QdrantClient) -> None:
        self._client = client
        self._closed = False

    def ensure(self, collection: str, size: int) -> None:
        params = models.VectorParams(size=check_size(size), distance=models.Distance.COSINE)
        with self._answering(collection) as client:
            if not client.collection_exists(collection):
                self._create(client, collection, params)
            info = client.get_collection(collection)
            kept = info.config.params.vectors
            if TENANT not in info.payload_schema:  # new, or its maker died before this
                by_tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
                client.create_payload_index(collection, TENANT, field_schema=by_tenant, wait=True)
        if not isinstance(kept, models.VectorParams) or kept.size != size:
            had = (
                f"of {kept.size} numbers" if isinstance(kept, models.VectorParams) else "under several names"
            )
            raise CatalogError(
                f"Collection {collection!r} holds vectors {had}, not of {size}.",
                hint="Two encoders need two collections: name them with collection_name().",
            )

    def collections(self) -> dict[str, int]:
        with self._answering("all") as client:
            names = sorted(held.name for held in client.get_collections().collections)
            vectors = {
                name: client.get_collection(name).config.params.vectors
                for name in names
                if is_collection(name)
            }
        return {name: kept.size for name, kept in vectors.items() if isinstance(kept, models.VectorParams)}

    def upsert(self, collection: str, points: Sequence[Point], *, tenant: str) -> None:
        if not points:
            return
        ids, vectors = check_points(points)
        written = [
            models.PointStruct(
                id=identifier, vector=vector.tolist(), payload={**point.payload, TENANT: tenant}
            )
            for identifier, vector, point in zip(ids, vectors, points, strict=True)
        ]
        with self._answering(collection) as client:
            for start in range(0, len(written), _BATCH):
                client.upsert(collection, written[start : start + _BATCH], wait=True)

    def search(
        self,
        collection: str,
        vectors: NDArray[np.float32],
        *,
        tenant: str,
        limit: int = 10,
        where: Where | None = None,
    ) -> list[list[ScoredPoint]]:
        requests = [
            _request(vector, tenant, limit, where=where, params=models.SearchParams(exact=True))
            for vector in check_vectors(vectors)
        ]
        return self._ranked(collection, requests)

    def similar(
        self, collection: str, vectors: NDArray[np.float32], *, tenant: str, least: float, limit: int = 10
    ) -> list[list[ScoredPoint]]:
        requests = [
            _request(vector, tenant, limit, score_threshold=least) for vector in check_vectors(vectors)
        ]
        return self._ranked(collection, requests)

    def _ranked(self, collection: str, requests: "list[models.QueryRequest]") -> list[list[ScoredPoint]]:
        with self._answering(collection) as client:
            answers = client.query_batch_points(collection, requests) if requests else []
        return [
            ranked(ScoredPoint(str(hit.id), hit.score, hit.payload or {}) for hit in answer.points)
            for answer in answers
        ]

    def fetch(self, collection: str, ids: Sequence[str], *, tenant: str) -> list[Point]:
        wanted = list(dict.fromkeys(check_ids(ids)))
        found: dict[str, Point] = {}
        with self._answering(collection) as client:
            for start in range(0, len(wanted), _BATCH):
                batch = wanted[start : start + _BATCH]
                records, _ = client.scroll(
                    collection,
                    _filter(tenant, ids=batch),
                    limit=len(batch),
                    with_payload=True,
                    with_vectors=True,
                )
                found |= {point.id: point for point in map(_point, records)}
        return [found[identifier] for identifier in wanted if identifier in found]

    def delete(self, collection: str, ids: Sequence[str], *, tenant: str) -> None:
        wanted = check_ids(ids)
        with self._answering(collection) as client:
            if wanted:
                client.delete(
                    collection, models.FilterSelector(filter=_filter(tenant, ids=wanted)), wait=True
                )

    def erase(self, collection: str, *, tenant: str) -> None:
        with self._answering(collection) as client:
            client.delete(collection, models.FilterSelector(filter=_filter(tenant)), wait=True)

    def count(self, collection: str, *, tenant: str, where: Where | None = None) -> int:
        with self._answering(collection) as client:
            return client.count(collection, count_filter=_filter(tenant, where), exact=True).count

    def scroll(
        self,
        collection: str,
        *,
        tenant: str,
        limit: int = 256,
        after: str | None = None,
        where: Where | None = None,
    ) -> Page:
        offset = None if after is None else check_ids([after])[0]
        with self._answering(collection) as client:
            records, following = client.scroll(
                collection,
                _filter(tenant, where),
                limit=limit,
                offset=offset,
                with_payload=True,
                with_vectors=True,
            )
        return Page(tuple(map(_point, records)), None if following is None else str(following))

    def close(self) -> None:
        self._closed = True

    def _create(self, client: QdrantClient, collection: str, params: models.VectorParams) -> None:
        try:
            # No graph over all tenants: every search is one tenant's, and exact. Its own graph is there for
            # searches that a tenant outgrows (https://qdrant.tech/documentation/guides/multiple-partitions/).
            graphs = models.HnswConfigDiff(m=0, payload_m=16)
            client.create_collection(collection, vectors_config=params, hnsw_config=graphs)
        except UnexpectedResponse as error:
            if error.status_code != 409:  # another process made it in the meantime
                raise

    @contextmanager
    def _answering(self, collection: str) -> Iterator[QdrantClient]:
        """The client; and the one place where its errors become ours."""
        check_collection(collection)
        if self._closed:
            raise CatalogError("The vector index is closed.", hint="Open it again.")
        try:
            yield self._client
        except CounterfoilError:
            raise
        except ResourceExhaustedResponse as error:
            raise RateLimitedError(
                f"The vector index asked us to wait: {error}.", retry_after=float(error.retry_after_s)
            ) from error
        except (ResponseHandlingException, OSError) as error:
            raise UnreachableError(
                f"The vector index did not answer: {error}.",
                hint="Check that the Qdrant server runs and is reachable.",
            ) from error
        except Exception as error:  # in-process mode raises bare ValueErrors, gRPC types of its own
            raise _refusal(collection, error) from error


def _refusal(collection: str, error: Exception) -> CounterfoilError:
    status = error.status_code if isinstance(error, UnexpectedResponse) else None
    if status is not None and status >= 500:
        return UnreachableError(
            f"The vector index failed ({status}): {error}.", hint="Try again; see its log."
        )
    if status in {401, 403}:
        return CatalogError(f"The vector index refused the key ({status}).", hint="Check the Qdrant API key.")
    if status == 404 or "not found" in str(error):
        return CatalogError(
            f"There is no collection {collection!r} on the server.", hint="Call ensure() for it first."
        )
    return CatalogError(
        f"The vector index refused the request on {collection!r}: {error}.",
        hint="Check that the vectors have the collection's width, and that the server is 1.15 or newer.",
    )


def _request(
    vector: NDArray[np.float32],
    tenant: str,
    limit: int,
    *,
    where: Where | None = None,
    **options: Any,  # noqa: ANN401 - the client's own
) -> models.QueryRequest:
    return models.QueryRequest(
        query=vector.tolist(), limit=limit, filter=_filter(tenant, where), with_payload=True, **options
    )


def _filter(tenant: str, where: Where | None = None, *, ids: Sequence[str] | None = None) -> models.Filter:
    must: list[models.Condition] = [models.FieldCondition(key=TENANT, match=models.MatchValue(value=tenant))]
    for key, value in check_where(where).items():
        match = (
            models.MatchValue(value=value)
            if isinstance(value, str | int)
            else models.MatchAny(any=list(value))
        )
        must.append(models.FieldCondition(key=key, match=match))
    if ids is not None:
        must.append(models.HasIdCondition(has_id=list(ids)))
    return models.Filter(must=must)


def _point(record: models.Record) -> Point:
    return Point(str(record.id), np.asarray(record.vector, dtype=np.float32), record.payload or {})
