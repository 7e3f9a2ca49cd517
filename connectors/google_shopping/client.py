"""SerpApi in SerpApi's words: https://serpapi.com/google-shopping-api."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.web import Access, Call, Json, Limits, WebSession
from connectors.web.words import text
from scoring.errors import SourceError

PAGE = 100
"""Results in a page at most; Google decides how many there are, mostly 40 or 60."""
PACE = 2.0
"""Calls a second; SerpApi itself limits an hour's, by the plan: https://serpapi.com/account-api."""

_ADDRESS = "https://serpapi.com"
_NOTHING = "hasn't returned any results"
"""How an empty page says so, in the place of an error."""


def explain(body: Json) -> str | None:
    """The message in SerpApi's error body.

    >>> explain({"error": "Your account has run out of searches."})
    'Your account has run out of searches.'
    """
    return text(body.get("error"))


class SerpApiClient:
    """One engine of SerpApi's, within its `opened` block."""

    def __init__(self, access: Access, *, platform: str = "google_shopping") -> None:
        """`platform` is the source whose key is used and whose calls are counted."""
        self._session = WebSession(
            platform, access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._key = access.secret(platform, "api_key")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def account(self) -> Json:
        """The plan and what is left of it, which costs nothing: https://serpapi.com/account-api."""
        asked = {"api_key": self._key}
        return await self._session.json(Call(method="GET", path="/account", params=asked, free=True))

    async def search(self, engine: str, params: dict[str, str]) -> Json:
        """A page of an engine's results. Raises as `WebSession.json`, and where Google was not understood."""
        asked = {"engine": engine, **params, "api_key": self._key}
        page = await self._session.json(Call(method="GET", path="/search", params=asked))
        said = explain(page)
        if said is not None and _NOTHING not in said:
            raise SourceError(
                f"{self._session.platform}: {said[:300]}", hint="Check the query, or try again later."
            )
        return page
