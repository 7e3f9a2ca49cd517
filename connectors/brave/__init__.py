"""Pictures on the web that some words describe, through Brave's image search."""

from connectors.brave.connector import BraveConnector, hits_of
from connectors.found import found_source

SOURCE = found_source(
    BraveConnector, example="steel bottle", hits_of=hits_of, credentials=("subscription_token",)
)

__all__ = ["SOURCE", "BraveConnector"]
