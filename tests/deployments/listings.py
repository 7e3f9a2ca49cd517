"""Listings as a caller sends them, their pictures inside."""

import base64


def data_uri(picture: bytes, kind="image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(picture).decode()}"


def listing(*images, **more):
    """A listing that nothing is wrong with; bytes become data: URIs."""
    return {
        "platform": "shop",
        "listing_id": "1",
        "title": "A thing",
        "seller": {"id": "somebody"},
        "images": [data_uri(image) if isinstance(image, bytes) else image for image in images],
        "observed_at": "2026-11-20T10:00:00Z",
    } | more
