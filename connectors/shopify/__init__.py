"""Shops that run on Shopify, through what their storefronts publish."""

from dataclasses import replace

from connectors.shopify.connector import ShopifyConnector
from connectors.web.paged import source_of

SOURCE = replace(source_of(ShopifyConnector, example="shop.example"), anyones=True)

__all__ = ["SOURCE", "ShopifyConnector"]
