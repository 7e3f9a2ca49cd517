"""Pages that show a picture, or one like it, through Google Lens as SerpApi reads it."""

from dataclasses import replace

from connectors.found import found_source
from connectors.google_lens.connector import GoogleLensConnector, hits_of
from connectors.google_shopping.probe import probe_as

SOURCE = replace(
    found_source(
        GoogleLensConnector,
        example="https://shop.example/bottle.jpg",
        hits_of=hits_of,
        credentials=("api_key",),
    ),
    probe=probe_as("google_lens"),
)

__all__ = ["SOURCE", "GoogleLensConnector"]
