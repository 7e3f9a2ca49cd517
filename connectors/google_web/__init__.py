"""Pages that show a reference, by Google Cloud Vision's web detection, where its owner allowed that."""

from connectors.found import found_source
from connectors.google_web.connector import GoogleWebConnector

SOURCE = found_source(GoogleWebConnector, example="REFERENCE-ID")

__all__ = ["SOURCE", "GoogleWebConnector"]
