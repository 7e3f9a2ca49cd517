"""Access tokens as marketplaces give them."""

import secrets
import time
from collections.abc import Callable
from typing import Any


class Tokens:
    """Application tokens that end."""

    def __init__(self, *, seconds: float = 7200.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._ends: dict[str, float] = {}

    def issue(self) -> dict[str, Any]:
        """A new token, as the token service answers."""
        token = secrets.token_urlsafe(24)
        self._ends[token] = self._clock() + self.seconds
        return {
            "access_token": token,
            "expires_in": int(self.seconds),
            "token_type": "Application Access Token",
        }

    def holds(self, token: str | None) -> bool:
        """Whether a token has been issued and has not ended."""
        return self._ends.get(token or "", 0.0) > self._clock()

    def good(self, header: str | None) -> bool:
        """Whether an Authorization header carries a token that has not ended."""
        kind, _, token = (header or "").partition(" ")
        return kind == "Bearer" and self.holds(token)

    def revoke(self) -> None:
        """End every token now."""
        self._ends.clear()
