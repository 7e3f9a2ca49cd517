"""Shopee, through its affiliate API."""

from connectors.shopee.connector import ShopeeConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    ShopeeConnector,
    example="steel bottle",
    items=("data", "productOfferV2", "nodes"),
    credentials=("app_id", "app_secret"),
)

__all__ = ["SOURCE", "ShopeeConnector"]
