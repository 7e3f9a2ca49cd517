"""Shops' own sites, which anybody may name: through the same guard as pictures."""

import asyncio
import time
from contextlib import closing

import httpx

from connectors.download import FetchLimits, read_body
from connectors.guard import GuardedTransport, deadline
from connectors.local import shown

LIMITS = FetchLimits(max_bytes=16 << 20, seconds=30.0)
"""250 products of a Shopify store take about 1 MB; a shop's page is below that."""


class GuardedAsyncTransport(httpx.AsyncBaseTransport):
    """`GuardedTransport` for asynchronous clients, each request in a thread: there is one guard to get right.

    Bodies are unpacked here, up to the limit, so that a small one cannot unfold into all of memory.

    Raises `FetchError` for addresses that are not allowed and bodies that are too large.
    """

    def __init__(self, inner: httpx.BaseTransport | None = None, *, limits: FetchLimits = LIMITS) -> None:
        self._inner = inner or GuardedTransport()
        self._limits = limits

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one response, read whole."""
        body = await request.aread()
        plain = httpx.Request(
            request.method,
            request.url,
            headers={**request.headers, "Accept-Encoding": "gzip, deflate"},
            content=body,
            extensions=request.extensions,
        )
        return await asyncio.to_thread(self._exchange, plain)

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        ends_at = time.monotonic() + self._limits.seconds
        with deadline(ends_at), closing(self._inner.handle_request(request)) as response:
            body = read_body(
                response,
                shown(str(request.url)),
                limits=self._limits,
                left=lambda: ends_at - time.monotonic(),
            )
            unpacked = {"content-encoding", "content-length", "transfer-encoding"}
            headers = [
                (name, value) for name, value in response.headers.multi_items() if name not in unpacked
            ]
            return httpx.Response(response.status_code, headers=headers, content=body)

    async def aclose(self) -> None:
        """Close the connections that are kept for reuse."""
        self._inner.close()
