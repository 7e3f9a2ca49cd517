"""eBay's Browse API in eBay's words: https://developer.ebay.com/api-docs/buy/browse/overview.html."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.web import Access, Call, Json, Limits, WebSession
from scoring.errors import SettingsError

PAGE = 200
"""Items in a page at most; an offset must be a multiple of the page."""
DEPTH = 10_000
"""Items that one search gives at most, however many it has found."""
DAILY = 5_000
"""Calls a day by default: https://developer.ebay.com/develop/get-started/api-call-limits."""

_ADDRESS = "https://api.ebay.com"
_SCOPE = "https://api.ebay.com/oauth/api_scope"
_EARLY = 60.0
"""Seconds before a token's end from which a new one is asked for."""


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
            "ebay", access, address=_ADDRESS, limits=Limits(per_second=10.0), explain=explain
        )
        self._marketplace = marketplace
        self._token = ""
        self._token_ends = 0.0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, params: dict[str, str]) -> Json:
        """A page of `item_summary/search`."""
        return await self._get("/buy/browse/v1/item_summary/search", params)

    async def search_by_image(self, picture: bytes, params: dict[str, str]) -> Json:
        """A page of `item_summary/search_by_image`, which not every account may use."""
        call = Call(
            method="POST",
            path="/buy/browse/v1/item_summary/search_by_image",
            params=params,
            json={"image": base64.b64encode(picture).decode()},
        )
        return await self._authorised(call)

    async def item(self, item_id: str) -> Json:
        """`getItem`: the only place where stock and description are."""
        return await self._get(f"/buy/browse/v1/item/{item_id.replace('|', '%7C')}", None)

    async def _get(self, path: str, params: dict[str, str] | None) -> Json:
        return await self._authorised(Call(method="GET", path=path, params=params))

    async def _authorised(self, call: Call) -> Json:
        try:
            return await self._session.json(await self._signed(call))
        except SettingsError:
            if not self._token:
                raise
            self._token = ""  # it may have been revoked before its time; a second refusal is meant
            return await self._session.json(await self._signed(call))

    async def _signed(self, call: Call) -> Call:
        access = self._session.access
        if not self._token or access.clock() >= self._token_ends:
            names = (access.secret("ebay", "client_id"), access.secret("ebay", "client_secret"))
            basic = base64.b64encode(":".join(names).encode()).decode()
            answer = await self._session.json(
                Call(
                    method="POST",
                    path="/identity/v1/oauth2/token",
                    headers={"Authorization": f"Basic {basic}"},
                    form={"grant_type": "client_credentials", "scope": _SCOPE},
                    free=True,
                )
            )
            self._token = str(answer["access_token"])
            self._token_ends = access.clock() + float(answer["expires_in"]) - _EARLY
        headers = {"Authorization": f"Bearer {self._token}", "X-EBAY-C-MARKETPLACE-ID": self._marketplace}
        return Call(method=call.method, path=call.path, params=call.params, json=call.json, headers=headers)
