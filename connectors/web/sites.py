"""Many people's web sites at once: each at its own pace, by its own rules."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from connectors.web.access import Access
from connectors.web.site import Site
from scoring.errors import SourceError


class Sites:
    """A `Site` for each host, opened when it is first asked for. Calls count as the shop connector's."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._known: dict[str, Site] = {}
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._stack:
            yield

    async def of(self, address: str) -> Site:
        """The site of an address; `SourceError` where it is none of a web page."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise SourceError(f"{address[:80]!r} is no page's address.", hint="Write https://….") from error
        if url.scheme not in ("http", "https") or not url.host or url.userinfo:
            raise SourceError(f"{address[:80]!r} is no page's address.", hint="Write https://….")
        async with self._opening:
            if url.host not in self._known:
                site = Site("shop", self._access, address="")
                await self._stack.enter_async_context(site.opened())
                self._known[url.host] = site
        return self._known[url.host]
