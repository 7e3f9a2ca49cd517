"""Every marketplace's connector on a bad day: nothing lost, nothing doubled, over a real socket.

Only over a socket a body can be cut short.
"""

import pytest

from connectors.aliexpress import AliExpressConnector
from connectors.amazon import AmazonConnector
from connectors.amazon_creators import AmazonCreatorsConnector
from connectors.apify import ApifyConnector
from connectors.etsy import EtsyConnector
from connectors.google_shopping import GoogleShoppingConnector
from connectors.interface import Checkpoint
from connectors.rakuten import RakutenConnector
from connectors.sandbox import Catalogue, Faults, build, running
from connectors.sandbox.amazon import asin
from connectors.sandbox.server import addresses
from connectors.shopee import ShopeeConnector
from connectors.shopify import ShopifyConnector
from connectors.walmart import WalmartConnector
from connectors.web import Access
from scoring.errors import RetryError
from tests.connectors.sandboxed import SECRETS, no_pause

GOODS = 400
EVERY_ASIN = ",".join(asin(number) for number in range(1, GOODS + 1))
CONNECTORS = {
    "amazon": lambda access: AmazonConnector("*", access),
    "amazon_creators": lambda access: AmazonCreatorsConnector(f"asin:{EVERY_ASIN}", access),
    "walmart": lambda access: WalmartConnector("*", access),
    "google_shopping": lambda access: GoogleShoppingConnector("*", access),
    "etsy": lambda access: EtsyConnector("*", access),
    "rakuten": lambda access: RakutenConnector("*", access),
    "aliexpress": lambda access: AliExpressConnector("*", access),
    "shopee": lambda access: ShopeeConnector("*", access),
    "shopify": lambda access: ShopifyConnector("store.example", access),
    "apify": lambda access: ApifyConnector("google-shopping-actor:*", access, page_size=50),
}
FAULTS = Faults(rate_limited=0.06, failing=0.04, truncated=0.08, garbled=0.05)


@pytest.mark.parametrize("platform", CONNECTORS)
def test_nothing_is_lost_and_nothing_doubled(platform):
    """A run that gives up is taken up again from its last checkpoint, as a scan would be."""
    shop = build(Catalogue(GOODS), faults=FAULTS)
    found: list[str] = []
    with running(shop) as address:
        access = Access(credentials=SECRETS, addresses=addresses(address), sleep=no_pause)
        checkpoint: Checkpoint | None = None
        for _ in range(10):
            try:
                for rows, reached in CONNECTORS[platform](access).pages(checkpoint):
                    found += [row.listing.listing_id for row in rows]
                    checkpoint = reached
            except RetryError:
                continue
            break
    assert len(found) == len(set(found)) == GOODS
    assert checkpoint.rows == GOODS
