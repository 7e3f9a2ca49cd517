"""Amazon, through its Selling Partner API."""

from connectors.amazon.connector import AmazonConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    AmazonConnector,
    example="steel bottle",
    items=("items",),
    credentials=("client_id", "client_secret", "refresh_token"),
)

__all__ = ["SOURCE", "AmazonConnector"]
