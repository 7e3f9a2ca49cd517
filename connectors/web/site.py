"""Anybody's web site: only where it is public, slowly, and by its robots.txt (RFC 9309)."""

import asyncio
from http import HTTPStatus
from urllib.robotparser import RobotFileParser

import httpx

from connectors.patience import retry_after
from connectors.web.access import Access
from connectors.web.session import AGENT, Call, GoneError, Json, Limits, WebSession
from scoring.errors import CounterfoilError, RateLimitedError, SourceError

PACE = 1.0
"""Pages a second, unless a robots.txt asks for fewer."""
_WALLED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class SiteBusyError(RateLimitedError):
    """The site itself asks for patience: of many sites, the others can still be read."""


class Site(WebSession):
    """A session without credentials. Its rules are read once, before the first page.

    `urllib.robotparser` reads them: it knows no `*` within a path, so a rule that needs one is not seen.
    """

    def __init__(self, platform: str, access: Access, *, address: str) -> None:
        """Through the guard of pictures, unless `access` has an address of its own for the platform."""
        limits = Limits(per_second=PACE, redirects=5)
        super().__init__(platform, access, address=address, limits=limits, explain=lambda _: None)
        if platform not in access.addresses:
            self._transport = access.public_transport
        self._rules: dict[str, RobotFileParser] = {}
        self._reading = asyncio.Lock()

    async def json(self, call: Call) -> Json:
        """See `WebSession.json`; `SourceError` where the site's rules do not allow it."""
        await self._ask(call)
        return await super().json(call)

    async def text(self, call: Call) -> str:
        """See `WebSession.text`; `SourceError` where the site's rules do not allow it."""
        await self._ask(call)
        return await super().text(call)

    def refusal(self, response: httpx.Response) -> CounterfoilError:
        """As any session's, but a site that lets nobody in has no credentials to be checked."""
        if response.status_code in _WALLED:
            return SourceError(
                f"{response.url.host} does not let us in ({response.status_code}).",
                hint="Look at the page yourself, or ask the shop.",
            )
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return SiteBusyError(
                f"{response.url.host} asks us to slow down.", retry_after=retry_after(response)
            )
        return super().refusal(response)

    async def _ask(self, call: Call) -> None:
        url = httpx.URL(call.path if "://" in call.path else f"{self.address}{call.path}")
        root = str(url.copy_with(raw_path=b"/")).rstrip("/") if "://" in call.path else self.address
        async with self._reading:  # several pages may be asked for at once, and the rules are read before any
            if root not in self._rules:
                self._rules[root] = await self._read(root)
        rules = self._rules[root]
        if not rules.can_fetch(AGENT, str(url)):
            raise SourceError(
                f"the robots.txt of {url.host} does not allow {url.path}.",
                hint="Ask the shop, or export its listings to a file.",
            )

    async def _read(self, root: str) -> RobotFileParser:
        """A site's rules; without any, or with ones it does not show, all is allowed (RFC 9309, 2.3.1.3)."""
        rules = RobotFileParser()
        try:
            text = await super().text(Call(method="GET", path=f"{root}/robots.txt"))
        except (GoneError, SourceError):
            text = ""
        rules.parse(text.splitlines())
        if delay := rules.crawl_delay(AGENT):
            self.slow_down(1.0 / float(delay))
        return rules
