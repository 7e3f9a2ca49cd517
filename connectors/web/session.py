"""Calls of one platform's API: paced, counted, repeated where that may help, and in our errors."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from connectors.foreign import FOREIGN, translated
from connectors.patience import retry_after
from connectors.web.access import Access
from connectors.web.pace import Pace
from scoring.errors import (
    CounterfoilError,
    FetchError,
    RateLimitedError,
    RetryError,
    SettingsError,
    SourceError,
    UnreachableError,
)

Json = dict[str, Any]

# httpx writes the whole address of every call to the log at INFO, and some platforms want their key in it.
logging.getLogger("httpx").addFilter(lambda record: record.levelno >= logging.WARNING)

AGENT = "Counterfoil (brand protection)"
"""Whom sites see: the first word is the name that a robots.txt may have rules for."""

_T = TypeVar("_T")
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
_MOST_SHOWN = 300
"""Characters of a platform's own message that an error repeats."""


class GoneError(SourceError):
    """The platform knows no such thing: for a listing that was there, a fact to be recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How fast and how patient a session is."""

    per_second: float | None = None
    """Calls a second that the platform allows."""
    attempts: int = 5
    first_pause: float = 0.5
    """Seconds before the second attempt, doubled for each further one; half of it is chance."""
    longest_pause: float = 60.0
    """A platform that asks to be left alone for longer ends the run, which is resumed later."""
    seconds: float = 30.0
    """For each wait of an attempt: to connect, and for the next bytes."""
    redirects: int = 0
    """APIs do not redirect; shops' sites do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request in the platform's words."""

    method: str
    path: str
    """Below the platform's address, or a whole URL that the platform itself gave."""
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    json: Json | None = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    """A body as it is to be sent, where a signature covers it; `headers` then say what it is."""
    once: bool = False
    """Whether it is made once only, since each time may cost: unless it is certain that it did nothing."""
    free: bool = False
    """Whether it counts against no cap, as asking for a token does."""


class WebSession:
    """A platform's API, for as long as its `opened` block lasts."""

    def __init__(
        self,
        platform: str,
        access: Access,
        *,
        address: str,
        limits: Limits,
        explain: Callable[[Json], str | None],
    ) -> None:
        """`explain` finds the message in the platform's own error body; None where there is none."""
        self.platform = platform
        self.access = access
        self.address = access.addresses.get(platform, address).rstrip("/")
        self._transport = access.transport
        self._limits = limits
        self._explain = explain
        self._pace = Pace(limits.per_second, clock=access.clock, sleep=access.sleep)
        self._client: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections live within this block."""
        async with httpx.AsyncClient(
            transport=self._transport(),
            timeout=self._limits.seconds,
            follow_redirects=self._limits.redirects > 0,
            max_redirects=self._limits.redirects,
            headers={"User-Agent": AGENT, "Accept": "application/json"},
        ) as self._client:
            yield

    async def json(self, call: Call) -> Json:
        """The JSON object that answers a call, after as many attempts as it takes.

        Raises:
            SettingsError: the credentials are refused.
            GoneError: there is no such thing.
            SourceError: the request is refused; making it again is of no use.
            RateLimitedError: the platform, or the tenant's cap, says: not now.
            UnreachableError: no usable answer in as many attempts as are made.
        """
        return await self._answer(call, self._object)

    async def array(self, call: Call) -> list[Any]:
        """The JSON list that answers a call; errors as `json`'s."""
        return await self._answer(call, self._list)

    async def text(self, call: Call) -> str:
        """The text, of whatever kind, that answers a call; errors as `json`'s."""
        return await self._answer(call, lambda response: response.text)

    def slow_down(self, per_second: float) -> None:
        """Keep a pace no faster than this from now on: the platform has asked for it."""
        self._pace.slow_down(per_second)

    async def _answer(self, call: Call, read: Callable[[httpx.Response], _T]) -> _T:
        pause, attempt = self._limits.first_pause, 1
        while True:
            try:
                return read(await self._once(call))
            except RetryError as error:
                asked = error.retry_after
                wait = pause * (0.5 + 0.5 * self.access.chance()) if asked is None else asked
                unsure = call.once and not isinstance(error, RateLimitedError)
                if unsure or attempt >= self._limits.attempts or wait > self._limits.longest_pause:
                    raise
            self._pace.hold(wait)
            pause, attempt = 2 * pause, attempt + 1

    async def _once(self, call: Call) -> httpx.Response:
        if self._client is None:
            raise RuntimeError("a session is used within its `opened` block")
        await self._pace.wait()
        if not call.free:
            self.access.meter.take(self.platform)
        try:
            response = await self._client.request(
                call.method,
                call.path if "://" in call.path else f"{self.address}{call.path}",
                params=call.params,
                headers=call.headers,
                json=call.json,
                data=call.form,
                content=call.content,
            )
        except FetchError as error:
            raise _reached(error) from error
        except FOREIGN as error:
            raise _reached(translated(error, self.platform)) from error
        if not response.is_success:
            raise self.refusal(response)
        return response

    def _object(self, response: httpx.Response) -> Json:
        body = self._decoded(response)
        if not isinstance(body, dict):
            raise UnreachableError(
                f"{self.platform} answers with JSON that is not an object.", hint="Resume later."
            )
        return body

    def _list(self, response: httpx.Response) -> list[Any]:
        body = self._decoded(response)
        if not isinstance(body, list):
            raise UnreachableError(
                f"{self.platform} answers with JSON that is not a list.", hint="Resume later."
            )
        return body

    def _decoded(self, response: httpx.Response) -> object:
        try:
            return response.json()
        except ValueError as error:
            raise UnreachableError(
                f"{self.platform} answers with something that is not JSON.", hint="Resume later."
            ) from error

    def refusal(self, response: httpx.Response) -> CounterfoilError:
        """Our error for an answer that is no success."""
        status = response.status_code
        try:
            body = response.json()
        except ValueError:
            body = None  # its status says enough
        said = (self._explain(body) if isinstance(body, dict) else None) or response.reason_phrase
        told = f"({status}: {said[:_MOST_SHOWN]})"
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimitedError(
                f"{self.platform} asks us to slow down {told}.",
                hint="Resume later; a lower pace or another account's quota helps in the long run.",
                retry_after=retry_after(response),
            )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _AGAIN:
            return UnreachableError(
                f"{self.platform} fails {told}.", hint="Resume later.", retry_after=retry_after(response)
            )
        if status in _REFUSED:
            return SettingsError(
                f"{self.platform} refuses our credentials {told}.",
                hint=f"Check COUNTERFOIL_CONNECTORS__{self.platform.upper()}__… and what they allow.",
            )
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return GoneError(
                f"{self.platform} knows nothing of it {told}.", hint="Check the id, or let it go."
            )
        return SourceError(f"{self.platform} refuses the request {told}.", hint="Check the query.")


def _reached(error: Exception) -> Exception:
    """A picture's error as a source's: what cannot be reached may answer later, the rest is a refusal."""
    if isinstance(error, RetryError):
        return error
    return SourceError(str(error), hint="Check the address in the settings.")
