"""The embedded vector index in one Ray actor, for every worker of both paths; or the Qdrant server."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray

from catalog.vectors import Page, Point, ScoredPoint, VectorIndex, Where
from catalog.vectors.edge import EdgeIndex
from cluster.session import session
from cluster.settings import Settings
from scoring.errors import InUseError, UnavailableError

_NAMESPACE = "counterfoil"

_CALLS = 5
"""How often a call is made again after its host has died: every one of them may be repeated."""
_LETS_GO = 20.0
"""Seconds that a host waits for the one before it, whose node has died, to let go of the folder."""
_AGAIN = 0.5
"""Seconds between two tries."""


class _EdgeHost:
    """Owns the folder: Qdrant Edge allows one process at a time.

    It is opened by the first call, whose caller is told by our own error where it cannot be; an
    actor that fails to start tells with a traceback, and is not tried again.
    """

    def __init__(self, folder: str) -> None:
        self._index = EdgeIndex(Path(folder))

    def call(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - a relay
        ends = time.monotonic() + _LETS_GO
        while True:
            try:
                return getattr(self._index, method)(*args, **kwargs)
            except InUseError:  # by a host that is dying: what was killed may be resumed at once
                if time.monotonic() >= ends:
                    raise
                time.sleep(_AGAIN)


class HostedIndex(VectorIndex):
    """A `VectorIndex` whose every call is made in the host's process. May be pickled and shared."""

    def __init__(self, host: Any) -> None:  # noqa: ANN401 - Ray's actor handles have no type of their own
        self._host = host

    def _call(self, method: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - a relay
        try:
            return ray.get(self._host.call.remote(method, args, kwargs))
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        except ray.exceptions.RayActorError as error:
            raise UnavailableError(f"the vector index's host is gone: {error}.") from error

    def ensure(self, collection: str, size: int) -> None:  # noqa: D102 - the interface's
        self._call("ensure", collection, size)

    def collections(self) -> dict[str, int]:  # noqa: D102
        sizes: dict[str, int] = self._call("collections")
        return sizes

    def upsert(self, collection: str, points: Sequence[Point], *, tenant: str) -> None:  # noqa: D102
        self._call("upsert", collection, points, tenant=tenant)

    def search(  # noqa: D102
        self,
        collection: str,
        vectors: NDArray[np.float32],
        *,
        tenant: str,
        limit: int = 10,
        where: Where | None = None,
    ) -> list[list[ScoredPoint]]:
        found: list[list[ScoredPoint]] = self._call(
            "search", collection, vectors, tenant=tenant, limit=limit, where=where
        )
        return found

    def similar(  # noqa: D102
        self, collection: str, vectors: NDArray[np.float32], *, tenant: str, least: float, limit: int = 10
    ) -> list[list[ScoredPoint]]:
        found: list[list[ScoredPoint]] = self._call(
            "similar", collection, vectors, tenant=tenant, least=least, limit=limit
        )
        return found

    def fetch(self, collection: str, ids: Sequence[str], *, tenant: str) -> list[Point]:  # noqa: D102
        points: list[Point] = self._call("fetch", collection, ids, tenant=tenant)
        return points

    def delete(self, collection: str, ids: Sequence[str], *, tenant: str) -> None:  # noqa: D102
        self._call("delete", collection, ids, tenant=tenant)

    def erase(self, collection: str, *, tenant: str) -> None:  # noqa: D102
        self._call("erase", collection, tenant=tenant)

    def count(self, collection: str, *, tenant: str, where: Where | None = None) -> int:  # noqa: D102
        number: int = self._call("count", collection, tenant=tenant, where=where)
        return number

    def scroll(  # noqa: D102
        self,
        collection: str,
        *,
        tenant: str,
        limit: int = 256,
        after: str | None = None,
        where: Where | None = None,
    ) -> Page:
        page: Page = self._call("scroll", collection, tenant=tenant, limit=limit, after=after, where=where)
        return page

    def close(self) -> None:
        """Nothing to do: the host lives as long as its session, and others may be using it."""


@contextmanager
def vectors_here(settings: Settings) -> Iterator[VectorIndex]:
    """The same index for a command that needs no workers: no Ray is started for it where it is embedded.

    Within a session, or where the settings name a cluster, it is the shared one; else the folder is opened
    here, and `CatalogError` says so where a scan or a server has it open.
    """
    if settings.qdrant_url is None and settings.ray_address is None and not ray.is_initialized():
        with EdgeIndex(settings.home / "vectors") as index:
            yield index
        return
    with session(settings):
        yield open_vectors(settings)


def host_name(settings: Settings) -> str:
    """What Ray calls the actor that has these settings' folder of vectors open."""
    return f"vectors-{sha256(str(_folder(settings)).encode()).hexdigest()[:16]}"


def _folder(settings: Settings) -> Path:
    return (settings.home / "vectors").resolve()


def open_vectors(settings: Settings) -> VectorIndex:
    """The vector index that the settings name; within a Ray session where it is the embedded one."""
    if settings.qdrant_url is not None:
        # The client takes most of a second to import, and only a cluster has a server.
        from qdrant_client import QdrantClient  # noqa: PLC0415

        from catalog.vectors.server import ServerIndex  # noqa: PLC0415

        key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None
        client = QdrantClient(
            settings.qdrant_url,
            api_key=key,
            timeout=settings.qdrant_seconds,
            check_compatibility=False,  # it asks in a thread of its own, and where nobody answers only warns
        )
        return ServerIndex(client)
    host = (
        ray.remote(_EdgeHost)
        .options(
            name=host_name(settings),
            namespace=_NAMESPACE,
            get_if_exists=True,
            num_cpus=0,
            # Whoever asks first would otherwise take it away from everybody else on leaving.
            lifetime="detached",
            max_restarts=-1,
            max_task_retries=_CALLS,
        )
        .remote(str(_folder(settings)))
    )
    return HostedIndex(host)
