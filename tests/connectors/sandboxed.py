"""Connectors at the sandbox without a socket, and what their tests ask of them."""

from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

import httpx
import pytest
from pydantic import SecretStr

from connectors.sandbox.server import CREDENTIALS, addresses
from connectors.web import Access
from tests.contracts.connector import ConnectorContract

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
        **{
            "credentials": SECRETS,
            "transport": lambda: httpx.MockTransport(handle),
            "public_transport": lambda: httpx.MockTransport(handle),
            "sleep": no_pause,
        }
        | more
    )


def rows(connector) -> list:
    return [row for page, _ in connector.pages() for row in page]


def listings(connector) -> list:
    return [row.listing for row in rows(connector) if row.listing is not None]


class OnSandbox(ConnectorContract):
    """A connector that reads all of a sandbox's goods: give `kind`, and the module a `sandbox` fixture."""

    kind: ClassVar[type]
    query: ClassVar[str] = "*"
    refused: ClassVar[tuple[str, ...]] = ()
    """Queries that the platform cannot be asked, beside markets and credentials that are not there."""

    @pytest.fixture(autouse=True)
    def _shop(self, sandbox):
        self.sandbox = sandbox
        self.numbers = tuple(range(1, len(sandbox.catalogue.items) + 1))

    def open(self):
        return self.asked(self.query)

    def asked(self, query, **more):
        return self.kind(query, reaching(self.sandbox, **more), clock=lambda: WHEN)

    def failures(self):
        return (
            lambda: list(self.asked(self.query, credentials={}).pages()),
            lambda: self.kind(self.query, reaching(self.sandbox), market="XX"),
            *(partial(lambda query: list(self.asked(query).pages()), query) for query in self.refused),
        )
