"""Pages that show a reference, by Google Cloud Vision's web detection, where its owner allowed that."""

from dataclasses import replace

from connectors.found import found_source
from connectors.google_web.connector import GoogleWebConnector

SOURCE = replace(found_source(GoogleWebConnector, example="REFERENCE-ID"), anyones=True)

__all__ = ["SOURCE", "GoogleWebConnector"]
