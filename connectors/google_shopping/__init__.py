"""Google Shopping, through SerpApi."""

from connectors.google_shopping.connector import GoogleShoppingConnector

__all__ = ["GoogleShoppingConnector"]
