"""Shopify stores, against the sandbox's storefront."""

import httpx
import pytest

from connectors.interface import Checkpoint
from connectors.sandbox import Catalogue, build
from connectors.shopify import ShopifyConnector
from connectors.shopify.translate import translate_product
from scoring.errors import SourceError, UnreachableError
from scoring.listing import Stock
from tests.connectors.sandboxed import WHEN, OnSandbox, answering, listings, reaching

GOODS = 620


def connector(sandbox, store="store.example", **more) -> ShopifyConnector:
    return ShopifyConnector(store, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestShopify(OnSandbox):
    kind = ShopifyConnector
    query = "store.example"
    refused = (
        "text:lamp",
        "store.example/collections/none",
        "store.example/cart",
        "https://user:word@store.example",
    )

    def failures(self):
        _, *others = super().failures()  # stores ask for no credentials
        return tuple(others)


def test_a_collection_is_read_alone(sandbox):
    found = listings(connector(sandbox, "https://store.example/collections/kitchen/"))
    assert {one.category for one in found} == {"Kitchen"}
    assert len(found) == sum(it.category == "Kitchen" for it in sandbox.catalogue.items)


def store(meta=None, *, products=200, rules=""):
    """A store that has one product."""
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        match request.url.path:
            case "/robots.txt":
                return httpx.Response(200, text=rules)
            case "/meta.json":
                return httpx.Response(200, json=meta) if meta else httpx.Response(404)
        more = request.url.params["page"] == "1"
        product = {"id": 1, "title": "Lamp", "variants": [{"price": "12.50"}]}
        return httpx.Response(products, json={"products": [product] * more})

    access = answering(handle, public_transport=lambda: httpx.MockTransport(handle))
    return ShopifyConnector("lamps.example", access, clock=lambda: WHEN), asked


def test_a_store_that_does_not_name_its_currency_has_no_prices():
    ((row,), _), *_ = store()[0].pages()
    assert row.listing.price is None
    assert row.errors == ("price: '12.50' in a currency that the store does not name",)


def test_it_speaks_to_the_store_itself():
    shop, asked = store({"currency": "EUR"})
    (found,) = listings(shop)
    assert (found.price.currency, found.listing_id) == ("EUR", "lamps.example/1")
    assert asked[:3] == [
        "https://lamps.example/robots.txt",
        "https://lamps.example/meta.json",
        "https://lamps.example/products.json?limit=250&page=1",
    ]


def test_rules_against_it_are_kept():
    shop, asked = store({"currency": "EUR"}, rules="User-agent: *\nDisallow: /products.json")
    with pytest.raises(SourceError, match=r"robots.txt of lamps.example does not allow /products.json"):
        list(shop.pages())
    assert not any("products.json" in url for url in asked)


SHUT = [
    (403, SourceError, "does not let us in", "a store that lets nobody in"),
    (404, SourceError, "no Shopify store", "a shop of another make"),
    (503, UnreachableError, "fails", "a store that is down"),
]


@pytest.mark.parametrize(("status", "error", "says", "reason"), SHUT, ids=[case[3] for case in SHUT])
def test_stores_that_are_shut(status, error, says, reason):
    with pytest.raises(error, match=says) as raised:
        list(store({"currency": "EUR"}, products=status)[0].pages())
    assert raised.value.hint


STOCKS = [
    ([], Stock(), "nothing is said"),
    ([{"available": False}, {"available": True}], Stock(kind="in_stock", observed_at=WHEN), "one is left"),
    ([{"available": False}], Stock(kind="exact", min=0, max=0, observed_at=WHEN), "sold out"),
]


@pytest.mark.parametrize(("variants", "expected", "reason"), STOCKS, ids=[case[2] for case in STOCKS])
def test_stock_of_variants(variants, expected, reason):
    listing, _ = translate_product({"id": 1, "variants": variants}, host="h", meta={}, observed_at=WHEN)
    assert listing.stock == expected


def test_the_cheapest_variant_stands_for_all():
    variants = [{"price": "100.00"}, {"price": "9.50"}]
    product = {"id": 1, "variants": variants}
    listing, _ = translate_product(product, host="h", meta={"currency": "EUR"}, observed_at=WHEN)
    assert str(listing.price.amount) == "9.50"


MOVED = [
    ((900, 900), True, (), "a store that stood still"),
    ((900, 897), True, ("the store had 900 products at first and 897 at last: up to 3",), "some went"),
    ((900, 901), True, ("the store had 900 products at first and 901 at last: up to 1",), "one came"),
    ((25_007, 25_007), False, ("7 of 25,007 are deeper than the platform shows",), "deeper than 25,000"),
    ((25_000, 25_000), False, (), "as deep as that"),
    ((None, 900), True, (), "a store that does not say"),
]


@pytest.mark.parametrize(("counts", "ends", "gaps", "reason"), MOVED, ids=[case[3] for case in MOVED])
def test_what_a_store_says_of_itself_tells_what_may_be_missing(counts, ends, gaps, reason):
    """Its pages have no total. The hundredth page of 250 is the last that can be asked for."""
    begun, now = counts

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        if request.url.path == "/meta.json":
            return httpx.Response(200, json={"currency": "USD", "published_products_count": now})
        product = {"id": 1, "title": "Lamp", "variants": [{"price": "12.50"}]}
        return httpx.Response(200, json={"products": [] if ends else [product]})

    store = ShopifyConnector("store.example", answering(handle))
    known = "" if begun is None else str(begun)
    begin = Checkpoint(4 * 250, f"5/{known}") if ends else Checkpoint(99 * 250, f"100/{known}")
    *_, last = (begin, *(after for _, after in store.pages(begin)))
    assert [gap.partition(" of them")[0] for gap in store.gaps(last)] == [*gaps]
