"""A reference's picture and its fingerprinted views, as they are opened and kept beside the blobs."""

import json

from vision.decode import Picture, decode
from vision.fingerprint import Fingerprint, View
from vision.svg import render_svg

VIEWS = "views-1"
"""What is kept of each reference's views. Raise the number when `reference_views` changes."""


def open_reference(data: bytes, name: str) -> Picture:
    """A reference's pixels: any picture that `decode` reads, or an SVG by its name."""
    return render_svg(data) if name.lower().endswith(".svg") else decode(data)


def dump_views(views: tuple[View, ...]) -> bytes:
    """Views as they are kept."""
    rows = [(view.name, f"{view.fingerprint.dhash:x}", f"{view.fingerprint.phash:x}") for view in views]
    return json.dumps(rows).encode()


def load_views(data: bytes) -> tuple[View, ...]:
    """The inverse of `dump_views`."""
    return tuple(
        View(name, Fingerprint(int(dhash, 16), int(phash, 16))) for name, dhash, phash in json.loads(data)
    )
