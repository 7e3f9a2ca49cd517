"""Pages of shops: read politely, only where they are public, and one that fails does not stop the others."""

import httpx
import pytest

from connectors.guard import GuardedTransport
from connectors.pictures import FetchLimits
from connectors.sandbox import Catalogue, build
from connectors.shop import ShopConnector
from connectors.web import Access
from connectors.web.guarded import GuardedAsyncTransport
from tests.connectors.sandboxed import WHEN, answering, listings, no_pause, reaching, rows
from tests.contracts.connector import ConnectorContract

GOODS = 6


def connector(sandbox, pages, **more) -> ShopConnector:
    return ShopConnector(pages, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestShop(ConnectorContract):
    numbers = tuple(range(1, GOODS + 2))

    @pytest.fixture(autouse=True)
    def _shop(self, sandbox):
        self.sandbox = sandbox

    def open(self):
        return connector(self.sandbox, " ".join(f"http://sandbox/goods/{n}" for n in (1, 2, 3, 99, 4, 5, 6)))

    def gone(self, listing):
        return listing.model_copy(update={"listing_id": "sandbox/goods/99", "url": "http://sandbox/goods/99"})

    def failures(self):
        return (
            lambda: connector(self.sandbox, "seller:someone"),
            lambda: list(connector(self.sandbox, "ftp://shop.example/lamp").pages()),
            lambda: list(connector(self.sandbox, "https://user:word@shop.example").pages()),
        )


def test_pages_that_cannot_be_read_are_rows_with_the_reason(sandbox):
    pages = "http://sandbox/goods/99 http://sandbox/goods/private http://sandbox/pictures/1-0.jpg"
    gone, private, picture = rows(connector(sandbox, pages))
    assert "knows nothing of it" in gone.errors[0]
    assert "robots.txt of sandbox does not allow /goods/private" in private.errors[0]
    assert "nothing of a product" in picture.errors[0]
    assert gone.raw_id == "http://sandbox/goods/99"


def test_a_site_is_read_as_slowly_as_it_asks():
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    def handle(request: httpx.Request) -> httpx.Response:
        rules = "User-agent: counterfoil\nCrawl-delay: 7\n"
        return httpx.Response(200, text=rules if request.url.path == "/robots.txt" else "<html>")

    access = answering(
        handle, sleep=sleep, clock=lambda: 0.0, public_transport=lambda: httpx.MockTransport(handle)
    )
    rows(ShopConnector("https://a.example/1 https://a.example/2", access))
    assert slept[0] == 1.0
    assert slept[1] == pytest.approx(8.0)


def guarded(allow_private=False, **limits) -> Access:
    transport = GuardedAsyncTransport(
        GuardedTransport(allow_private=allow_private), limits=FetchLimits(**limits)
    )
    return Access(public_transport=lambda: transport, sleep=no_pause)


def test_private_addresses_are_refused(server):
    (row,) = rows(ShopConnector(f"{server.url}/html", guarded()))
    assert "not one that pictures" in row.errors[0] or "not a public address" in row.errors[0]
    assert not server.hits


def test_a_page_is_read_through_the_guard(server):
    (row,) = rows(ShopConnector(f"{server.url}/html", guarded(allow_private=True)))
    assert row.errors == ("the page says nothing of a product in JSON-LD",)
    assert server.hits["/html"] == 1


def test_a_body_without_end_is_given_up(server):
    (row,) = rows(ShopConnector(f"{server.url}/bomb", guarded(allow_private=True, max_bytes=1 << 20)))
    assert "larger than 1,048,576 bytes" in row.errors[0]


def test_redirects_are_followed_through_the_same_guard(server):
    (row,) = rows(ShopConnector(f"{server.url}/to//html", guarded(allow_private=True)))
    assert server.hits["/html"] == 1
    assert row.listing is None


def test_a_page_holds_its_product(sandbox):
    (found,) = listings(connector(sandbox, "http://sandbox/goods/3"))
    item = sandbox.catalogue.item(3)
    assert (found.title, found.price.amount, found.brand) == (item.title, item.price, item.brand)
