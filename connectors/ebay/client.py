"""eBay's Browse API in eBay's words: https://developer.ebay.com/api-docs/buy/browse/overview.html."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.web import Access, Call, GoneError, Json, Limits, Token, WebSession
from scoring.errors import SourceError

PAGE = 200
"""Items in a page at most; an offset must be a multiple of the page."""
DEPTH = 10_000
"""Items that one search gives at most, however many it has found."""
DAILY = 5_000
"""Calls a day by default: https://developer.ebay.com/develop/get-started/api-call-limits."""

PACE = 10.0
"""Calls a second: a modest pace, since eBay counts the day's."""

_ADDRESS = "https://api.ebay.com"
_SCOPE = "https://api.ebay.com/oauth/api_scope"


def explain(body: Json) -> str | None:
    """The message in eBay's error body, of the APIs or of the token service.

    >>> explain({"errors": [{"errorId": 12001, "longMessage": "The offset is invalid."}]})
    'The offset is invalid. (12001)'
    >>> explain({"error": "invalid_client", "error_description": "client authentication failed"})
    'client authentication failed'
    """
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        said = errors[0].get("longMessage") or errors[0].get("message") or "no message"
        return f"{said} ({errors[0].get('errorId')})"
    said = body.get("error_description") or body.get("error")
    return str(said) if said else None


class EbayClient:
    """One marketplace of eBay's (`EBAY_US`, `EBAY_DE` …), within its `opened` block."""

    def __init__(self, access: Access, *, marketplace: str) -> None:
        self._session = WebSession(
            "ebay", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._token = Token(
            self._session,
            ask=self._ask,
            headers=lambda token: {
                "Authorization": f"Bearer {token}",
                "X-EBAY-C-MARKETPLACE-ID": marketplace,
            },
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, params: dict[str, str]) -> Json:
        """A page of `item_summary/search`."""
        return await self._get("/buy/browse/v1/item_summary/search", params)

    async def search_by_image(self, picture: bytes, params: dict[str, str]) -> Json:
        """A page of `item_summary/search_by_image`; `SourceError` where the account may not use it."""
        call = Call(
            method="POST",
            path="/buy/browse/v1/item_summary/search_by_image",
            params=params,
            json={"image": base64.b64encode(picture).decode()},
        )
        try:
            return await self._token.json(call)
        except GoneError as error:
            raise SourceError(
                "this eBay account may not search by image.", hint="Ask eBay for it, or search by text."
            ) from error

    async def item(self, item_id: str) -> Json:
        """`getItem`: the only place where stock and description are."""
        return await self._get(f"/buy/browse/v1/item/{item_id.replace('|', '%7C')}", None)

    async def _get(self, path: str, params: dict[str, str] | None) -> Json:
        return await self._token.json(Call(method="GET", path=path, params=params))

    def _ask(self) -> Call:
        access = self._session.access
        names = (access.secret("ebay", "client_id"), access.secret("ebay", "client_secret"))
        basic = base64.b64encode(":".join(names).encode()).decode()
        return Call(
            method="POST",
            path="/identity/v1/oauth2/token",
            headers={"Authorization": f"Basic {basic}"},
            form={"grant_type": "client_credentials", "scope": _SCOPE},
            free=True,
        )
