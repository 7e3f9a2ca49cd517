"""Pages that somebody else has found, read for what they sell."""

from connectors.found.hit import Hit
from connectors.found.pages import AT_ONCE, FIELDS, FoundPages, ReadHit
from connectors.found.source import found_source

__all__ = ["AT_ONCE", "FIELDS", "FoundPages", "Hit", "ReadHit", "found_source"]
