"""Apify's actors, whose records a mapping file explains."""

from connectors.apify.connector import ApifyConnector
from connectors.web.paged import source_of

SOURCE = source_of(ApifyConnector, example="google-shopping-actor:steel bottle", credentials=("token",))

__all__ = ["SOURCE", "ApifyConnector"]
