"""Amazon's connector against the sandbox's Selling Partner API."""

import httpx
import pytest
from pydantic import SecretStr

from connectors.amazon import AmazonConnector
from connectors.amazon.offers import offers_on as looked_up
from connectors.sandbox import Catalogue, build
from connectors.sandbox.amazon import asin, offers_on
from scoring.errors import SettingsError
from scoring.listing import Listing
from tests.connectors.sandboxed import SECRETS, WHEN, OnSandbox, answering, listings, reaching, rows

GOODS = 150
ASINS = tuple(range(3, 9))


def connector(sandbox, query="*", **more) -> AmazonConnector:
    return AmazonConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestAmazonSearch(OnSandbox):
    kind = AmazonConnector
    nowhere = "B000000000"
    refused = ("asin:", "asin:,", "seller:A1")


class TestAmazonOffers(TestAmazonSearch):
    @pytest.fixture(autouse=True)
    def _offers(self, _shop, sandbox):
        every = sum(len(offers_on(sandbox.catalogue.item(number))) for number in ASINS)
        self.numbers = tuple(range(1, every + 1))

    def open(self):
        return connector(self.sandbox, "asin:" + ",".join(map(asin, ASINS)))


def test_words_find_what_holds_them_all(sandbox):
    found = listings(connector(sandbox, '"steel lamp"'))
    assert len(found) == len(sandbox.catalogue.find("steel lamp")) > 0


def test_each_offer_on_a_page_is_a_listing_of_its_own(sandbox):
    """Two cheaper sellers have attached themselves to the page of the first."""
    page = sandbox.catalogue.item(5)
    *attached, own = listings(connector(sandbox, f"asin:{asin(5)}"))
    assert [one.seller.id for one in attached] == ["ATTACHED-5-0", "ATTACHED-5-1"]
    assert all(one.price.amount < own.price.amount == page.price for one in attached)
    assert {(one.title, one.images) for one in attached} == {(own.title, own.images)}
    assert len({one.listing_id for one in (*attached, own)}) == 3


def test_pages_are_found_by_the_barcodes_of_what_is_sold_on_them(sandbox):
    goods = sandbox.catalogue.items[:45]
    found = listings(connector(sandbox, "gtin:" + ",".join(it.gtin for it in goods)))
    assert [one.listing_id for one in found] == [asin(it.number) for it in goods]


PAGE = Listing(platform="amazon", listing_id="B01", url="https://www.amazon.com/dp/B01", observed_at=WHEN)


def offer(seller, amount, **more):
    price = {"Amount": amount, "CurrencyCode": "USD"}
    return {"SubCondition": "new", "SellerId": seller, "ListingPrice": price} | more


LOOKED_UP = [
    ("B01", [], (False, None, ()), "a page without offers is still there"),
    (
        "B01",
        [offer("A", 5), offer("B", 9, IsBuyBoxWinner=True)],
        (False, "B", ("B01/A",)),
        "the offer that the page features, and the cheaper one beside it",
    ),
    ("B01", [offer("A", 5), offer("B", 9)], (False, "A", ("B01/B",)), "the cheapest where none is featured"),
    ("B01/B", [offer("A", 5), offer("B", 9)], (False, "B", ("B01/A",)), "one seller's own offer"),
    ("B01/C", [offer("A", 5)], (True, None, ()), "one that its seller has withdrawn"),
]


@pytest.mark.parametrize(
    ("known", "offers", "expected", "reason"), LOOKED_UP, ids=[it[3] for it in LOOKED_UP]
)
def test_a_look_up(known, offers, expected, reason):
    listing = PAGE.model_copy(update={"listing_id": known})
    detail = looked_up(listing, offers, observed_at=WHEN)
    seller = detail.listing.seller
    others = tuple(one.listing_id for one in detail.others)
    assert (detail.gone, seller.id if seller else None, others) == expected
    assert detail.listing.listing_id == known


def test_a_page_that_is_gone_is_a_row_that_says_so(sandbox):
    gone, *rest = rows(connector(sandbox, f"asin:{asin(9999)},{asin(5)}"))
    assert (gone.listing, gone.raw_id) == (None, asin(9999))
    assert "no page B000009999" in gone.errors[0]
    assert len(rest) == 3


def test_a_token_that_ends_in_the_middle_is_asked_for_again(sandbox):
    pages = connector(sandbox).pages()
    next(pages)
    sandbox.amazon.tokens.revoke()
    assert len(next(pages)[0]) == 20


@pytest.mark.parametrize("wrong", ["client_secret", "refresh_token"])
def test_credentials_that_are_refused_are_not_shown(sandbox, wrong):
    secrets = {"amazon": SECRETS["amazon"] | {wrong: SecretStr("hush")}}
    with pytest.raises(SettingsError, match="refuses our credentials") as raised:
        list(connector(sandbox, credentials=secrets).pages())
    assert "hush" not in str(raised.value)


def test_it_speaks_to_the_region_of_the_market():
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/auth/o2/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        return httpx.Response(200, json={"items": [], "pagination": {}})

    assert rows(AmazonConnector("lamp", answering(handle), market="de")) == []
    token, search = asked
    assert token.url.host == "api.amazon.com"
    assert search.url.host == "sellingpartnerapi-eu.amazon.com"
    assert search.url.params["marketplaceIds"] == "A1PA6795UKMFR9"
    assert search.headers["x-amz-access-token"] == "t"
