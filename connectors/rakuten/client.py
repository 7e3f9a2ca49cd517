"""Rakuten Ichiba's Item Search in Rakuten's words.

https://webservice.rakuten.co.jp/documentation/ichiba-item-search
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.web import Access, Call, GoneError, Json, Limits, WebSession
from connectors.web.words import text

PAGE = 30
"""Items in a page (`hits`) at most."""
PAGES = 100
"""Pages of one search at most."""
PACE = 1.0
"""Calls a second for one application."""

_ADDRESS = "https://openapi.rakuten.co.jp"
_PATH = "/ichibams/api/IchibaItem/Search/20260701"
"""Versions end with little notice: the one of 2022 did in August 2026, answering 400 since."""


def explain(body: Json) -> str | None:
    """The message in Rakuten's error body.

    >>> explain({"error": "wrong_parameter", "error_description": "keyword parameter is not valid"})
    'keyword parameter is not valid (wrong_parameter)'
    """
    said, code = text(body.get("error_description")), text(body.get("error"))
    return f"{said} ({code})" if said and code else said or code


class RakutenClient:
    """The search, within its `opened` block."""

    def __init__(self, access: Access) -> None:
        self._session = WebSession(
            "rakuten", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._keys = {
            "applicationId": access.secret("rakuten", "application_id"),
            "accessKey": access.secret("rakuten", "access_key"),
        }
        # An application that is registered for a web site must name it with each call.
        site = access.secret("rakuten", "site") if access.has("rakuten", "site") else None
        self._headers = {"Referer": site, "Origin": site.rstrip("/")} if site else None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, asked: dict[str, str], *, page: int) -> Json:
        """A page of the items that `asked` describes; a search that finds nothing is answered with 404."""
        params = {**self._keys, **asked, "hits": str(PAGE), "page": str(page)}
        params |= {"format": "json", "formatVersion": "2", "availability": "0"}
        try:
            return await self._session.json(
                Call(method="GET", path=_PATH, params=params, headers=self._headers)
            )
        except GoneError:
            return {}
