"""Shops that run on Shopify, through what their storefronts publish."""

from connectors.shopify.connector import ShopifyConnector

__all__ = ["ShopifyConnector"]
