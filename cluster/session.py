"""Starting or joining Ray, quietly, and leaving behind nothing that we started."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
from ray._private import worker

from cluster.settings import Settings
from scoring.errors import SettingsError

_LIGHT_TASKS = 2
"""Logical CPUs beyond the machine's cores on a cluster of one: reading task files and hosting the
vector index cost next to nothing, and must never wait for a core that a pool of workers holds."""

_STARTS = 3
"""How often a start that Ray gives up on is tried."""
_LATE = "timed out during startup"
"""What Ray's error says then; it has no class of its own."""

_KNOCK_SECONDS = 10.0
"""Until a cluster's address must have accepted a connection."""

SERVES = {
    # Serve starts a proxy anew that missed three checks: half a minute of nobody at the door by its default.
    "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "2",
    # Our replicas never block their loop: threads between Serve's loop, its router's and ours only pass on.
    "RAY_SERVE_RUN_USER_CODE_IN_SEPARATE_THREAD": "0",
    "RAY_SERVE_RUN_ROUTER_IN_SEPARATE_LOOP": "0",
    # From the proxy to the API by gRPC instead of a streaming Ray task; the longest answer must fit.
    "RAY_SERVE_PROXY_USE_GRPC": "1",
    "RAY_SERVE_REPLICA_GRPC_MAX_MESSAGE_LENGTH": str(64 << 20),
}
"""How Ray Serve is to serve, where the environment does not say otherwise. Each of its processes reads this:
on a cluster the nodes' environment says it. Measured in docs/measured.md, "The online service"."""

_PRINT = worker.print_to_stdstream
"""How Ray prints, before `_to_standard_error` stands in for it."""


@contextmanager
def session(settings: Settings) -> Iterator[None]:
    """Join the cluster that the settings name, or start one here for as long as the block lasts.

    Within a session that is already there (a test's, or a caller's), this joins it and leaves it be.
    """
    if ray.is_initialized():
        yield
        return
    _start(settings)
    try:
        yield
    finally:
        ray.shutdown()


def _start(settings: Settings) -> None:
    # Ray reports on its users unless told not to; what runs here is nobody else's business.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Its C++ core writes straight to standard error: an "E" line for every first actor pool that Data
    # starts, and, told to be silent, a line while starting that says so.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    if settings.ray_address is None:
        with _hushed():
            start_here(num_cpus=cores() + _LIGHT_TASKS)
        return
    try:
        _knock(settings.ray_address)
        with _hushed():
            _init(address=settings.ray_address)
    except (OSError, ValueError, RuntimeError) as error:
        raise SettingsError(
            f"no Ray cluster answers at {settings.ray_address}: {error}.",
            hint="Start it (`ray up ray-cluster.yaml`), or unset COUNTERFOIL_RAY_ADDRESS.",
        ) from error


def start_here(*, num_cpus: int, object_store_memory: int | None = None) -> None:
    """Start Ray on this machine. Ray gives up after 30 s, which a busy machine may need more than once."""
    for name, value in SERVES.items():
        os.environ.setdefault(name, value)
    for left in reversed(range(_STARTS)):
        try:
            _init(address="local", num_cpus=num_cpus, object_store_memory=object_store_memory)
        except Exception as error:
            if not left or _LATE not in str(error):
                raise
            ray.shutdown()
        else:
            return


def _init(*, address: str, num_cpus: int | None = None, object_store_memory: int | None = None) -> None:
    """Ray's own `init`, with whatever it says to a driver on standard error."""
    # It prints its warnings on standard output ("42 PYTHON worker processes have been started"), where they
    # would stand amid a command's results, and has no setting for that. Ray 2.60: `listen_error_messages`.
    worker.print_to_stdstream = _to_standard_error
    ray.init(
        address=address,
        include_dashboard=False if address == "local" else None,
        log_to_driver=False,
        logging_level=logging.ERROR,
        num_cpus=num_cpus,
        object_store_memory=object_store_memory,
    )


def _to_standard_error(data: dict[str, Any], ignore_prefix: bool) -> None:  # noqa: FBT001 - Ray's own form
    _PRINT({**data, "is_err": True}, ignore_prefix)


def _knock(address: str) -> None:
    """Find out at once whether anybody is there: Ray itself tries for minutes. Raises OSError."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


@contextmanager
def _hushed() -> Iterator[None]:
    """What is written to this process's standard error, past Python too, is dropped; exceptions are not."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def cluster_cpus() -> int:
    """The CPUs that pools of the present session may fill: on a cluster of one, the machine's cores."""
    there = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
    alone = len(ray.nodes()) == 1  # type: ignore[no-untyped-call]
    return max(1, there - _LIGHT_TASKS if alone and there > cores() else there)


def assigned_cpus() -> int:
    """The whole CPUs that this worker was started with: how many threads it may keep busy, at least one."""
    return max(1, int(ray.get_runtime_context().get_assigned_resources().get("CPU", 1)))  # type: ignore[no-untyped-call]


def cores() -> int:
    """The processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
