"""Marketplaces in, listings out. A new marketplace is its folder and one entry in `SOURCES`."""

from collections.abc import Mapping

from connectors.aliexpress import SOURCE as ALIEXPRESS
from connectors.amazon import SOURCE as AMAZON
from connectors.amazon_creators import SOURCE as AMAZON_CREATORS
from connectors.apify import SOURCE as APIFY
from connectors.brave import SOURCE as BRAVE
from connectors.ebay import SOURCE as EBAY
from connectors.etsy import SOURCE as ETSY
from connectors.file import SOURCE as FILE
from connectors.google_lens import SOURCE as GOOGLE_LENS
from connectors.google_shopping import SOURCE as GOOGLE_SHOPPING
from connectors.google_web import SOURCE as GOOGLE_WEB
from connectors.interface import Capabilities, Checkpoint, Connector, Detail, Page, SourceRow
from connectors.mercadolibre import SOURCE as MERCADOLIBRE
from connectors.rakuten import SOURCE as RAKUTEN
from connectors.seen import SOURCE as SEEN
from connectors.shop import SOURCE as SHOP
from connectors.shopee import SOURCE as SHOPEE
from connectors.shopify import SOURCE as SHOPIFY
from connectors.source import Source
from connectors.urls import SOURCE as URLS
from connectors.walmart import SOURCE as WALMART
from connectors.walmart_marketplace import SOURCE as WALMART_MARKETPLACE
from connectors.web import Access
from scoring.errors import SourceError

SOURCES: Mapping[str, Source] = {
    "file": FILE,
    "urls": URLS,
    "seen": SEEN,
    "ebay": EBAY,
    "amazon": AMAZON,
    "amazon_creators": AMAZON_CREATORS,
    "walmart": WALMART,
    "walmart_marketplace": WALMART_MARKETPLACE,
    "google_shopping": GOOGLE_SHOPPING,
    "etsy": ETSY,
    "shopify": SHOPIFY,
    "shop": SHOP,
    "rakuten": RAKUTEN,
    "mercadolibre": MERCADOLIBRE,
    "aliexpress": ALIEXPRESS,
    "shopee": SHOPEE,
    "apify": APIFY,
    "brave": BRAVE,
    "google_lens": GOOGLE_LENS,
    "google_web": GOOGLE_WEB,
}


def open_source(source: str, access: Access | None = None) -> Connector:
    """The connector that `scheme:rest` names: `file:listings.jsonl`, `ebay:"steel bottle"`, `ebay@DE:…`.

    Args:
        source: what a scan was asked to read.
        access: whose credentials and caps; a file needs neither.

    Raises:
        SourceError: no such scheme, or nothing there that can be read.
    """
    scheme, colon, rest = source.partition(":")
    known = ", ".join(f"{name}:" for name in SOURCES)
    if not colon or not rest:
        raise SourceError(
            f"{source!r} does not say what kind of source it is.", hint=f"Write one of {known} before it."
        )
    name, _, market = scheme.partition("@")
    if name not in SOURCES:
        raise SourceError(f"there is no source {name + ':'!r}.", hint=f"Known are {known}.")
    return SOURCES[name].open(rest, access or Access(), market or None)


__all__ = [
    "SOURCES",
    "Access",
    "Capabilities",
    "Checkpoint",
    "Connector",
    "Detail",
    "Page",
    "Source",
    "SourceRow",
    "open_source",
]
