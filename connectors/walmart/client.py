"""Walmart's affiliate API in Walmart's words: https://walmart.io/docs/affiliate/search."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from connectors.walmart.signature import read_key, signed_headers
from connectors.web import Access, Call, Json, Limits, WebSession

PAGE = 25
"""Items in a page of a search at most (`numItems`)."""
DEPTH = 1000
"""Items that one search gives at most: `start` beyond it is refused."""
LOOKUP = 20
"""Ids in one look-up at most: https://walmart.io/docs/affiliate/product-lookup."""
PACE = 5.0
"""Calls a second, as Walmart's open API had them by default; no other figure is published."""

_ADDRESS = "https://developer.api.walmart.com"
_PATH = "/api-proxy/service/affil/product/v2"


def explain(body: Json) -> str | None:
    """The message in Walmart's error body, of the product service or of the proxy before it.

    >>> explain({"errors": [{"code": 4002, "message": "Invalid itemId"}]})
    'Invalid itemId (4002)'
    >>> explain({"details": {"Description": "timestamp expired"}})
    'timestamp expired'
    """
    errors, details = body.get("errors"), body.get("details")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return f"{errors[0].get('message') or 'no message'} ({errors[0].get('code')})"
    if isinstance(details, dict) and details.get("Description"):
        return str(details["Description"])
    return str(body["message"]) if body.get("message") else None


class WalmartClient:
    """The API, within its `opened` block."""

    def __init__(self, access: Access, *, clock: Callable[[], datetime]) -> None:
        """`clock` stands in the signature: Walmart refuses one that is off by minutes."""
        self._session = WebSession(
            "walmart", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._clock = clock
        self._consumer = access.secret("walmart", "consumer_id")
        self._version = access.secret("walmart", "key_version")
        self._key = read_key(access.secret("walmart", "private_key"))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, words: str, *, start: int) -> Json:
        """A page of the search, from a result on that counts from 1."""
        params = {
            "query": words,
            "start": str(start),
            "numItems": str(PAGE),
            "responseGroup": "full",
        }
        return await self._get("/search", params)

    async def items(self, ids: Sequence[str]) -> Json:
        """A look-up of up to `LOOKUP` ids; those that are gone are missing in the answer."""
        return await self._get("/items", {"ids": ",".join(ids)})

    async def _get(self, path: str, params: dict[str, str]) -> Json:
        headers = signed_headers(
            self._consumer,
            self._key,
            version=self._version,
            milliseconds=int(self._clock().timestamp() * 1000),
        )
        return await self._session.json(
            Call(method="GET", path=f"{_PATH}{path}", params=params, headers=headers)
        )
