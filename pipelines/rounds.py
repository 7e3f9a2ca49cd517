"""Rounds of work over the journal's rows, each one Ray Data pipeline that streams back as it goes.

A pipeline gives up a block whose worker died again and again, and goes on. What it leaves undone is done in
smaller blocks, and at last row by row, so that a round ends with an answer for every row.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import pyarrow as pa
import ray
from ray.data import ActorPoolStrategy, DataContext, Dataset, TaskPoolStrategy
from ray.exceptions import ObjectLostError

from cluster.settings import Pool, Workers
from cluster.shares import shared
from pipelines.alone import DIED, RETRIES, Row, one_by_one
from pipelines.encoding import Encode, measure_and_encode
from pipelines.stages import LOOKED, MEASURED, Crew, look_at_batch, measure_batch
from scoring.features import Unavailable, dump_features

_MOST_ROWS = 256
"""Rows in a block at most: what is lost and repeated when a worker dies, and how often progress moves."""
_AT_A_TIME = 100_000
"""Rows that one pipeline is given at most: what it is given lies in the object store until it ends, 20 MB."""
_FEW = 64
"""Rows left undone by a pipeline that are not worth another one: each costs a task of its own, some ms."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tasks:
    """Rows to work on; they pass through this process a block at a time."""

    rows: Iterable[Row]
    total: int


Pending = Callable[[], Tasks]
"""What is still to be done, asked anew after each pass: the caller keeps every block that it is given."""


def look_at(pending: Pending, crew: Crew) -> Iterator[list[Row]]:
    """Look at pictures, (key, source); blocks of `LOOKED` rows as they are finished."""

    def in_blocks(tasks: Tasks) -> Iterator[list[Row]]:
        blocks = _blocks(tasks, crew, crew.settings.pools.pictures)
        spread = _spread(crew, blocks=len(blocks))
        yield from _streamed(_mapped(_dataset(blocks), partial(look_at_batch, crew=crew), spread), crew)

    yield from _passes(pending, in_blocks)
    resources = {"num_cpus": crew.settings.pools.pictures.cpus}
    died: Row = dict.fromkeys(LOOKED.names) | {"error": DIED, "failure": "WorkerDied"}
    for row, found in one_by_one(look_at_batch, list(pending().rows), crew, resources=resources):
        yield found if found is not None else [died | {"key": row["key"]}]


def measure(
    pending: Pending, crew: Crew, *, encode: bool, stopped: Callable[[], bool] = lambda: False
) -> Iterator[list[Row]]:
    """Measure groups, (grp, source, sha256, wanted); blocks of `MEASURED` rows as they are finished.

    Where it was `stopped` what is left undone was not to be done now, and is left so.
    """
    workers, encoders = crew.settings.pools.pictures, crew.settings.pools.encoder

    def in_blocks(tasks: Tasks) -> Iterator[list[Row]]:
        blocks = _blocks(tasks, crew, workers)
        beside = 1 if encode and not encoders.gpus else 0
        spread = _spread(crew, blocks=len(blocks), spared=beside)
        rows = _mapped(_dataset(blocks), partial(measure_batch, crew=crew), spread)
        if encode:
            held = pooled(encoders, most=len(blocks)) | {"fn_constructor_args": (crew,)}
            rows = _mapped(rows, Encode, held)
        yield from _streamed(rows, crew)

    yield from _passes(pending, in_blocks, stopped)
    if stopped():
        return
    resources = {"num_cpus": max(workers.cpus, encoders.cpus * encode), "num_gpus": encode * encoders.gpus}
    died: Row = dict.fromkeys(MEASURED.names) | {"cached": [], "billed": []}
    for row, found in one_by_one(measure_and_encode, list(pending().rows), crew, resources=resources):
        gone = dump_features(dict.fromkeys(row["wanted"], Unavailable(DIED)))
        yield found if found is not None else [died | {"grp": row["grp"], "features": gone}]


def _passes(
    pending: Pending,
    in_blocks: Callable[[Tasks], Iterator[list[Row]]],
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[list[Row]]:
    """Pipeline after pipeline over what is left, while that is much and becomes less."""
    before = pending().total
    while before:
        for portion in _portions(pending()):
            yield from in_blocks(portion)
        left = pending().total
        if left <= _FEW or left == before or stopped():
            return
        logger.warning("%d rows were left undone by workers that died: they are begun again", left)
        before = left


def _portions(tasks: Tasks) -> Iterator[Tasks]:
    waiting = iter(tasks.rows)
    for begin in range(0, tasks.total, _AT_A_TIME):
        yield Tasks(islice(waiting, _AT_A_TIME), min(_AT_A_TIME, tasks.total - begin))


def _blocks(tasks: Tasks, crew: Crew, workers: Workers) -> list[pa.Table]:
    # Small enough that every worker gets several blocks, so that the last one is not waited for long.
    rows = max(workers.batch, min(_MOST_ROWS, tasks.total // (crew.cpus * 8)))
    blocks = []
    waiting = iter(tasks.rows)
    while block := list(islice(waiting, rows)):
        blocks.append(pa.Table.from_pylist(block))
    return blocks


def _dataset(blocks: list[pa.Table]) -> Dataset:
    DataContext.get_current().enable_progress_bars = False  # a scan shows its own
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what fails is told by the scan itself
    # `from_arrow` asks tasks for what it could see here: processes that start for that, and go again.
    return ray.data.from_blocks(blocks)  # type: ignore[no-any-return]  # Ray does not say what it returns


def _mapped(rows: Dataset, work: Callable[..., Any], options: dict[str, Any]) -> Dataset:
    """`Dataset.map_batches`, which from Ray 2.64 on takes no number of retries, and warns already."""
    return rows.map_batches_internal(work, **options)


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
        "max_retries": RETRIES,
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
        "max_task_retries": RETRIES,
        "num_cpus": pool.cpus,
        "num_gpus": pool.gpus or None,
        "batch_size": pool.batch,
        "batch_format": "pyarrow",
    }


def _streamed(rows: Dataset, crew: Crew) -> Iterator[list[Row]]:
    rows.context.max_errored_blocks = -1  # one that is given up is no reason to give up the others
    with _in_turn(rows, crew):
        try:
            for block in rows.iter_batches(batch_size=None, batch_format="pyarrow"):
                yield block.to_pylist()  # type: ignore[union-attr, operator]  # an Arrow table, as asked for
        except ObjectLostError as error:  # a finished block went down with its node once too often
            logger.warning("a pipeline ended early: %s", error)


def _in_turn(rows: Dataset, crew: Crew) -> AbstractContextManager[None]:
    """A cluster is shared with other tenants' scans; on one machine a scan has Ray for itself."""
    if crew.settings.ray_address is None:
        return nullcontext()
    options, pools = rows.context.execution_options, crew.settings.pools
    return shared(options, pools, scan=crew.scan_id, tenant=crew.spec.tenant)
