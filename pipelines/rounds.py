"""Rounds of work over the journal's rows, each one Ray Data pipeline that streams back as it goes."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import pyarrow as pa
import ray
from ray.data import ActorPoolStrategy, DataContext, Dataset, TaskPoolStrategy

from cluster.settings import Pool, Workers
from cluster.shares import shared
from pipelines.encoding import Encode
from pipelines.stages import Crew, look_at_batch, measure_batch

_MOST_ROWS = 256
"""Rows in a block at most: what is lost and repeated when a worker dies, and how often progress moves."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """Rows to work on; they pass through this process a block at a time."""

    rows: Iterable[dict[str, Any]]
    total: int


def look_at(tasks: Tasks, crew: Crew) -> Iterator[list[dict[str, Any]]]:
    """Look at pictures, (key, source); blocks of `LOOKED` rows as they are finished."""
    workers = crew.settings.pools.pictures
    blocks = _blocks(tasks, crew, workers)
    spread = _spread(crew, blocks=len(blocks))
    yield from _streamed(_dataset(blocks).map_batches(partial(look_at_batch, crew=crew), **spread), crew)


def measure(tasks: Tasks, crew: Crew, *, encode: bool) -> Iterator[list[dict[str, Any]]]:
    """Measure groups, (grp, source, sha256, wanted); blocks of `MEASURED` rows as they are finished."""
    workers, encoders = crew.settings.pools.pictures, crew.settings.pools.encoder
    blocks = _blocks(tasks, crew, workers)
    beside = 1 if encode and not encoders.gpus else 0
    spread = _spread(crew, blocks=len(blocks), spared=beside)
    rows = _dataset(blocks).map_batches(partial(measure_batch, crew=crew), **spread)
    if encode:
        rows = rows.map_batches(Encode, fn_constructor_args=(crew,), **pooled(encoders, most=len(blocks)))
    yield from _streamed(rows, crew)


def _blocks(tasks: Tasks, crew: Crew, workers: Workers) -> "list[ray.ObjectRef[pa.Table]]":
    # Small enough that every worker gets several blocks, so that the last one is not waited for long.
    rows = max(workers.batch, min(_MOST_ROWS, tasks.total // (crew.cpus * 8)))
    blocks = []
    waiting = iter(tasks.rows)
    while block := list(islice(waiting, rows)):
        blocks.append(ray.put(pa.Table.from_pylist(block)))
    return blocks


def _dataset(blocks: "list[ray.ObjectRef[pa.Table]]") -> Dataset:
    DataContext.get_current().enable_progress_bars = False  # a scan shows its own
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray.data.from_arrow_refs(blocks)  # type: ignore[arg-type]  # Ray has two classes of that name


def _spread(crew: Crew, *, blocks: int, spared: int = 0) -> dict[str, Any]:
    """Tasks on every CPU that is free, at most so many at once: a cluster that grows is used as it grows.

    One machine's cores are all there are, less those `spared` for a model beside them. Ray warns of more
    tasks than there are blocks.
    """
    workers = crew.settings.pools.pictures
    most = max(1, min(blocks, workers.max_size))
    if crew.settings.ray_address is None and workers.cpus:
        most = max(1, min(most, int((crew.cpus - spared) / workers.cpus)))
    return {
        "compute": TaskPoolStrategy(size=most),
        "num_cpus": workers.cpus,
        "batch_size": workers.batch,
        "batch_format": "pyarrow",
    }


def pooled(pool: Pool, *, most: int) -> dict[str, Any]:
    """Actors that hold a model, between the pool's least and its most.

    A worker beyond the blocks there are (`most`) would start, which takes seconds, and find nothing to do.
    """
    size = min(most, pool.min_size)
    return {
        "compute": ActorPoolStrategy(min_size=size, max_size=max(size, min(most, pool.max_size))),
        "num_cpus": pool.cpus,
        "num_gpus": pool.gpus or None,
        "batch_size": pool.batch,
        "batch_format": "pyarrow",
    }


def _streamed(rows: Dataset, crew: Crew) -> Iterator[list[dict[str, Any]]]:
    with _in_turn(rows, crew):
        for block in rows.iter_batches(batch_size=None, batch_format="pyarrow"):
            yield block.to_pylist()  # type: ignore[union-attr, operator]  # an Arrow table, as asked for


def _in_turn(rows: Dataset, crew: Crew) -> AbstractContextManager[None]:
    """A cluster is shared with other tenants' scans; on one machine a scan has Ray for itself."""
    if crew.settings.ray_address is None:
        return nullcontext()
    options, pools = rows.context.execution_options, crew.settings.pools
    return shared(options, pools, scan=crew.scan_id, tenant=crew.spec.tenant)
