"""The connector to Walmart's Marketplace item search, against the sandbox's."""

import pytest
from pydantic import SecretStr

from connectors.sandbox import Catalogue, build
from connectors.walmart_marketplace import WalmartMarketplaceConnector
from connectors.walmart_marketplace.translate import translate_item
from scoring.errors import SettingsError
from tests.connectors.sandboxed import WHEN, OnSandbox, listings, reaching

GOODS = 60


def connector(sandbox, query, **more) -> WalmartMarketplaceConnector:
    return WalmartMarketplaceConnector(query, reaching(sandbox, **more), clock=lambda: WHEN)


@pytest.fixture(scope="module")
def sandbox():
    return build(Catalogue(GOODS))


class TestGtins(OnSandbox):
    kind = WalmartMarketplaceConnector
    refused = ("seller:A1", "gtin:,")

    @pytest.fixture(autouse=True)
    def _every_gtin(self, _shop):
        self.query = "gtin:" + ",".join(it.gtin for it in self.sandbox.catalogue.items)


def test_words_find_the_first_forty_in_one_call(sandbox):
    assert len(listings(connector(sandbox, "*"))) == 40
    assert listings(connector(sandbox, "no such thing")) == []


def test_credentials_that_are_wrong(sandbox):
    secrets = {"walmart_marketplace": {"client_id": SecretStr("sandbox"), "client_secret": SecretStr("hush")}}
    with pytest.raises(SettingsError, match="Invalid client id or secret") as raised:
        list(connector(sandbox, "*", credentials=secrets).pages())
    assert "hush" not in str(raised.value)


def test_an_item_without_anything_but_its_id_is_a_listing():
    listing, errors = translate_item({"itemId": 7, "productType": "Lamps"}, observed_at=WHEN)
    assert (listing.listing_id, listing.category, listing.seller) == ("7", "Lamps", None)
    assert not errors
