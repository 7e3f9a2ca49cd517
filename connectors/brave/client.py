"""Brave's image search in Brave's words: https://api-dashboard.search.brave.com/api-reference/images/image_search."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.web import Access, Call, Json, Limits, WebSession
from connectors.web.words import inner, text

MOST = 200
"""Results of one search (`count`); there is no second page."""
PACE = 1.0
"""Calls a second that every plan has."""

_ADDRESS = "https://api.search.brave.com"


def explain(body: Json) -> str | None:
    """The message in Brave's error body.

    >>> explain({"type": "ErrorResponse", "error": {"code": "QUOTA_LIMITED", "detail": "No more today."}})
    'No more today. (QUOTA_LIMITED)'
    """
    said, code = text(inner(body, "error", "detail")), text(inner(body, "error", "code"))
    return f"{said} ({code})" if said and code else said or code


class BraveClient:
    """The search, within its `opened` block."""

    def __init__(self, access: Access) -> None:
        self._session = WebSession(
            "brave", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._headers = {"X-Subscription-Token": access.secret("brave", "subscription_token")}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def images(self, words: str, *, country: str) -> Json:
        """Everything it finds; words are taken as they are written."""
        params = {
            "q": words,
            "country": country,
            "count": str(MOST),
            "safesearch": "off",
            "spellcheck": "false",
        }
        call = Call(method="GET", path="/res/v1/images/search", params=params, headers=self._headers)
        return await self._session.json(call)
