"""Lists that move while they are read, and items told in other words.

A connector ends with all there is, or says what may be missing.
"""

from itertools import islice

import pytest

from connectors.aliexpress import AliExpressConnector
from connectors.amazon import AmazonConnector
from connectors.amazon_creators import AmazonCreatorsConnector
from connectors.apify import ApifyConnector
from connectors.ebay import EbayConnector
from connectors.etsy import EtsyConnector
from connectors.google_shopping import GoogleShoppingConnector
from connectors.mercadolibre import MercadoLibreConnector
from connectors.rakuten import RakutenConnector
from connectors.sandbox import Catalogue, Faults, build
from connectors.shopee import ShopeeConnector
from connectors.shopify import ShopifyConnector
from connectors.walmart import WalmartConnector
from connectors.web.moving import AGAIN
from connectors.web.paged import NO_TOTAL
from tests.connectors.sandboxed import reaching

CONNECTORS = {
    "ebay": (700, lambda access: EbayConnector("*", access)),
    "amazon": (90, lambda access: AmazonConnector("*", access)),
    "amazon_creators": (45, lambda access: AmazonCreatorsConnector("*", access)),
    "walmart": (110, lambda access: WalmartConnector("*", access)),
    "etsy": (400, lambda access: EtsyConnector("*", access)),
    "rakuten": (130, lambda access: RakutenConnector("*", access)),
    "mercadolibre": (190, lambda access: MercadoLibreConnector("*", access)),
    "aliexpress": (190, lambda access: AliExpressConnector("*", access)),
    "google_shopping": (170, lambda access: GoogleShoppingConnector("*", access)),
    "shopee": (190, lambda access: ShopeeConnector("*", access)),
    "shopify": (900, lambda access: ShopifyConnector("store.example", access)),
    "apify": (170, lambda access: ApifyConnector("google-shopping-actor:*", access, page_size=40)),
}
"""Every connector that reads by number of page or by offset, with goods for about four of its pages."""
WITHOUT_TOTAL = {"google_shopping", "shopee"}


def read(platform, **faults):
    """Everything that a connector hands over from a sandbox with these faults."""
    goods, opened = CONNECTORS[platform]
    shop = build(Catalogue(goods), faults=Faults(**faults))
    shop.mercadolibre.open = True
    connector = opened(reaching(shop))
    pages = list(connector.pages())
    titles = [row.listing.title for rows, _ in pages for row in rows]
    numbers = [int(title.split("no. ")[1].split()[0]) for title in titles]
    return connector, numbers, shop.shelves[platform].held, pages


@pytest.mark.parametrize("platform", CONNECTORS)
def test_an_item_that_is_told_in_other_words_is_a_row_and_ends_nothing(platform):
    """Each page's first item has drifted; all others are whole, and nothing stops."""
    goods, opened = CONNECTORS[platform]
    shop = build(Catalogue(goods), faults=Faults(drifted=1.0))
    shop.mercadolibre.open = True
    pages = list(opened(reaching(shop)).pages())
    rows = [row for page, _ in pages for row in page]
    assert len(rows) == len({row.raw_id for row in rows}) == goods
    strange = [row for row in rows if row.listing is None or row.errors or not row.listing.title]
    assert 0 < len(strange) <= len(pages)


@pytest.mark.parametrize("platform", CONNECTORS)
def test_what_a_list_shows_twice_is_there_twice_and_nothing_is_missing(platform):
    """Each is one and the same listing; a scan's journal keeps it once."""
    connector, numbers, held, pages = read(platform, doubled=0.05)
    assert len(numbers) > len(held)
    assert set(numbers) == held
    assert not connector.gaps(pages[-1][1])


@pytest.mark.parametrize("platform", sorted(CONNECTORS.keys() - WITHOUT_TOTAL - {"shopify"}))
def test_what_moves_up_a_page_is_read_all_the_same(platform):
    connector, numbers, held, pages = read(platform, vanishing=1.0)
    assert held <= set(numbers)
    assert not connector.gaps(pages[-1][1])


@pytest.mark.parametrize("platform", sorted(CONNECTORS))
def test_what_may_have_been_passed_over_is_told(platform):
    connector, numbers, held, pages = read(platform, vanishing=1.0, seed=2)
    told = (*connector.gaps(pages[-1][1]), *connector.capabilities.cannot_see)
    assert held <= set(numbers) or NO_TOTAL in told or any("may have been passed over" in one for one in told)


@pytest.mark.parametrize("platform", sorted(CONNECTORS.keys() - WITHOUT_TOTAL - {"shopify", "apify"}))
def test_what_came_while_others_were_read_is_told(platform):
    connector, numbers, held, pages = read(platform, appearing=1.0)
    missing = held - set(numbers)
    assert missing == {number for number in held if number > CONNECTORS[platform][0]} - set(numbers)
    (gap,) = connector.gaps(pages[-1][1])
    assert "listings came while the others were read, and may be missing" in gap
    assert int(gap.split()[2]) >= len(missing) - 1, "the last came behind the last page"


@pytest.mark.parametrize("platform", ["ebay", "etsy", "rakuten"])
def test_a_stopped_reading_knows_where_the_list_stood(platform):
    """Two pages at a time, from the checkpoint alone: what moves up meanwhile is read all the same."""
    goods, opened = CONNECTORS[platform]
    shop = build(Catalogue(goods), faults=Faults(vanishing=1.0))
    numbers, checkpoint, read = set(), None, 1
    while read:
        read = 0
        for rows, after in islice(opened(reaching(shop)).pages(checkpoint), 2):
            numbers |= {int(row.listing.title.split("no. ")[1].split()[0]) for row in rows}
            checkpoint, read = after, read + len(rows)
    assert shop.shelves[platform].held <= numbers


def test_a_list_that_never_stands_still_is_not_read_for_ever():
    """Each page finds the list shorter; no more than so many are read again, and then it is only told."""
    _, opened = CONNECTORS["amazon_creators"]
    shop = build(Catalogue(95), faults=Faults(vanishing=1.0))
    connector = opened(reaching(shop))
    pages = list(connector.pages())
    assert len(pages) <= 10 + AGAIN
    (gap,) = connector.gaps(pages[-1][1])
    assert "may have been passed over" in gap
