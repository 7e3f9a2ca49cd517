"""Where an image lies: a URL, or a path that must stay inside the listing file's own folder."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scoring.errors import ListingError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two characters or more: `C:` is a drive


def locate(image: str, folder: Path | None) -> str:
    """The URI of an image that a listing file names.

    Args:
        image: `http(s):` and `data:` pass through; anything else is a path, or a `file:` URI.
        folder: the listing file's own, resolved; None where it lies in a bucket, whose pictures have URLs.

    Raises:
        ListingError: another scheme, or a path that leads out of the folder, whether by `..`,
            from the root, or through a link.
    """
    scheme = _SCHEME.match(image)
    match scheme and scheme[1].lower():
        case "http" | "https" | "data":
            return image
        case "file":
            path = unquote(urlsplit(image).path)
        case None:
            path = image
        case other:
            raise ListingError(
                f"{_short(image)} cannot be fetched: {other}: is none of http, https, data, file"
            )
    if folder is None:
        raise ListingError(f"{_short(image)} is a path: a file in a bucket names its pictures by URLs")
    if path.startswith("//"):
        raise ListingError(f"{_short(image)} has no scheme: write https:{_short(image)}")
    try:
        place = (folder / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL
        raise ListingError(f"{_short(image)} is not a path: {error}") from error
    if not place.is_relative_to(folder):
        raise ListingError(f"{_short(image)} lies outside the listing file's folder")
    return place.as_uri()


def _short(image: str) -> str:
    return image if len(image) <= 80 else image[:79] + "…"
