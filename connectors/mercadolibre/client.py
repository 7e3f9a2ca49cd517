"""Mercado Libre's API in its words: https://developers.mercadolivre.com.br/en_us/items-and-searches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from connectors.web import Access, Call, Json, Limits, Token, WebSession
from connectors.web.words import inner, objects, text
from scoring.errors import SettingsError, SourceError

SEARCH_PAGE = 50
DEPTH = 1000
"""Results of a search that can be paged through without a seller's own credentials."""
LOOKUP = 20
"""Items in one look-up at most."""
PACE = 10.0
"""Calls a second: a modest pace, since no limit is published for other people's items."""

_ADDRESS = "https://api.mercadolibre.com"


def explain(body: Json) -> str | None:
    """The message in Mercado Libre's error body.

    >>> explain({"message": "resource not found", "error": "not_found", "status": 404, "cause": []})
    'resource not found (not_found)'
    """
    said, code = text(body.get("message")), text(body.get("error"))
    return f"{said} ({code})" if said and code else said or code


class MercadoLibreClient:
    """One country's site (`MLA`, `MLB` …), within its `opened` block."""

    def __init__(self, access: Access, *, site: str) -> None:
        self._session = WebSession(
            "mercadolibre", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._site = site
        self._token = Token(
            self._session, ask=self._ask, headers=lambda token: {"Authorization": f"Bearer {token}"}
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, words: str, *, offset: int) -> Json:
        """A page of a search, which is open to few applications since 2025."""
        params = {"q": words, "offset": str(offset), "limit": str(SEARCH_PAGE)}
        call = Call(method="GET", path=f"/sites/{self._site}/search", params=params)
        try:
            return await self._token.json(call)
        except SettingsError as error:
            raise SourceError(
                f"this application may not search Mercado Libre: {error.args[0]}",
                hint="Use category:… for its best sellers, or id:… for items you know.",
            ) from error

    async def items(self, ids: list[str]) -> list[Any]:
        """A look-up of up to `LOOKUP` items: each with its own status."""
        call = Call(method="GET", path="/items", params={"ids": ",".join(ids)})
        return await self._token.array(call)

    async def best_sellers(self, category: str) -> list[Json]:
        """Up to 20 items or catalogue products.

        https://developers.mercadolibre.com.co/en_us/manage-project-apps/best-sellers-in-mercado-libre
        """
        path = f"/highlights/{self._site}/category/{quote(category, safe='')}"
        return objects(inner(await self._token.json(Call(method="GET", path=path)), "content"))

    async def offers(self, product: str) -> list[str]:
        """The ids of the items that compete on a catalogue product's page."""
        path = f"/products/{quote(product, safe='')}/items"
        answer = await self._token.json(Call(method="GET", path=path))
        return [found for one in objects(answer.get("results")) if (found := text(one.get("item_id")))]

    def _ask(self) -> Call:
        secret = self._session.access.secret
        return Call(
            method="POST",
            path="/oauth/token",
            form={
                "grant_type": "client_credentials",
                "client_id": secret("mercadolibre", "client_id"),
                "client_secret": secret("mercadolibre", "client_secret"),
            },
            free=True,
        )
