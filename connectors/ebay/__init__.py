"""eBay, through its Browse API."""

from connectors.ebay.client import DAILY
from connectors.ebay.connector import EbayConnector, translate_page
from connectors.ebay.probe import probe
from connectors.source import Source

SOURCE = Source(
    open=lambda query, access, market: EbayConnector(query, access, market=market or "US"),
    example="steel bottle",
    credentials=("client_id", "client_secret"),
    daily=DAILY,
    translate=translate_page,
    probe=probe,
)

__all__ = ["SOURCE", "EbayConnector"]
