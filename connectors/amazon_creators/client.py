"""Amazon's Creators API in Amazon's words, which took the place of PA-API 5 in May 2026.

https://affiliate-program.amazon.com/creatorsapi/docs/en-us/api-reference/operations/search-items.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from connectors.amazon.markets import Market
from connectors.web import Access, Call, GoneError, Json, Limits, Token, WebSession
from connectors.web.words import objects, text

PAGE = 10
"""Items in a page, and in one look-up, at most."""
PAGES = 10
"""Pages of one search at most."""
PACE = 1.0
"""Calls a second that every account has to begin with."""
DAILY = 8_640
"""Calls a day that every account has to begin with; sales that come by it raise both."""

_ADDRESS = "https://creatorsapi.amazon"
_TOKENS = {
    "na": "https://api.amazon.com/auth/o2/token",
    "eu": "https://api.amazon.co.uk/auth/o2/token",
    "fe": "https://api.amazon.co.jp/auth/o2/token",
}
"""By the region of the credentials (versions 3.1 to 3.3); those of version 2 have other places."""
_SCOPE = "creatorsapi::default"
_RESOURCES = [
    "itemInfo.title",
    "itemInfo.byLineInfo",
    "itemInfo.features",
    "browseNodeInfo.browseNodes",
    "images.primary.large",
    "images.variants.large",
    "offersV2.listings.price",
    "offersV2.listings.availability",
    "offersV2.listings.condition",
    "offersV2.listings.merchantInfo",
    "offersV2.listings.isBuyBoxWinner",
]


def explain(body: Json) -> str | None:
    """The message in Amazon's error body, of the API or of the token service.

    >>> explain({"type": "AccessDenied", "reason": "AssociateNotEligible", "message": "Not eligible."})
    'Not eligible. (AssociateNotEligible)'
    """
    first = next(iter(objects(body.get("errors"))), body)
    said = text(first.get("message")) or text(first.get("error_description")) or text(first.get("error"))
    code = text(first.get("reason")) or text(first.get("code"))
    return f"{said} ({code})" if said and code else said or code


class CreatorsClient:
    """One country's Amazon, within its `opened` block."""

    def __init__(self, access: Access, *, market: Market) -> None:
        self._session = WebSession(
            "amazon_creators", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._market = market
        self._token = Token(
            self._session,
            ask=self._ask,
            headers=lambda token: {"Authorization": f"Bearer {token}", "x-marketplace": market.site},
        )

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, words: str, *, page: int) -> Json:
        """A page of `SearchItems`, of things that are sold out too; the first is 1."""
        asked = {"keywords": words, "itemCount": PAGE, "itemPage": page, "availability": "IncludeOutOfStock"}
        return await self._post("searchItems", asked)

    async def items(self, asins: Sequence[str]) -> Json:
        """`GetItems`: those that are gone are missing in the answer."""
        return await self._post("getItems", {"itemIds": [*asins], "itemIdType": "ASIN"})

    async def _post(self, operation: str, asked: Json) -> Json:
        body = {
            **asked,
            "partnerTag": self._session.access.secret("amazon_creators", "partner_tag"),
            "marketplace": self._market.site,
            "resources": _RESOURCES,
        }
        try:
            return await self._token.json(Call(method="POST", path=f"/catalog/v1/{operation}", json=body))
        except GoneError:
            return {}  # nothing found

    def _ask(self) -> Call:
        secret = self._session.access.secret
        own = self._session.address == _ADDRESS
        return Call(
            method="POST",
            path=_TOKENS[self._market.region] if own else "/auth/o2/token",
            json={
                "grant_type": "client_credentials",
                "client_id": secret("amazon_creators", "credential_id"),
                "client_secret": secret("amazon_creators", "credential_secret"),
                "scope": _SCOPE,
            },
            free=True,
        )
