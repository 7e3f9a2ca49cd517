"""Web detection as a source: nothing leaves without the permission that the access asks for."""

from functools import partial

import pytest

from connectors.google_web import GoogleWebConnector
from connectors.sandbox import Catalogue, build
from scoring.errors import CatalogError
from scoring.features import WebMatch
from tests.connectors.sandboxed import WHEN, listings, reaching
from tests.contracts.connector import ConnectorContract

GOODS = 33


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


def web_search(reference_id: str) -> WebMatch | None:
    if reference_id == "unknown to the web":
        return None
    if reference_id != "allowed":
        raise CatalogError(f"Nobody allowed reference {reference_id}.", hint="Allow it first.")
    pages = tuple(f"http://sandbox/goods/{number}" for number in range(1, GOODS + 1))
    return WebMatch(labels=(), entities=(), full_urls=(), partial_urls=(), page_urls=pages)


def connector(sandbox, reference="allowed", **more) -> GoogleWebConnector:
    access = reaching(sandbox, **({"web_search": web_search} | more))
    return GoogleWebConnector(reference, access, clock=lambda: WHEN)


class TestGoogleWeb(ConnectorContract):
    numbers = tuple(range(1, GOODS + 1))

    @pytest.fixture(autouse=True)
    def _shop(self, sandbox):
        self.sandbox = sandbox

    def open(self):
        return connector(self.sandbox)

    def failures(self):
        pages = partial(lambda source: list(source.pages()))
        return (
            lambda: pages(connector(self.sandbox, "another")),
            lambda: pages(connector(self.sandbox, web_search=None)),
            lambda: connector(self.sandbox, "seller:A1"),
        )


def test_a_reference_that_the_web_does_not_know_finds_nothing(sandbox):
    assert listings(connector(sandbox, "unknown to the web")) == []
