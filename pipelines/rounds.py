"""Rounds of work over the journal's rows, each one Ray Data pipeline that streams back as it goes."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import ray
from ray.data import ActorPoolStrategy, DataContext, Dataset

from cluster.settings import Pool
from pipelines.encoding import Encode
from pipelines.stages import Crew, Looker, Measurer

_MOST_ROWS = 256
"""Rows in a block at most: what is lost and repeated when a worker dies, and how often progress moves."""

_GROWTH = 4
"""Times its first size that a pool may grow to, where there is something to grow into."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """Rows to work on; they pass through this process a block at a time."""

    rows: Iterable[dict[str, Any]]
    total: int


def look_at(tasks: Tasks, crew: Crew) -> Iterator[list[dict[str, Any]]]:
    """Look at pictures, (key, source); blocks of `LOOKED` rows as they are finished."""
    pool = crew.settings.pools.pictures
    blocks = _blocks(tasks, crew, pool)
    rows = _dataset(blocks).map_batches(
        Looker,
        fn_constructor_args=(crew,),
        **_pooled(pool, crew.cpus, most=len(blocks), growth=_growth(crew)),
    )
    yield from _streamed(rows)


def measure(tasks: Tasks, crew: Crew, *, encode: bool) -> Iterator[list[dict[str, Any]]]:
    """Measure groups, (grp, source, sha256, wanted); blocks of `MEASURED` rows as they are finished."""
    pool, encoders = crew.settings.pools.pictures, crew.settings.pools.encoder
    share = crew.cpus - 1 if encode and not encoders.gpus else crew.cpus
    blocks = _blocks(tasks, crew, pool)
    rows = _dataset(blocks).map_batches(
        Measurer,
        fn_constructor_args=(crew,),
        **_pooled(pool, share, most=len(blocks), growth=_growth(crew)),
    )
    if encode:
        rows = rows.map_batches(
            Encode,
            fn_constructor_args=(crew,),
            **_pooled(encoders, encoders.min_size, most=len(blocks), growth=_GROWTH),
        )
    yield from _streamed(rows)


def _blocks(tasks: Tasks, crew: Crew, pool: Pool) -> "list[ray.ObjectRef[pa.Table]]":
    # Small enough that every worker gets several blocks, so that the last one is not waited for long.
    rows = max(pool.batch, min(_MOST_ROWS, tasks.total // (crew.cpus * 8)))
    blocks = []
    waiting = iter(tasks.rows)
    while block := list(islice(waiting, rows)):
        blocks.append(ray.put(pa.Table.from_pylist(block)))
    return blocks


def _dataset(blocks: "list[ray.ObjectRef[pa.Table]]") -> Dataset:
    DataContext.get_current().enable_progress_bars = False  # a scan shows its own
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray.data.from_arrow_refs(blocks)  # type: ignore[arg-type]  # Ray has two classes of that name


def _growth(crew: Crew) -> int:
    """A cluster may gain nodes while it works; one machine's cores are all taken from the beginning."""
    return 1 if crew.settings.ray_address is None else _GROWTH


def _pooled(pool: Pool, share: int, *, most: int, growth: int) -> dict[str, Any]:
    """A pool's share of the cluster's CPUs, between its least and its most workers.

    The least is set to that share at once: pools that start at one worker can stay there. A worker
    beyond the blocks there are (`most`) would start, which takes seconds, and find nothing to do.
    """
    fitting = int(share / pool.cpus) if pool.cpus else pool.max_size
    size = min(most, max(pool.min_size, min(pool.max_size, fitting)))
    return {
        "compute": ActorPoolStrategy(min_size=size, max_size=max(size, min(pool.max_size, size * growth))),
        "num_cpus": pool.cpus,
        "num_gpus": pool.gpus or None,
        "batch_size": pool.batch,
        "batch_format": "pyarrow",
    }


def _streamed(rows: Dataset) -> Iterator[list[dict[str, Any]]]:
    for block in rows.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield block.to_pylist()  # type: ignore[union-attr, operator]  # an Arrow table, as asked for
