"""eBay's connector against the sandbox's Browse API."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from pydantic import SecretStr

from connectors.ebay import EbayConnector
from connectors.ebay.client import DEPTH
from connectors.ebay.probe import probe
from connectors.sandbox import Catalogue, Faults, build, running
from connectors.web import Access
from scoring.errors import RateLimitedError, SettingsError, SourceError
from tests.contracts.connector import ConnectorContract

WHEN = datetime(2026, 11, 24, tzinfo=UTC)
GOODS = 650
SECRETS = {"ebay": {"client_id": SecretStr("sandbox"), "client_secret": SecretStr("sandbox-secret")}}


async def no_pause(seconds: float) -> None:
    pass


def reaching(sandbox, **more) -> Access:
    """Access to a sandbox without a socket."""
    return Access(
        **{
            "credentials": SECRETS,
            "addresses": {"ebay": "http://sandbox/ebay"},
            "transport": lambda: httpx.ASGITransport(sandbox.app),
            "sleep": no_pause,
        }
        | more
    )


def connector(sandbox, query="*", *, depth=DEPTH, **more) -> EbayConnector:
    return EbayConnector(query, reaching(sandbox, **more), depth=depth, clock=lambda: WHEN)


def ids(source: EbayConnector) -> list[str]:
    return [row.listing.listing_id for rows, _ in source.pages() for row in rows if row.listing]


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestEbay(ConnectorContract):
    numbers = tuple(range(1, GOODS + 1))
    nowhere = "v1|1|0"

    @pytest.fixture(autouse=True)
    def _shop(self, sandbox):
        self.sandbox = sandbox

    def open(self):
        return connector(self.sandbox)

    def failures(self):
        return (
            lambda: list(connector(self.sandbox, credentials={}).pages()),
            lambda: connector(self.sandbox, "id:"),
            lambda: EbayConnector("lamp", reaching(self.sandbox), market="XX"),
            lambda: list(connector(self.sandbox, "seller:someone").pages()),
            lambda: list(connector(self.sandbox, "image:/nowhere.jpg").pages()),
            lambda: list(connector(self.sandbox, "id:v1|1|0").pages()),
        )


def test_words_find_what_holds_them_all(sandbox):
    found = ids(connector(sandbox, '"steel lamp"'))
    assert len(found) == len(sandbox.catalogue.find("steel lamp")) > 0


def test_one_item_comes_with_its_stock_and_description(sandbox):
    ((row,), _), *rest = connector(sandbox, "id:v1|110000000001|0").pages()
    assert not rest
    assert row.listing.stock.min is not None
    assert row.listing.description


def test_a_picture_finds_the_items_that_show_it(sandbox, tmp_path):
    (tmp_path / "seen.jpg").write_bytes(sandbox.catalogue.picture(7, 0))
    assert ids(connector(sandbox, f"image:{tmp_path / 'seen.jpg'}")) == ["v1|110000000007|0"]


def test_a_sellers_items(sandbox):
    seller = sandbox.catalogue.items[0].seller
    found = [row for rows, _ in connector(sandbox, f"seller:{seller} *").pages() for row in rows]
    assert {row.listing.seller.id for row in found} == {seller}


@pytest.mark.parametrize("depth", [200, 400, 600])
def test_a_search_deeper_than_ebay_shows_is_read_whole(depth):
    """Split by price until each slice fits; the slices meet without overlapping."""
    deep = build(Catalogue(GOODS), depth=depth)
    found = ids(connector(deep, depth=depth))
    assert len(found) == len(set(found)) == GOODS


@pytest.fixture(scope="module")
def at_one_price():
    """More at one price than the sandbox shows, in four categories."""
    goods = Catalogue(GOODS)
    goods.items = tuple(replace(it, price=Decimal("9.99")) for it in goods.items)
    return goods


def test_what_has_one_price_is_split_by_category(at_one_price):
    found = ids(connector(build(at_one_price, depth=200), depth=200))
    assert len(found) == len(set(found)) == GOODS


def test_what_is_deeper_than_a_price_and_a_category_is_told(at_one_price):
    sizes = Counter(it.category for it in at_one_price.items).values()
    assert min(sizes) < 160 < max(sizes)  # one just fits and one just does not
    source = connector(build(at_one_price, depth=160), depth=160)
    *_, (_, last) = source.pages()
    assert last.rows == sum(min(size, 160) for size in sizes)
    assert len(source.gaps(last)) == sum(size > 160 for size in sizes)


def test_a_deep_search_resumes_after_any_page():
    deep = build(Catalogue(GOODS), depth=200)
    every = [row for rows, _ in connector(deep, depth=200).pages() for row in rows]
    for _, checkpoint in connector(deep, depth=200).pages():
        rest = [row for rows, _ in connector(deep, depth=200).pages(checkpoint) for row in rows]
        assert rest == every[checkpoint.rows :]


def test_a_token_that_ends_in_the_middle_is_asked_for_again(sandbox):
    pages = connector(sandbox).pages()
    next(pages)
    sandbox.ebay.tokens.revoke()
    assert len(next(pages)[0]) == 200


def test_credentials_that_are_refused_are_not_tried_twice(sandbox):
    wrong = {"ebay": {"client_id": SecretStr("sandbox"), "client_secret": SecretStr("other")}}
    with pytest.raises(SettingsError, match="client authentication failed") as raised:
        list(connector(sandbox, credentials=wrong).pages())
    assert "other" not in str(raised.value)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_bad_day_loses_nothing_and_doubles_nothing(seed):
    """Over a real socket: only there a body can be cut short."""
    faults = Faults(rate_limited=0.06, failing=0.04, truncated=0.08, garbled=0.05, seed=seed)
    shop = build(Catalogue(3000), faults=faults)
    with running(shop) as address:
        access = Access(credentials=SECRETS, addresses={"ebay": f"{address}/ebay"}, sleep=no_pause)
        found = ids(EbayConnector("*", access))
    assert len(found) == len(set(found)) == 3000
    assert sum(shop.app.happened.values()) > 0


class Cap:
    def __init__(self, most: int) -> None:
        self.most, self.taken = most, 0

    def take(self, resource: str) -> None:
        if self.taken == self.most:
            raise RateLimitedError("the day's calls are spent.", hint="Wait.", retry_after=3600)
        self.taken += 1


def test_a_cap_ends_the_run_where_it_can_be_resumed(sandbox):
    cap = Cap(2)
    pages = connector(sandbox, meter=cap).pages()
    read = [next(pages), next(pages)]
    with pytest.raises(RateLimitedError, match="spent"):
        next(pages)
    rest = [row for rows, _ in connector(sandbox).pages(read[-1][1]) for row in rows]
    assert sum(len(rows) for rows, _ in read) + len(rest) == GOODS


def test_a_check_tells_whether_the_account_may_search_by_image(sandbox):
    page, image = probe(reaching(sandbox), "US")
    assert page == "5 listings in the first page of a search"
    assert image == "search by image is allowed"


def test_an_account_that_may_not_search_by_image_is_told(sandbox, tmp_path):
    (tmp_path / "p.jpg").write_bytes(b"x")

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        if request.method == "GET":
            return httpx.Response(200, json={"total": 0})
        return httpx.Response(404, json={"errors": [{"errorId": 2002, "message": "Resource not found"}]})

    access = reaching(sandbox, transport=lambda: httpx.MockTransport(handle))
    with pytest.raises(SourceError, match="may not search by image"):
        list(EbayConnector(f"image:{tmp_path / 'p.jpg'}", access).pages())
    _, image = probe(access, None)
    assert "may not search by image" in image
