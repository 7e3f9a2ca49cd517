"""AliExpress's affiliate API in AliExpress's words: https://openservice.aliexpress.com/doc/api.htm."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from connectors.web import Access, Call, Json, Limits, WebSession
from connectors.web.words import inner, text
from scoring.errors import RateLimitedError, SettingsError, SourceError

PAGE = 50
"""Products in a page at most."""
PACE = 2.0
"""Calls a second: a modest pace, since an application's limit stands in its console only."""

_ADDRESS = "https://api-sg.aliexpress.com"
_METHOD = "aliexpress.affiliate.product.query"
_FINE, _EMPTY = "200", "405"
"""What `resp_code` says of products, and of none."""


def explain(body: Json) -> str | None:
    """The message in AliExpress's error body, which comes with status 200.

    >>> explain({"error_response": {"code": "IncompleteSignature", "msg": "The signature is wrong"}})
    'The signature is wrong (IncompleteSignature)'
    """
    error = body.get("error_response")
    said, code = text(inner(error, "msg")), text(inner(error, "code"))
    return f"{said} ({code})" if said or code else None


def signed(params: Mapping[str, str], secret: str) -> dict[str, str]:
    """Parameters with their signature: HMAC-SHA256 over all names and values in the order of the names.

    https://openservice.aliexpress.com/doc/doc.htm, "Signature algorithm".

    >>> signed({"b": "2", "a": "1"}, "secret")["sign"][:8]
    '3A9F9E53'
    """
    told = "".join(f"{name}{params[name]}" for name in sorted(params))
    sign = hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest().upper()
    return {**params, "sign": sign}


class AliExpressClient:
    """The API, within its `opened` block."""

    def __init__(self, access: Access, *, clock: Callable[[], datetime]) -> None:
        """`clock` stands in the signature: AliExpress refuses one that is off by minutes."""
        self._session = WebSession(
            "aliexpress", access, address=_ADDRESS, limits=Limits(per_second=PACE), explain=explain
        )
        self._clock = clock
        self._key = access.secret("aliexpress", "app_key")
        self._secret = access.secret("aliexpress", "app_secret")
        self._tracking = access.secret("aliexpress", "tracking_id")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with self._session.opened():
            yield

    async def search(self, words: str, *, page: int, country: str, currency: str) -> Json:
        """A page of `aliexpress.affiliate.product.query`: its `result`, empty where nothing is found."""
        params = {
            "app_key": self._key,
            "method": _METHOD,
            "sign_method": "sha256",
            "timestamp": str(int(self._clock().timestamp() * 1000)),
            "format": "json",
            "v": "2.0",
            "keywords": words,
            "page_no": str(page),
            "page_size": str(PAGE),
            "ship_to_country": country,
            "target_currency": currency,
            "target_language": "EN",
            "tracking_id": self._tracking,
        }
        call = Call(method="POST", path="/sync", form=signed(params, self._secret))
        answer = await self._session.json(call)
        if said := explain(answer):
            raise _refusal(said, text(inner(answer, "error_response", "code")) or "")
        told = inner(answer, f"{_METHOD.replace('.', '_')}_response", "resp_result")
        code, result = text(inner(told, "resp_code")), inner(told, "result")
        if code == _FINE and isinstance(result, dict):
            return result
        if code == _EMPTY:
            return {}
        raise SourceError(
            f"aliexpress refuses the request ({code}: {text(inner(told, 'resp_msg')) or 'no message'}).",
            hint="Check the query.",
        )


def _refusal(said: str, code: str) -> RateLimitedError | SettingsError | SourceError:
    """By what the code's name says, since their list is long and grows."""
    if "limit" in code.casefold():
        return RateLimitedError(f"aliexpress asks us to slow down: {said}.", hint="Resume later.")
    if any(part in code.casefold() for part in ("signature", "appkey", "apikey", "permission", "timestamp")):
        return SettingsError(
            f"aliexpress refuses our credentials: {said}.",
            hint="Check COUNTERFOIL_CONNECTORS__ALIEXPRESS__… and this machine's clock.",
        )
    return SourceError(f"aliexpress refuses the request: {said}.", hint="Check the query.")
