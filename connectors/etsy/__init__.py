"""Etsy, through its Open API."""

from connectors.etsy.connector import EtsyConnector

__all__ = ["EtsyConnector"]
