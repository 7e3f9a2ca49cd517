"""Rows whose worker died, each by itself: a picture that kills whatever opens it costs its own row.

A native library that crashes takes its process along, and with it the block of rows that it held. Ray starts
that block again; where it dies again the block is given up, and its rows come here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
import ray
from ray.exceptions import RayError, RayTaskError

from pipelines.stages import Crew

Row = dict[str, Any]

RETRIES = 1
"""How often what died is begun again, in a block and then alone; Ray Data would do so for ever. A row is only
given up when its worker died four times, so that nodes which are lost meanwhile are not held against it."""

DIED = "whatever opened this picture died: twice among others, and twice with nothing else in hand"
"""What is said of such a row."""


def one_by_one(
    work: Callable[[pa.Table, Crew], pa.Table],
    rows: Sequence[Row],
    crew: Crew,
    *,
    resources: Mapping[str, float],
) -> Iterator[tuple[Row, list[Row] | None]]:
    """Each row with what its work gave, as they are finished; None where its worker died each time.

    Raises what the work itself raises: that is a fault of ours or of a store, and no picture's.
    """
    task = ray.remote(work).options(max_retries=RETRIES, **resources)
    waiting = iter(rows)
    under_way: dict[ray.ObjectRef[pa.Table], Row] = {}
    while True:
        for row in islice(waiting, crew.cpus - len(under_way)):
            under_way[task.remote(pa.Table.from_pylist([row]), crew)] = row
        if not under_way:
            return
        (done,), _ = ray.wait(list(under_way), num_returns=1)
        row = under_way.pop(done)
        try:
            yield row, ray.get(done).to_pylist()
        except RayTaskError as error:
            raise error.cause from None
        except RayError:
            yield row, None
