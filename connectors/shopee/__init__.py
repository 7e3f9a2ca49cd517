"""Shopee, through its affiliate API."""

from connectors.shopee.connector import ShopeeConnector

__all__ = ["ShopeeConnector"]
