"""Any shop's pages, as far as they say in schema.org's words what they sell."""

from connectors.shop.connector import ShopConnector

__all__ = ["ShopConnector"]
