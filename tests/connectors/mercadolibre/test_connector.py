"""Mercado Libre against the sandbox's, and the pages that were recorded of it."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.mercadolibre import MercadoLibreConnector
from connectors.mercadolibre.translate import translate_item
from connectors.sandbox import Catalogue, build
from connectors.sandbox.mercadolibre import item_id
from scoring.errors import SettingsError, SourceError
from scoring.listing import Stock
from tests.connectors.sandboxed import WHEN, OnSandbox, listings, reaching, rows
from tests.contracts.connector import ConnectorContract

GOODS = 130
IDS = f"id:{','.join(item_id(number) for number in range(1, 51))}"
RECORDED = Path(__file__).parents[3] / "../shared/data/api-pages/mercadolibre"


def connector(sandbox, query=IDS, **more) -> MercadoLibreConnector:
    return MercadoLibreConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


@pytest.fixture(scope="module")
def opened():
    sandbox = build(Catalogue(GOODS))
    sandbox.mercadolibre.open = True
    return sandbox


class TestItems(ConnectorContract):
    numbers = tuple(range(1, 51))
    nowhere = "MLA1"

    @pytest.fixture(autouse=True)
    def _shop(self, sandbox):
        self.sandbox = sandbox

    def open(self):
        return connector(self.sandbox)

    def failures(self):
        return (
            lambda: list(connector(self.sandbox, credentials={}).pages()),
            lambda: list(connector(self.sandbox, "id:,").pages()),
            lambda: connector(self.sandbox, "seller:1"),
            lambda: list(connector(self.sandbox, "lamp").pages()),
            lambda: list(connector(self.sandbox, "category:none").pages()),
            lambda: MercadoLibreConnector(IDS, reaching(self.sandbox), market="US"),
        )


class TestSearchWhereItIsOpen(OnSandbox):
    nowhere = "MLA1"
    kind = MercadoLibreConnector

    @pytest.fixture
    def sandbox(self, opened):
        return opened


def test_a_search_that_is_closed_says_what_is_open(sandbox):
    with pytest.raises(SourceError, match=r"may not search .* category:"):
        rows(connector(sandbox, "lamp"))


def test_best_sellers_are_items_and_every_offer_of_products(sandbox):
    found = listings(connector(sandbox, "category: Kitchen"))
    wanted = [item_id(it.number) for it in sandbox.catalogue.items if it.category == "Kitchen"]
    assert sorted(one.listing_id for one in found) == sorted(wanted)


def test_an_item_that_is_gone_is_a_row_that_says_so(sandbox):
    gone, there = rows(connector(sandbox, f"id:MLA1,{item_id(1)}"))
    assert "does not show it (404: Item with id MLA1 not found)" in gone.errors[0]
    assert there.listing is not None


def test_a_token_that_ends_in_the_middle_is_asked_for_again(sandbox):
    pages = connector(sandbox).pages()
    next(pages)
    sandbox.mercadolibre.tokens.revoke()
    assert len(next(pages)[0]) == 20


def test_credentials_that_are_refused_are_not_shown(sandbox):
    secrets = {"mercadolibre": {"client_id": SecretStr("sandbox"), "client_secret": SecretStr("hush")}}
    with pytest.raises(SettingsError, match="invalid client_id") as raised:
        rows(connector(sandbox, credentials=secrets))
    assert "hush" not in str(raised.value)


STOCKS = [
    (0, Stock(kind="exact", min=0, max=0, observed_at=WHEN), "sold out"),
    (1, Stock(kind="range", min=1, max=50, observed_at=WHEN), "the lowest range"),
    (50, Stock(kind="range", min=51, max=100, observed_at=WHEN), "the next one"),
    (7, Stock(kind="exact", min=7, max=7, observed_at=WHEN), "one's own item is told exactly"),
    (None, Stock(), "nothing is said"),
    (-1, Stock(), "no number of things"),
]


@pytest.mark.parametrize(("quantity", "expected", "reason"), STOCKS, ids=[case[2] for case in STOCKS])
def test_stock(quantity, expected, reason):
    item = {"id": "MLA1", "available_quantity": quantity}
    assert translate_item(item, observed_at=WHEN)[0].stock == expected


def test_a_thumbnail_stands_for_pictures_only_where_there_are_none():
    thumbnail = {"id": "MLA1", "thumbnail": "http://http2.mlstatic.com/D_1-I.jpg"}
    assert translate_item(thumbnail, observed_at=WHEN)[0].images == ("https://http2.mlstatic.com/D_1-O.jpg",)
    more = thumbnail | {"pictures": [{"url": "http://http2.mlstatic.com/D_2-O.jpg"}]}
    assert translate_item(more, observed_at=WHEN)[0].images == ("https://http2.mlstatic.com/D_2-O.jpg",)


@pytest.mark.data
def test_the_recorded_pages_translate_whole():
    if not RECORDED.is_dir():
        pytest.skip(f"the recorded pages are not at {RECORDED}")
    (found,) = json.loads((RECORDED / "meliSearchResponse.json").read_text("utf-8"))["results"]
    listing, errors = translate_item(found, observed_at=WHEN)
    assert not errors
    assert listing.seller.rating > 90
    assert listing.seller.feedback_count > 10_000
    assert (listing.price.currency, listing.seller.country) == ("ARS", "AR")
    detail = json.loads((RECORDED / "meliProductDetailResponse.json").read_text("utf-8"))
    listing, errors = translate_item(detail, observed_at=WHEN)
    assert not errors
    assert len(listing.images) == len(detail["pictures"]) == 3
    assert listing.condition == "new"
