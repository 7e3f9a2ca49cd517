"""Rakuten Ichiba, through its item search."""

from connectors.rakuten.connector import RakutenConnector

__all__ = ["RakutenConnector"]
