"""Etsy's Open API v3 in Etsy's words: https://developers.etsy.com/documentation/reference."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import quote

from connectors.web import Access, Call, Json, Limits, WebSession
from connectors.web.words import objects, text

PAGE = 100
"""Listings in a page, and in one look-up, at most."""
DEPTH = 12_000
"""The largest offset."""
PACE = 10.0
DAILY = 10_000
"""Calls a second and a day that a new application has:
https://developers.etsy.com/documentation/essentials/rate-limits."""

_ADDRESS = "https://openapi.etsy.com"
_PATH = "/v3/application"


def explain(body: Json) -> str | None:
    """The message in Etsy's error body.

    >>> explain({"error": "Shared secret is required in x-api-key header."})
    'Shared secret is required in x-api-key header.'
    """
    return text(body.get("error_description")) or text(body.get("error"))


class EtsyClient:
    """The API, within its `opened` block."""

    def __init__(self, access: Access) -> None:
        self._session = WebSession(
            "etsy", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        key = f"{access.secret('etsy', 'keystring')}:{access.secret('etsy', 'shared_secret')}"
        self._headers = {"x-api-key": key}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, words: str, *, offset: int) -> Json:
        """A page of `findAllListingsActive`, without pictures."""
        return await self._page("/listings/active", {"keywords": words}, offset)

    async def of_shop(self, shop: str, *, offset: int) -> Json:
        """A page of `findAllActiveListingsByShop`, without pictures."""
        return await self._page(f"/shops/{quote(shop, safe='')}/listings/active", {}, offset)

    async def details(self, ids: Sequence[str]) -> list[Json]:
        """`getListingsByListingIds`, with pictures and shops; those that are gone are missing."""
        params = {"listing_ids": ",".join(ids), "includes": "Images,Shop"}
        return objects((await self._get("/listings/batch", params)).get("results"))

    async def _page(self, path: str, params: dict[str, str], offset: int) -> Json:
        return await self._get(path, {**params, "limit": str(PAGE), "offset": str(offset)})

    async def _get(self, path: str, params: dict[str, str]) -> Json:
        call = Call(method="GET", path=f"{_PATH}{path}", params=params, headers=self._headers)
        return await self._session.json(call)
