"""Two tenants' scans at once each get their part of a cluster."""

import time

import pyarrow as pa
import pytest
import ray
from ray.data import ExecutionResources, TaskPoolStrategy

from cluster.settings import Pool, Pools, Workers
from cluster.shares import Shares, limits, shared

POOLS = Pools(pictures=Workers(cpus=1), encoder=Pool(cpus=1, gpus=0.5))


class Now:
    now = 0.0

    def __call__(self):
        return self.now


def test_tenants_share_evenly_and_a_tenants_scans_its_part():
    clock = Now()
    shares = Shares(clock)
    assert shares.beat("large 1", "large") == 1.0, "alone, it has all"
    assert shares.beat("large 2", "large") == 0.5
    assert shares.beat("small", "small") == 0.5, "a tenant of one scan has as much as one of two"
    assert shares.beat("large 1", "large") == 0.25
    shares.leave("large 2")
    assert shares.beat("large 1", "large") == 0.5
    clock.now = 11.0
    assert shares.beat("large 1", "large") == 1.0, "small has fallen silent"


LIMITS = [
    (1.0, {}, "alone: no limit, so that a cluster that grows is used as it grows"),
    (0.5, {"cpu": 8.0, "gpu": 2.0}, "half"),
    (0.01, {"cpu": 2.0, "gpu": 0.5}, "one of a hundred still has a task and a worker of each pool"),
]


@pytest.mark.parametrize(("share", "expected", "reason"), LIMITS, ids=[row[2] for row in LIMITS])
def test_what_a_share_comes_to(share, expected, reason):
    found = limits(share, POOLS, cpus=16, gpus=4)
    wanted = ExecutionResources(**expected) if expected else ExecutionResources()
    assert (found.cpu, found.gpu) == (wanted.cpu, wanted.gpu)


@pytest.mark.ray
def test_a_running_pipeline_keeps_to_its_share(ray_session):
    def timed(batch):
        begun = time.time()
        time.sleep(0.4)
        return pa.table({"begun": [begun], "ended": [time.time()]})

    cpus = int(ray.cluster_resources()["CPU"])
    blocks = [ray.put(pa.table({"n": [n]})) for n in range(3 * cpus)]
    rows = ray.data.from_arrow_refs(blocks).map_batches(
        timed, compute=TaskPoolStrategy(size=cpus), num_cpus=1, batch_format="pyarrow"
    )
    others = [f"other {n}" for n in range(cpus)]
    keeper = ray.remote(num_cpus=0)(Shares).options(
        name="shares", namespace="counterfoil", get_if_exists=True, lifetime="detached"
    )
    counting = keeper.remote()
    ray.get([counting.beat.remote(name, name) for name in others])
    pools = Pools(pictures=Workers(cpus=1), encoder=Pool(cpus=0))
    with shared(rows.context.execution_options, pools, scan="mine", tenant="mine"):
        time.sleep(1.0)  # the share is known before the first task
        spans = [
            (row["begun"], row["ended"])
            for batch in rows.iter_batches(batch_size=None, batch_format="pyarrow")
            for row in batch.to_pylist()
        ]
    ray.kill(counting)
    assert len(spans) == 3 * cpus, "nothing is left undone"
    # The others fall silent after ten seconds; until then one CPU is this scan's part.
    first = sorted(spans)[:cpus]
    at_first = max(sum(begun <= at < ended for begun, ended in first) for at, _ in first)
    assert at_first == 1, f"{at_first} at once in the beginning"
