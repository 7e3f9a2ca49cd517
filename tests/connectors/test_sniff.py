"""Web pages and messages in a picture's place are called what they are."""

import io

import pytest
from PIL import Image

from connectors.sniff import check_is_picture
from scoring.errors import FetchError

NOT_PICTURES = [
    (b"<!DOCTYPE html><html>", "HTML", "a page"),
    (b"\n\n  <html lang=en>", "HTML", "a page after blank lines"),
    (b"\xef\xbb\xbf<HTML>", "HTML", "a page after a BOM, in capitals"),
    (b"<!-- hello --><html>", "HTML", "a page that begins with a comment"),
    (b"<!doctype html><body><svg ><path/></svg>", "HTML", "a page with a drawing in it"),
    (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "XML", "a bucket's refusal"),
    (b'{"error": "forbidden"}', "JSON", "an interface's refusal"),
    (b"[]", "JSON", "an empty list"),
    (b"%PDF-1.7", "a PDF", "a document"),
    (b"Not found", "text", "a plain message"),
    (b"", "nothing", "no bytes"),
    (b" \n ", "only blanks", "only blanks"),
]


@pytest.mark.parametrize(("body", "what", "reason"), NOT_PICTURES, ids=[row[2] for row in NOT_PICTURES])
def test_not_a_picture(body, what, reason):
    with pytest.raises(FetchError, match=rf"gave {what}.* instead of a picture"):
        check_is_picture(body, "http://x.test/a.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO"])
def test_pictures_of_every_format_pass(kind):
    out = io.BytesIO()
    Image.effect_noise((32, 32), 60).convert("RGB").save(out, kind)
    check_is_picture(out.getvalue(), "x")


DRAWINGS = [
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"<svg\nviewBox='0 0 1 1'/>",
    b"<?xml version='1.0'?>\n<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''>\n<svg />",
    b"<!-- drawn by hand --><svg />",
]


@pytest.mark.parametrize("body", DRAWINGS)
def test_logos_drawn_as_svg_pass(body):
    check_is_picture(body, "x")


def test_bytes_of_no_known_kind_are_left_to_the_decoder():
    check_is_picture(bytes(range(128, 256)), "x")
