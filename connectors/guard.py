"""The transport that pictures are fetched through: checked addresses only, and a deadline that holds.

The check sits where the connection is made, and the connection goes to the very address that was
checked: there is no second lookup that could answer differently (DNS rebinding), and a redirect,
being one more connection, passes the same check. The name still goes into the Host header and the
TLS handshake, so certificates are verified as ever.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

from connectors.addresses import Resolve, checked_addresses, system_resolve

_CONNECT_SECONDS = 5.0  # for one of a host's addresses; the next is tried after it
_WAIT = 5.0  # for any other operation whose request names no timeout
_ends_at: ContextVar[float | None] = ContextVar("_ends_at", default=None)


@cache
def trusted(*, trust_env: bool) -> ssl.SSLContext:
    """Whose certificates are believed, read once a process: it takes 20 ms, and each site has its transport.

    `trust_env` lets the environment name others (`SSL_CERT_FILE`).
    """
    return httpx.create_ssl_context(trust_env=trust_env)


@contextmanager
def deadline(at: float) -> Iterator[None]:
    """Within this block and thread, no network operation waits past `at` (on the transport's clock)."""
    token = _ends_at.set(at)
    try:
        yield
    finally:
        _ends_at.reset(token)


class GuardedTransport(httpx.BaseTransport):
    """Connects to allowed addresses only. Thread-safe; connections are kept for reuse."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = system_resolve,
        clock: Callable[[], float] = time.monotonic,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        backend = _GuardedBackend(allow_private=allow_private, resolve=resolve, clock=clock)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or trusted(trust_env=False),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one response; redirects are the caller's to follow."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, *, allow_private: bool, resolve: Resolve, clock: Callable[[], float]) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._clock = clock
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        patience = _left(self._clock, timeout, httpcore.ConnectTimeout)
        addresses = checked_addresses(
            host, port, resolve=self._resolve, allow_private=self._allow_private, timeout=patience
        )
        refusals: list[Exception] = []
        for address in addresses:
            patience = _left(self._clock, timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(
                    address, port, min(patience, _CONNECT_SECONDS), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refusals.append(error)
            else:
                return _TimedStream(stream, self._clock)
        raise refusals[0]


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline, however often a byte trickles in."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Callable[[], float]) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._clock, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._clock, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        patience = _left(self._clock, timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, patience), self._clock)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's own signature
        return self._inner.get_extra_info(info)


def _left(clock: Callable[[], float], timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    """Seconds that one operation may take; raises `late` where none are left."""
    ends_at = _ends_at.get()
    left = float("inf") if ends_at is None else ends_at - clock()
    if left <= 0:
        raise late("the deadline has passed")
    return min(left, _WAIT if timeout is None else timeout)
