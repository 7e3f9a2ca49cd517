"""Google Shopping, through SerpApi."""

from dataclasses import replace

from connectors.google_shopping.connector import GoogleShoppingConnector
from connectors.google_shopping.probe import probe_as
from connectors.web.paged import source_of

SOURCE = replace(
    source_of(
        GoogleShoppingConnector,
        example="steel bottle",
        items=("shopping_results",),
        credentials=("api_key",),
    ),
    probe=probe_as("google_shopping"),
)

__all__ = ["SOURCE", "GoogleShoppingConnector"]
