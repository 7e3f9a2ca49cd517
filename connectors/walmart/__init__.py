"""Walmart, through its affiliate API."""

from connectors.walmart.connector import WalmartConnector

__all__ = ["WalmartConnector"]
