"""The embedded vector index in one Ray actor, for every worker of both paths; or the Qdrant server."""

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
from scoring.errors import UnavailableError

_NAMESPACE = "counterfoil"


class _EdgeHost:
    """Owns the folder: Qdrant Edge allows one process at a time.

    It is opened by the first call, whose caller is told by our own error where it cannot be; an
    actor that fails to start tells with a traceback, and is not tried again.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._index: EdgeIndex | None = None

    def call(self, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - a relay
        if self._index is None:
            self._index = EdgeIndex(Path(self._folder))
        return getattr(self._index, method)(*args, **kwargs)


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

    def fetch(self, collection: str, ids: Sequence[str], *, tenant: str) -> list[Point]:  # noqa: D102
        points: list[Point] = self._call("fetch", collection, ids, tenant=tenant)
        return points

    def delete(self, collection: str, ids: Sequence[str], *, tenant: str) -> None:  # noqa: D102
        self._call("delete", collection, ids, tenant=tenant)

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
    folder = (settings.home / "vectors").resolve()
    host = (
        ray.remote(_EdgeHost)
        .options(
            name=f"vectors-{sha256(str(folder).encode()).hexdigest()[:16]}",
            namespace=_NAMESPACE,
            get_if_exists=True,
            num_cpus=0,
            # Whoever asks first would otherwise take it away from everybody else on leaving.
            lifetime="detached",
            max_restarts=-1,
            # A host that is killed is started again; whoever was waiting for it is answered by the next one.
            # Every call may be made twice, and one that kills its host must not go on for ever.
            max_task_retries=2,
        )
        .remote(str(folder))
    )
    return HostedIndex(host)
