"""Pages that show a picture, or one like it, through Google Lens as SerpApi reads it."""

from connectors.found import found_source
from connectors.google_lens.connector import GoogleLensConnector, hits_of

SOURCE = found_source(
    GoogleLensConnector,
    example="https://shop.example/bottle.jpg",
    hits_of=hits_of,
    credentials=("api_key",),
)

__all__ = ["SOURCE", "GoogleLensConnector"]
