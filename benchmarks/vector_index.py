"""The embedded vector index: upsert and search, against a plain product of matrices in memory."""

import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import numpy as np

from benchmarks._report import median_seconds, options, show
from catalog.vectors import Point
from catalog.vectors.edge import EdgeIndex

TENANTS = ("acme", "other")
BATCH = 512
QUERIES = 20


def measure(points: int, size: int) -> dict[str, Any]:
    """Two tenants share the collection, so that every search is filtered."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(points, size)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[:QUERIES] + rng.normal(0, 0.02, (QUERIES, size)).astype(np.float32)
    with tempfile.TemporaryDirectory() as work, EdgeIndex(Path(work) / "vectors") as index:
        index.ensure("bench", size)
        begun = time.perf_counter()
        for start in range(0, points, BATCH):
            batch = [
                Point(str(uuid5(NAMESPACE_OID, str(at))), vectors[at], {"number": at})
                for at in range(start, min(start + BATCH, points))
            ]
            index.upsert("bench", batch, tenant=TENANTS[start // BATCH % 2])
        upserted = time.perf_counter() - begun

        def search() -> list[int]:
            return [
                index.search("bench", query[np.newaxis], tenant="acme", limit=5)[0][0].payload["number"]
                for query in queries
            ]

        if search() != list(range(QUERIES)):
            raise RuntimeError("a nearest neighbour was missed")
        searched = median_seconds(search, times=5) / QUERIES
        begun = time.perf_counter()
        ids = [str(uuid5(NAMESPACE_OID, str(at))) for at in range(0, points, max(1, points // 256))]
        index.fetch("bench", ids, tenant="acme")
        fetched = time.perf_counter() - begun
        held = sum(path.stat().st_size for path in Path(work).rglob("*") if path.is_file())
    product = (
        median_seconds(lambda: [np.argsort(vectors @ query)[-5:] for query in queries], times=5) / QUERIES
    )
    return {
        "points": points,
        "upsert, seconds": upserted,
        "upsert, points a second": points / upserted,
        "search, milliseconds": 1e3 * searched,
        "search, times a matrix product": searched / product,
        f"fetch of {len(ids)}, milliseconds": 1e3 * fetched,
        "bytes on disk, times the vectors": held / vectors.nbytes,
    }


if __name__ == "__main__":
    asked = options(__doc__ or "", points=20_000, size=512)
    show(asked, measure(asked.points, asked.size))
