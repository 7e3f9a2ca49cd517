"""Shops that run on Shopify, through what their storefronts publish."""

from connectors.shopify.connector import ShopifyConnector
from connectors.web.paged import source_of

SOURCE = source_of(ShopifyConnector, example="shop.example")

__all__ = ["SOURCE", "ShopifyConnector"]
