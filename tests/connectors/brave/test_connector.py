"""Brave's image search: asked once, and the pages it finds read by their JSON-LD."""

import httpx
import pytest
from pydantic import SecretStr

from connectors.brave import SOURCE, BraveConnector
from connectors.sandbox import Catalogue, build
from scoring.errors import SourceError
from tests.connectors.sandboxed import WHEN, OnSandbox, answering, listings, reaching, rows

GOODS = 45


def connector(sandbox, query="*", **more) -> BraveConnector:
    return BraveConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestBrave(OnSandbox):
    kind = BraveConnector
    refused = ("image:lamp.jpg",)


def test_a_page_without_json_ld_is_a_listing_with_what_the_search_says_of_it(sandbox):
    found = {row.raw_id: row for row in rows(connector(sandbox))}
    plain = found["sandbox/plain/7"]
    assert plain.listing.title == sandbox.catalogue.item(7).title
    assert plain.listing.images == ("http://sandbox/pictures/7-0.jpg",)
    assert plain.errors == ("the page says nothing of a product in JSON-LD",)
    assert not found["sandbox/goods/8"].errors
    assert found["sandbox/goods/8"].listing.price.amount == sandbox.catalogue.item(8).price


def test_a_kept_answer_is_translated_without_reading_its_pages():
    result = {
        "url": "https://shop.example/a",
        "title": "Lamp",
        "thumbnail": {"src": "https://b.example/a.jpg"},
    }
    (row,) = SOURCE.translate({"results": [result]}, WHEN)
    assert (row.listing.title, row.listing.images) == ("Lamp", ("https://b.example/a.jpg",))
    assert row.errors == ("the page itself was not read",)


class Counting:
    def __init__(self) -> None:
        self.taken: list[str] = []

    def take(self, resource: str) -> None:
        self.taken.append(resource)


def test_a_resumed_search_is_not_paid_for_again(sandbox):
    meter = Counting()
    pages = connector(sandbox, meter=meter).pages()
    next(pages)
    _, checkpoint = next(pages)
    rest = [row for page, _ in connector(sandbox, meter=meter).pages(checkpoint) for row in page]
    assert len(rest) == GOODS - 10
    assert meter.taken.count("brave") == 1


def test_a_wrong_token_is_refused_and_not_shown(sandbox):
    secrets = {"brave": {"subscription_token": SecretStr("hush")}}
    with pytest.raises(SourceError, match="subscription token is invalid") as raised:
        listings(connector(sandbox, credentials=secrets))
    assert "hush" not in str(raised.value)


def test_sites_that_fail_or_want_to_be_left_alone_do_not_stop_the_others():
    answers = {"busy.example": 429, "broken.example": 500, "closed.example": 403, "gone.example": 404}
    told = '<script type="application/ld+json">{"@type": "Product", "name": "Lamp"}</script>'

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.search.brave.com":
            pages = [*answers, "good.example", "ftp://x"]
            found = [{"url": one if "//" in one else f"https://{one}/a", "title": "T"} for one in pages]
            return httpx.Response(200, json={"results": found})
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        status = answers.get(request.url.host, 200)
        return httpx.Response(status, text=told if status == 200 else "", headers={"Retry-After": "0"})

    access = answering(handle, public_transport=lambda: httpx.MockTransport(handle))
    found = rows(BraveConnector("lamp", access, clock=lambda: WHEN))
    assert [row.listing.title for row in found] == ["T", "T", "T", "T", "Lamp", "T"]
    assert [bool(row.errors) for row in found] == [True, True, True, True, False, True]
