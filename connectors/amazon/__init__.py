"""Amazon, through its Selling Partner API."""

from connectors.amazon.connector import AmazonConnector

__all__ = ["AmazonConnector"]
