"""Connectors at the sandbox without a socket, and what their tests ask of them."""

from datetime import UTC, datetime

import httpx
from pydantic import SecretStr

from connectors.sandbox.server import CREDENTIALS, addresses
from connectors.web import Access

WHEN = datetime(2026, 11, 24, tzinfo=UTC)
SECRETS = {
    platform: {name: SecretStr(value) for name, value in names.items()}
    for platform, names in CREDENTIALS.items()
}


async def no_pause(seconds: float) -> None:
    pass


def reaching(sandbox, **more) -> Access:
    """Access to every marketplace of a sandbox."""
    return Access(
        **{
            "credentials": SECRETS,
            "addresses": addresses("http://sandbox"),
            "transport": lambda: httpx.ASGITransport(sandbox.app),
            "sleep": no_pause,
        }
        | more
    )


def answering(handle, **more) -> Access:
    """Access to a platform that answers each request as `handle` says."""
    return Access(
        **{"credentials": SECRETS, "transport": lambda: httpx.MockTransport(handle), "sleep": no_pause} | more
    )


def rows(connector) -> list:
    return [row for page, _ in connector.pages() for row in page]


def listings(connector) -> list:
    return [row.listing for row in rows(connector) if row.listing is not None]
