"""Etsy, through its Open API."""

from connectors.etsy.client import DAILY
from connectors.etsy.connector import EtsyConnector
from connectors.web.paged import source_of

SOURCE = source_of(
    EtsyConnector,
    example="steel bottle",
    items=("results",),
    credentials=("keystring", "shared_secret"),
    daily=DAILY,
)

__all__ = ["SOURCE", "EtsyConnector"]
