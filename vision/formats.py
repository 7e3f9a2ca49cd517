"""What a file is, told from its bytes: the picture formats that are read, and the usual strangers."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""What is read, by Pillow's names (MPO, a camera's stereo file, is read as a JPEG). Everything else
Pillow knows stays shut: some of it (EPS, PDF) starts interpreters."""

_SIGNATURES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
}

_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")

_STRANGERS = {
    b"%pdf": "a PDF document",
    b"8bps": "a Photoshop document",
    b"%!ps": "a PostScript document",
    b"\xc5\xd0\xd3\xc6": "a PostScript document",
    b"pk\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"<?xml": "an XML document",
    b"{": "JSON",
    b"[": "JSON",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cjxl ": "a JPEG XL picture",
    b"\0\0\0\x0cjp  ": "a JPEG 2000 picture",
    b"\0\0\1\0": "a Windows icon",
    b"\x1a\x45\xdf\xa3": "a Matroska or WebM video",
}
"""First bytes, in lower case, after white space."""


def signature(data: bytes) -> str | None:
    """Which of `FORMATS` the first bytes announce."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "AVIF"
    return next((name for start, name in _SIGNATURES.items() if data.startswith(start)), None)


def ends_early(data: bytes, kind: str) -> bool:
    """Whether the end that a whole file of this kind has is missing; trailing junk is no proof."""
    match kind:
        case "JPEG":
            return b"\xff\xd9" not in data
        case "PNG":
            return b"IEND" not in data
        case "GIF":
            return not data.endswith(b"\x3b")
        case "WEBP":
            return len(data) < 8 + int.from_bytes(data[4:8], "little")
        case "BMP":
            return len(data) < int.from_bytes(data[2:6], "little")
        case _:
            return False


def looks_like(data: bytes) -> str:
    """What a person would call bytes that are no picture we read, with its article.

    >>> looks_like(b"<!DOCTYPE html><title>404</title>")
    'an HTML page'
    """
    if not data:
        return "an empty file"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"<svg" in data[:65536].lower() and not head.startswith(_HTML):
        return "an SVG drawing"
    if data[4:8] == b"ftyp":
        return "a HEIC picture" if data[8:11] in (b"hei", b"hev", b"mif") else "an MP4 or QuickTime video"
    strangers = dict.fromkeys(_HTML, "an HTML page") | _STRANGERS
    named = next((name for start, name in strangers.items() if head.startswith(start)), None)
    return named or _text_or_unknown(data)


def _text_or_unknown(data: bytes) -> str:
    if all(byte in b"\t\n\r" or 0x20 <= byte != 0x7F for byte in data[:256]):
        return "text"
    return f"an unknown kind of file (it starts with {data[:8].hex(' ')})"
