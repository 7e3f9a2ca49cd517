"""Apify's actors, whose records a mapping file explains."""

from dataclasses import replace

from connectors.apify.connector import ApifyConnector
from connectors.apify.probe import probe
from connectors.web.paged import source_of

SOURCE = replace(
    source_of(ApifyConnector, example="google-shopping-actor:steel bottle", credentials=("token",)),
    probe=probe,
)

__all__ = ["SOURCE", "ApifyConnector"]
