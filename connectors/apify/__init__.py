"""Apify's actors, whose records a mapping file explains."""

from connectors.apify.connector import ApifyConnector

__all__ = ["ApifyConnector"]
