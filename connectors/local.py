"""Pictures that need no network: `data:` URIs, and files inside one folder."""

import base64
import binascii
import os
import re
import stat
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from scoring.errors import FetchError

_USERINFO = re.compile(r"(?<=//)[^/@?#]*@")
_SHOWN = 120
_LETTERS = 4  # a byte: 4/3 of them in base64, thrice that where each is written as `%2B`


def shown(source: str) -> str:
    """An address fit for messages and logs: without credentials, on one line, and not endless.

    >>> shown("https://me:secret@example.com/a.jpg")
    'https://example.com/a.jpg'
    """
    text = _USERINFO.sub("", source[: 4 * _SHOWN])
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def read_data_uri(source: str, *, max_bytes: int) -> bytes:
    """The bytes inside a base64 `data:` URI; `FetchError` where there are none or too many."""
    head, comma, payload = source.partition(",")
    if not comma or not head.lower().rstrip().endswith(";base64"):
        raise FetchError(f"{shown(source)} is not a data: URI in base64.")
    if len(payload) <= _LETTERS * max_bytes + _SHOWN:
        try:
            body = base64.b64decode(b"".join(unquote_to_bytes(payload).split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise FetchError(f"{shown(source)} is not valid base64: {error}.") from error
        if len(body) <= max_bytes:
            return body
    raise FetchError(f"{shown(source)} is larger than {max_bytes:,} bytes.")


def read_file_uri(source: str, *, root: Path | None, max_bytes: int) -> bytes:
    """A regular file's bytes; `FetchError` where it is missing, too large, or outside `root` (resolved)."""
    if root is None:
        raise FetchError(f"{shown(source)} is a file, and files are not fetched here.")
    parts = urlsplit(source)
    if parts.netloc not in ("", "localhost"):
        raise FetchError(f"{shown(source)} lies on another machine.", hint="Write file:///path.")
    try:
        path = Path(unquote(parts.path)).resolve()
        if not path.is_relative_to(root):
            raise FetchError(f"{shown(source)} lies outside {root}.")
        # The path is resolved, so a link at its end was put there since the check.
        # Opening must not wait, as it would on a pipe.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise FetchError(f"{shown(source)} is not a regular file.")
            with os.fdopen(handle, "rb", closefd=False) as file:
                body = file.read(max_bytes + 1)
        finally:
            os.close(handle)
    except FileNotFoundError as error:
        raise FetchError(f"there is no file {shown(source)}.") from error
    except (OSError, RuntimeError, ValueError) as error:  # unreadable, links in a circle, a NUL
        raise FetchError(f"{shown(source)} cannot be read: {error}.") from error
    if len(body) > max_bytes:
        raise FetchError(f"{shown(source)} is larger than {max_bytes:,} bytes.")
    return body
