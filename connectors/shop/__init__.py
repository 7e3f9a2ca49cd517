"""Any shop's pages, as far as they say in schema.org's words what they sell."""

from connectors.shop.connector import ShopConnector
from connectors.web.paged import source_of

SOURCE = source_of(ShopConnector, example="https://shop.example/products/bottle")

__all__ = ["SOURCE", "ShopConnector"]
