"""Shopee's affiliate API in Shopee's words: GraphQL, as https://open-api.affiliate.shopee.com.br."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from connectors.web import Access, Call, Json, Limits, WebSession
from connectors.web.words import inner, objects, text
from scoring.errors import RateLimitedError, SettingsError, SourceError

PAGE = 50
"""Offers in a page at most."""
PACE = 0.5
"""Calls a second: 2,000 an hour are allowed."""

_QUERY = (
    "query($keyword: String!, $page: Int!, $limit: Int!) {"
    " productOfferV2(keyword: $keyword, page: $page, limit: $limit) {"
    " nodes { itemId productName productLink imageUrl priceMin priceMax shopId shopName }"
    " pageInfo { page limit hasNextPage } } }"
)
_UNKNOWN, _TOO_MANY = 10020, 10030
"""Shopee's codes for a signature, an application or a time that is wrong, and for too many calls."""


def explain(body: Json) -> str | None:
    """The message in GraphQL's error body, which comes with status 200.

    >>> explain({"errors": [{"message": "error [10020]: Invalid Signature", "extensions": {"code": 10020}}]})
    'error [10020]: Invalid Signature'
    """
    return next((text(one.get("message")) or "no message" for one in objects(body.get("errors"))), None)


def authorization(app: str, secret: str, *, seconds: int, payload: bytes) -> str:
    """The header that signs a body: SHA-256 over application, time, body and secret.

    >>> authorization("APP", "SECRET", seconds=1700000000, payload=b"{}")[:62]
    'SHA256 Credential=APP, Timestamp=1700000000, Signature=c7a40fc'
    """
    told = f"{app}{seconds}".encode() + payload + secret.encode()
    signature = hashlib.sha256(told).hexdigest()
    return f"SHA256 Credential={app}, Timestamp={seconds}, Signature={signature}"


class ShopeeClient:
    """One country's API, within its `opened` block."""

    def __init__(self, access: Access, *, site: str, clock: Callable[[], datetime]) -> None:
        """`clock` stands in the signature: Shopee refuses one that is off by ten minutes."""
        self._session = WebSession(
            "shopee",
            access,
            address=f"https://open-api.affiliate.{site}",
            limits=Limits(per_second=PACE),
            explain=explain,
        )
        self._clock = clock
        self._app = access.secret("shopee", "app_id")
        self._secret = access.secret("shopee", "app_secret")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def offers(self, words: str, *, page: int) -> Json:
        """A page of `productOfferV2`."""
        variables = {"keyword": words, "page": page, "limit": PAGE}
        payload = json.dumps({"query": _QUERY, "variables": variables}, ensure_ascii=False).encode()
        signed = authorization(
            self._app, self._secret, seconds=int(self._clock().timestamp()), payload=payload
        )
        headers = {"Authorization": signed, "Content-Type": "application/json"}
        answer = await self._session.json(
            Call(method="POST", path="/graphql", headers=headers, content=payload)
        )
        if said := explain(answer):
            raise _refusal(said, inner(objects(answer.get("errors"))[0], "extensions", "code"))
        found = inner(answer, "data", "productOfferV2")
        return found if isinstance(found, dict) else {}


def _refusal(said: str, code: object) -> RateLimitedError | SettingsError | SourceError:
    if code == _TOO_MANY:
        return RateLimitedError(f"shopee asks us to slow down: {said}.", hint="Resume in an hour.")
    if code == _UNKNOWN:
        return SettingsError(
            f"shopee refuses our credentials: {said}.",
            hint="Check COUNTERFOIL_CONNECTORS__SHOPEE__… and this machine's clock.",
        )
    return SourceError(f"shopee refuses the request: {said}.", hint="Check the query.")
