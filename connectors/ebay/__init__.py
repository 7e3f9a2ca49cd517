"""eBay, through its Browse API."""

from connectors.ebay.connector import EbayConnector

__all__ = ["EbayConnector"]
