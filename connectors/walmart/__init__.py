"""Walmart, through its affiliate API."""

from connectors.walmart.connector import WalmartConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    WalmartConnector,
    example="steel bottle",
    items=("items",),
    credentials=("consumer_id", "key_version", "private_key"),
)

__all__ = ["SOURCE", "WalmartConnector"]
