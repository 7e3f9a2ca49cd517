"""Rakuten Ichiba, through its item search."""

from connectors.rakuten.connector import RakutenConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    RakutenConnector, example="steel bottle", items=("Items",), credentials=("application_id", "access_key")
)

__all__ = ["SOURCE", "RakutenConnector"]
