"""Fair shares of a cluster: two tenants' scans at once each get their part, however large one of them is."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ray
from ray.data import ExecutionOptions, ExecutionResources
from ray.exceptions import RayError

from cluster.settings import Pools

_NAME, _NAMESPACE = "shares", "counterfoil"

EVERY = 1.0
"""Seconds between a scan's signs of life. Ray Data reads its limits anew once a second too."""
_SILENT = 10.0
"""Seconds after which a scan that gave none is taken to have died."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Shares:
    """Who is scanning now. Tenants share the cluster evenly, and a tenant's scans its part."""

    clock: Callable[[], float] = time.monotonic
    _alive: dict[str, tuple[str, float]] = field(default_factory=dict)
    """By scan, its tenant and when it was last heard of."""

    def beat(self, scan: str, tenant: str) -> float:
        """Say that a scan is at work; its share of the cluster, up to 1."""
        now = self.clock()
        self._alive[scan] = (tenant, now)
        self._alive = {it: known for it, known in self._alive.items() if now - known[1] <= _SILENT}
        tenants = [known[0] for known in self._alive.values()]
        return 1.0 / len(set(tenants)) / tenants.count(tenant)

    def leave(self, scan: str) -> None:
        """A scan has ended; its part is the others' at once."""
        self._alive.pop(scan, None)


def limits(share: float, pools: Pools, *, cpus: float, gpus: float) -> ExecutionResources:
    """What a scan with a share of so many CPUs and GPUs may hold.

    Never less than one task and one worker of each pool need: a scan of many may be slow, and must not stop.
    Without limits at all where the cluster is its own.
    """
    if share >= 1.0:
        return ExecutionResources()
    least = pools.pictures.cpus + pools.encoder.cpus
    return ExecutionResources(
        cpu=max(least, share * cpus), gpu=max(pools.encoder.gpus, share * gpus) if gpus else None
    )


@contextmanager
def shared(options: ExecutionOptions, pools: Pools, *, scan: str, tenant: str) -> Iterator[None]:
    """Keep a running pipeline's limits at the scan's share of the cluster, for as long as the block lasts.

    Where nobody keeps count (the actor's node has died) the scan goes on as if it were alone, and asks again.
    """
    over = threading.Event()

    def keep() -> None:
        while True:
            try:
                there: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
                share = ray.get(_keeper().beat.remote(scan, tenant), timeout=_SILENT)
            except (RayError, ValueError, TimeoutError) as error:
                logger.warning("who else is scanning cannot be told: %s", error)
                share, there = 1.0, {}
            options.resource_limits = limits(
                share, pools, cpus=there.get("CPU", 0.0), gpus=there.get("GPU", 0.0)
            )
            if over.wait(EVERY):
                return

    keeper = threading.Thread(target=keep, name="share", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(timeout=2 * _SILENT)
        try:
            _keeper().leave.remote(scan)
        except (RayError, ValueError) as error:
            logger.warning("that this scan has ended could not be told: %s", error)


def _keeper() -> Any:  # noqa: ANN401 - an actor's handle
    """The one that counts for the whole cluster; whoever comes first makes it, and it stays."""
    kind = ray.remote(num_cpus=0, max_restarts=-1)(Shares)
    return kind.options(name=_NAME, namespace=_NAMESPACE, get_if_exists=True, lifetime="detached").remote()
