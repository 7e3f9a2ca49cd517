"""Walmart's Marketplace API in Walmart's words.

https://developer.walmart.com/us-marketplace/docs/item-search-for-the-walmart-catalog.
"""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from connectors.web import Access, Call, GoneError, Json, Limits, Token, WebSession
from connectors.web.words import objects, text

MOST = 40
"""Items that a search by words gives, in one answer and without a second page."""
PACE = 1.0
"""Calls a second: a modest pace, since Walmart tells limits to sellers only."""

_ADDRESS = "https://marketplace.walmartapis.com"


def explain(body: Json) -> str | None:
    """The message in Walmart's error body.

    >>> explain({"error": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API", "description": "Unauthorized token"}]})
    'Unauthorized token (UNAUTHORIZED.GMP_GATEWAY_API)'
    """
    told = objects(body.get("error")) or objects(body.get("errors"))
    first = told[0] if told else body
    said = text(first.get("description")) or text(first.get("message")) or text(first.get("info"))
    code = text(first.get("code"))
    return f"{said} ({code})" if said and code else said or code


class WalmartMarketplaceClient:
    """The API, within its `opened` block."""

    def __init__(self, access: Access) -> None:
        self._session = WebSession(
            "walmart_marketplace", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._token = Token(
            self._session, ask=self._ask, headers=lambda token: {"WM_SEC.ACCESS_TOKEN": token, **_named()}
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, asked: dict[str, str]) -> Json:
        """`getSearchResult`, by `query`, `gtin` or `upc`; finding nothing may be answered with 404."""
        try:
            return await self._token.json(Call(method="GET", path="/v3/items/walmart/search", params=asked))
        except GoneError:
            return {}

    def _ask(self) -> Call:
        secret = self._session.access.secret
        pair = ":".join(secret("walmart_marketplace", name) for name in ("client_id", "client_secret"))
        basic = base64.b64encode(pair.encode()).decode()
        return Call(
            method="POST",
            path="/v3/token",
            headers={"Authorization": f"Basic {basic}", **_named()},
            form={"grant_type": "client_credentials"},
            free=True,
        )


def _named() -> dict[str, str]:
    """What each call must carry: a name, and an id of its own for Walmart's support."""
    return {"WM_SVC.NAME": "Walmart Marketplace", "WM_QOS.CORRELATION_ID": str(uuid4())}
