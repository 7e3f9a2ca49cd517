"""Amazon's Selling Partner API in Amazon's words: Catalog Items 2022-04-01 and Product Pricing v0.

https://developer-docs.amazon.com/sp-api/reference/catalog-items-v2022-04-01,
https://developer-docs.amazon.com/sp-api/docs/product-pricing-api-v0-model.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from connectors.amazon.markets import Market
from connectors.web import Access, Call, Json, Limits, Token, WebSession

PAGE = 20
"""Items in a page of a search at most."""
DEPTH = 1000
"""Items that one search gives at most, however many it has found."""
IDENTIFIERS = 20
"""Barcodes in one search at most."""
OFFERS = 20
"""Offers of one condition that an item's page is answered with, the cheapest first."""
CATALOG_PACE, PRICING_PACE = 2.0, 0.5
"""Calls a second by default, as each operation's usage plan says."""

_TOKENS = "https://api.amazon.com/auth/o2/token"
"""https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api."""
_DATA = "summaries,images,attributes,classifications"


def explain(body: Json) -> str | None:
    """The message in Amazon's error body, of the API or of the token service.

    >>> explain({"errors": [{"code": "InvalidInput", "message": "Invalid pageToken.", "details": ""}]})
    'Invalid pageToken. (InvalidInput)'
    >>> explain({"error": "invalid_grant", "error_description": "The refresh token is invalid."})
    'The refresh token is invalid.'
    """
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        said = errors[0].get("details") or errors[0].get("message") or "no message"
        return f"{said} ({errors[0].get('code')})"
    said = body.get("error_description") or body.get("error")
    return str(said) if said else None


class AmazonClient:
    """One marketplace of Amazon's, within its `opened` block."""

    def __init__(self, access: Access, *, market: Market) -> None:
        self._market = market
        self._catalog = self._session(access, CATALOG_PACE)
        self._pricing = self._session(access, PRICING_PACE)
        self._token = Token(self._catalog, ask=self._ask, headers=lambda token: {"x-amz-access-token": token})

    def _session(self, access: Access, per_second: float) -> WebSession:
        limits = Limits(per_second=per_second)
        return WebSession("amazon", access, address=self._market.address, limits=limits, explain=explain)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._catalog.opened(), self._pricing.opened():
            yield

    async def search(self, keywords: str, *, page_token: str) -> Json:
        """A page of `searchCatalogItems`; an empty token is the first."""
        params = {**self._params, "keywords": keywords, "pageSize": str(PAGE)}
        if page_token:
            params["pageToken"] = page_token
        return await self._token.json(Call(method="GET", path="/catalog/2022-04-01/items", params=params))

    async def by_gtin(self, gtins: list[str], *, page_token: str) -> Json:
        """A page of `searchCatalogItems` of what is filed under up to `IDENTIFIERS` barcodes."""
        params = {**self._params, "identifiers": ",".join(gtins), "identifiersType": "GTIN"}
        params["pageSize"] = str(PAGE)
        if page_token:
            params["pageToken"] = page_token
        return await self._token.json(Call(method="GET", path="/catalog/2022-04-01/items", params=params))

    async def item(self, asin: str) -> Json:
        """`getCatalogItem`."""
        path = f"/catalog/2022-04-01/items/{quote(asin, safe='')}"
        return await self._token.json(Call(method="GET", path=path, params=self._params))

    async def offers(self, asin: str, *, condition: str) -> Json:
        """`getItemOffers`: who sells it in that condition, `New` or `Used`, and for how much."""
        call = Call(
            method="GET",
            path=f"/products/pricing/v0/items/{quote(asin, safe='')}/offers",
            params={"MarketplaceId": self._market.id, "ItemCondition": condition},
        )
        return await self._token.json(call, session=self._pricing)

    @property
    def _params(self) -> dict[str, str]:
        return {"marketplaceIds": self._market.id, "includedData": _DATA}

    def _ask(self) -> Call:
        access = self._catalog.access
        own = self._catalog.address == self._market.address
        return Call(
            method="POST",
            path=_TOKENS if own else "/auth/o2/token",  # another address, as the sandbox's, has its own
            form={
                "grant_type": "refresh_token",
                "refresh_token": access.secret("amazon", "refresh_token"),
                "client_id": access.secret("amazon", "client_id"),
                "client_secret": access.secret("amazon", "client_secret"),
            },
            free=True,
        )
