"""Walmart, through the item search that its sellers have."""

from connectors.walmart_marketplace.connector import WalmartMarketplaceConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    WalmartMarketplaceConnector,
    example="steel bottle",
    items=("items",),
    credentials=("client_id", "client_secret"),
)

__all__ = ["SOURCE", "WalmartMarketplaceConnector"]
