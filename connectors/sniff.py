"""Tells a picture's bytes from the web pages and messages that come in its place."""

import re

from scoring.errors import FetchError

_HEAD = 512  # bytes looked at; browsers look at as many (mimesniff.spec.whatwg.org)
_MARKUP = re.compile(
    rb"<(!doctype html|html|head|body|script|title|meta|div|p|h1|iframe|center|!--)", re.IGNORECASE
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_STARTS = ((b"{", "JSON"), (b"[", "JSON"), (b"%PDF-", "a PDF"))


def check_is_picture(body: bytes, source: str) -> None:
    """`FetchError` where the bytes are evidently something else; what they are exactly, the decoder says.

    Args:
        body: all of it.
        source: where it came from, fit to be shown.
    """
    what = _not_a_picture(body)
    if what:
        raise FetchError(f"{source} gave {what} instead of a picture.")


def _not_a_picture(body: bytes) -> str:
    head = body[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        return "only blanks" if body else "nothing"
    if head.startswith(b"<"):
        return _markup(head, body)
    for start, what in _STARTS:
        if head.startswith(start):
            return what
    if all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in head):
        return f"text ({head[:40].decode('ascii')!r})"
    return ""


def _markup(head: bytes, body: bytes) -> str:
    page = _MARKUP.match(head)
    # An SVG logo may begin with an XML declaration, a comment or a doctype; a page may hold an SVG.
    if _SVG.search(body[:4096]) and not (page and page[1] != b"!--"):
        return ""
    return "HTML" if page else "XML"
