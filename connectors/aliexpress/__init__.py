"""AliExpress, through its affiliate API."""

from connectors.aliexpress.connector import AliExpressConnector

__all__ = ["AliExpressConnector"]
