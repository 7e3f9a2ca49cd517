"""Any shop's pages, as far as they say in schema.org's words what they sell."""

from dataclasses import replace

from connectors.shop.connector import ShopConnector
from connectors.web.paged import source_of

SOURCE = replace(source_of(ShopConnector, example="https://shop.example/products/bottle"), anyones=True)

__all__ = ["SOURCE", "ShopConnector"]
