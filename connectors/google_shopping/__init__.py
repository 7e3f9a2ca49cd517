"""Google Shopping, through SerpApi."""

from connectors.google_shopping.connector import GoogleShoppingConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    GoogleShoppingConnector, example="steel bottle", items=("shopping_results",), credentials=("api_key",)
)

__all__ = ["SOURCE", "GoogleShoppingConnector"]
