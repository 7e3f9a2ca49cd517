"""Who connectors speak as, against which caps, and over what: handed in, never looked up."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from pydantic import SecretStr

from connectors.guard import trusted
from connectors.web.guarded import GuardedAsyncTransport
from scoring.errors import SettingsError
from scoring.features import WebMatch


class Meter(Protocol):
    """The tenant's caps, as a connector sees them."""

    def take(self, resource: str) -> None:
        """Count one call of a resource before it is made; `RateLimitedError` where the day's are spent."""


class Unmetered:
    """No caps: for one machine's own trials."""

    def take(self, resource: str) -> None:
        """Every call is free."""


def plain_transport() -> httpx.AsyncBaseTransport:
    """To a platform's own, well-known address."""
    return httpx.AsyncHTTPTransport(verify=trusted(trust_env=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One tenant's way to the outside. Secrets stay `SecretStr` until a request carries them."""

    credentials: Mapping[str, Mapping[str, SecretStr]] = field(default_factory=dict)
    """By platform and name, as the settings have them: `COUNTERFOIL_CONNECTORS__EBAY__CLIENT_ID`."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """By platform: another address than the platform's own, such as the sandbox's."""
    meter: Meter = field(default_factory=Unmetered)
    transport: Callable[[], httpx.AsyncBaseTransport] = plain_transport
    web_search: Callable[[str], WebMatch | None] | None = None
    """What the web knows of a reference, by its id; raises where nobody allowed that. None without tenant."""
    public_transport: Callable[[], httpx.AsyncBaseTransport] = GuardedAsyncTransport
    """For addresses that listings or search results name: public ones only."""
    clock: Callable[[], float] = time.monotonic
    """Seconds that only grow."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    """From 0 to 1, for the jitter of pauses."""

    def secret(self, platform: str, name: str) -> str:
        """A credential; `SettingsError` names the variable that should hold it."""
        value = self.credentials.get(platform, {}).get(name)
        if value is None or not value.get_secret_value().strip():
            raise SettingsError(
                f"{platform} needs a credential that is not set: {name}.",
                hint=f"Set COUNTERFOIL_CONNECTORS__{platform.upper()}__{name.upper()}.",
            )
        return value.get_secret_value().strip()

    def has(self, platform: str, *names: str) -> bool:
        """Whether every one of these credentials is there."""
        known = self.credentials.get(platform, {})
        return all(name in known and known[name].get_secret_value().strip() for name in names)
