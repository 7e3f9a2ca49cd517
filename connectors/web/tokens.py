"""Access tokens that end: asked for when they are needed, kept while they are good."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from connectors.web.session import Call, Json, WebSession
from connectors.web.words import number
from scoring.errors import SettingsError, SourceError, UnreachableError

_T = TypeVar("_T")
_EARLY = 60.0
"""Seconds before a token's end from which a new one is asked for."""
_USUAL = 3600.0
"""Seconds that a token lasts where the answer does not say (RFC 6749, 5.1, only recommends that it does)."""


class Token:
    """One application's token, shared by all sessions of a platform."""

    def __init__(
        self,
        session: WebSession,
        *,
        ask: Callable[[], Call],
        headers: Callable[[str], Mapping[str, str]],
    ) -> None:
        """A token's keeper.

        Args:
            session: over which it is asked for.
            ask: the call that gets one; it reads the credentials, so it is made only when needed.
            headers: what a call carries to show a token.
        """
        self._session = session
        self._ask = ask
        self._headers = headers
        self._token = ""
        self._ends = 0.0

    async def json(self, call: Call, *, session: WebSession | None = None) -> Json:
        """The answer to a call that carries the token, asked for again once where it is refused."""
        return await self._retried(call, (session or self._session).json)

    async def array(self, call: Call) -> list[Any]:
        """As `json`, where the answer is a list."""
        return await self._retried(call, self._session.array)

    async def _retried(self, call: Call, ask: Callable[[Call], Awaitable[_T]]) -> _T:
        signed = await self._signed(call)
        try:
            return await ask(signed)
        except SettingsError:
            self._token = ""  # it may have been revoked before its time; a second refusal is meant
            return await ask(await self._signed(call))

    async def _signed(self, call: Call) -> Call:
        clock = self._session.access.clock
        if not self._token or clock() >= self._ends:
            try:
                answer = await self._session.json(self._ask())
            except (
                SourceError
            ) as error:  # a grant that has been withdrawn is answered with 400 (RFC 6749, 5.2)
                raise SettingsError(
                    f"{self._session.platform} refuses our credentials: {error.args[0]}",
                    hint=f"Check COUNTERFOIL_CONNECTORS__{self._session.platform.upper()}__….",
                ) from error
            token = answer.get("access_token")
            if not isinstance(token, str) or not token:
                raise UnreachableError(
                    f"{self._session.platform} answers the request for a token without one.",
                    hint="Resume later.",
                )
            self._token = token
            seconds = number(answer.get("expires_in"), "expires_in", [])
            self._ends = clock() + (_USUAL if seconds is None else seconds) - _EARLY
        return replace(call, headers={**(call.headers or {}), **self._headers(self._token)})
