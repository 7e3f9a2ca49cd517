"""Found pages are read several at a time, each site's rules once, and a spent cap stops all of them."""

import httpx
import pytest

from connectors.brave import BraveConnector
from connectors.interface import Checkpoint
from scoring.errors import RateLimitedError
from tests.connectors.sandboxed import WHEN, answering

PAGES = 25


class Web:
    """Brave, and two sites of which each shows every second page."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.url.host}{request.url.path}")
        if request.url.host == "api.search.brave.com":
            found = [{"url": f"https://{'ab'[n % 2]}.example/{n}", "title": f"T{n}"} for n in range(PAGES)]
            return httpx.Response(200, json={"results": found})
        if request.url.path == "/robots.txt":
            return httpx.Response(200, text="User-agent: *\nDisallow: /7\n")
        return httpx.Response(200, text="<html>")

    def open(self, **more) -> BraveConnector:
        access = answering(self, public_transport=lambda: httpx.MockTransport(self), **more)
        return BraveConnector("lamp", access, clock=lambda: WHEN)


class Cap:
    def __init__(self, most: int) -> None:
        self.left = most

    def take(self, resource: str) -> None:
        if resource == "shop":
            if not self.left:
                raise RateLimitedError("the day's calls are spent.", hint="Wait.", retry_after=3600)
            self.left -= 1


def test_each_sites_rules_are_read_once_and_kept():
    web = Web()
    rows = [row for page, _ in web.open().pages() for row in page]
    assert sorted(it for it in web.asked if "robots" in it) == [
        "a.example/robots.txt",
        "b.example/robots.txt",
    ]
    assert [row.listing.title for row in rows] == [f"T{n}" for n in range(PAGES)]
    assert "robots.txt of b.example does not allow /7" in rows[7].errors[0]
    assert "b.example/7" not in web.asked


def test_a_spent_cap_stops_where_it_can_be_resumed():
    web, last = Web(), Checkpoint()
    pages = web.open(
        meter=Cap(15)
    ).pages()  # two sets of rules, nine pages that they allow, and four of the next ten
    _, last = next(pages)
    _, last = next(pages)
    with pytest.raises(RateLimitedError, match="spent"):
        next(pages)
    pages.close()
    assert sum("robots" not in it for it in web.asked) == 1 + 9 + 4
    rest = [row for page, _ in web.open().pages(last) for row in page]
    assert [row.listing.title for row in rest] == [f"T{n}" for n in range(10, PAGES)]
