"""Artwork is drawn; what a hostile drawing tries is refused by name."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoring.errors import (
    CorruptImageError,
    DecodeTimeoutError,
    ImageError,
    OversizedImageError,
    UnknownFormatError,
)
from vision.svg import SvgLimits, render_svg

ARTWORK = Path(__file__).parents[2].parent / "shared/data/logo-artwork"
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
LEFT_HALF = '<rect width="12" height="12"/>'


def svg(body: str = LEFT_HALF, size: str = 'viewBox="0 0 24 12"', prolog: str = "") -> bytes:
    return f"{prolog}<svg {NAMESPACES} {size}>{body}</svg>".encode()


def png(width: int, height: int) -> str:
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def test_drawn_to_the_long_side_over_the_background():
    picture = render_svg(svg(), long_side=64, background="#ffcc00")
    assert (picture.width, picture.height, picture.format) == (64, 32, "SVG")
    assert picture.pixels.shape == (32, 64, 3)
    assert picture.pixels.dtype == np.uint8
    assert (picture.pixels[:, :31] == 0).all()
    assert (picture.pixels[:, 33:] == (255, 204, 0)).all()
    assert len(picture.sha256) == 64


DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
GRADIENT = '<linearGradient id="g"><stop stop-color="red"/></linearGradient>'

FINE = [
    ("drawing programs write a DOCTYPE", svg(prolog=f'<?xml version="1.0"?>{DOCTYPE}'), (256, 512)),
    (
        "another encoding",
        svg(prolog='<?xml version="1.0" encoding="utf-16"?>').decode().encode("utf-16"),
        (256, 512),
    ),
    ("a size in units", svg(size='width="1in" height="2in"'), (512, 256)),
    (
        "a monstrous size is scaled",
        svg(LEFT_HALF, 'width="1e9" height="1e9" viewBox="0 0 24 24"'),
        (512, 512),
    ),
    (
        "a fill from the document itself",
        svg(GRADIENT + '<rect width="9" height="9" fill="url(#g)"/>'),
        (256, 512),
    ),
    (
        "the same, quoted",
        svg(GRADIENT + "<rect width='9' height='9' style=\"fill:url( '#g' )\"/>"),
        (256, 512),
    ),
    ("a link does not fetch", svg(f'<a href="https://example.com">{LEFT_HALF}</a>'), (256, 512)),
    ("an embedded picture", svg(f'<image width="9" height="9" xlink:href="{png(4, 4)}"/>'), (256, 512)),
    ("a <use> of a few", svg(f'<g id="a">{LEFT_HALF}</g>' + '<use href="#a"/>' * 5), (256, 512)),
    ("a <use> of itself draws once", svg(f'<g id="a">{LEFT_HALF}<use href="#a"/></g>'), (256, 512)),
]


@pytest.mark.parametrize(("reason", "data", "shape"), FINE, ids=[case[0] for case in FINE])
def test_honest_artwork_is_drawn(reason, data, shape):
    pixels = render_svg(data).pixels
    assert pixels.shape == (*shape, 3), reason
    assert pixels.min() < 255


def laughs(uses: int, levels: int) -> str:
    groups = [f'<g id="g0">{LEFT_HALF}</g>']
    groups += [f'<g id="g{n}">' + f'<use xlink:href="#g{n - 1}"/>' * uses + "</g>" for n in range(1, levels)]
    return f"<defs>{''.join(groups)}</defs><use href='#g{levels - 1}'/>"


def chain(length: int) -> str:
    """Each group shows the next, so following the first one goes all the way down."""
    groups = [f'<g id="g{n}"><use href="#g{n + 1}"/></g>' for n in range(length)]
    return "".join(groups) + f'<g id="g{length}">{LEFT_HALF}</g>'


ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
NESTED_SVG = '<image href="data:image/svg+xml,%3Csvg/%3E" width="9" height="9"/>'

HOSTILE = [
    ("entity bomb", svg("<text>&b;</text>", prolog=ENTITIES), CorruptImageError, "entities"),
    ("a file through an entity", svg("<text>&x;</text>", prolog=EXTERNAL), CorruptImageError, "entities"),
    ("a <use> bomb", svg(laughs(10, 10)), OversizedImageError, "elements"),
    ("a long chain of <use>", svg(chain(3000)), OversizedImageError, "chain"),
    ("nesting", svg("<g>" * 101 + "</g>" * 101), OversizedImageError, "levels"),
    ("too many elements", svg("<g/>" * 50_000), OversizedImageError, "elements"),
    ("too many bytes", svg(f"<!--{'x' * 5 * 1024 * 1024}-->"), OversizedImageError, "bytes"),
    (
        "a picture from the network",
        svg('<image href="http://169.254.169.254/x"/>'),
        CorruptImageError,
        "outside",
    ),
    ("a picture from the disk", svg('<image xlink:href="/etc/passwd"/>'), CorruptImageError, "outside"),
    ("a shape from another file", svg('<use href="other.svg#a"/>'), CorruptImageError, "outside"),
    ("a style sheet", svg('<style>@import "http://x/y.css";</style>'), CorruptImageError, "outside"),
    ("a fill from the network", svg('<rect style="fill:url(http://x#a)"/>'), CorruptImageError, "outside"),
    ("a filter from the network", svg("<rect filter=\"url('http://x#a')\"/>"), CorruptImageError, "outside"),
    ("a script", svg("<script>alert(1)</script>"), CorruptImageError, "<script>"),
    ("an SVG within a URI", svg(NESTED_SVG), UnknownFormatError, "inside the SVG"),
    (
        "a monstrous embedded PNG",
        svg(f'<image href="{png(5000, 4000)}"/>'),
        OversizedImageError,
        "inside the SVG",
    ),
    ("broken base64", svg('<image href="data:image/png;base64,A"/>'), CorruptImageError, "base64"),
    ("half a file", svg()[:-20], CorruptImageError, "not well-formed"),
    ("no size at all", svg(size='width="0" height="0"'), CorruptImageError, "cannot be drawn"),
    ("nothing drawn", svg("<g/>"), CorruptImageError, "draws nothing"),
    ("white on white", svg('<rect width="9" height="9" fill="#fff"/>'), CorruptImageError, "draws nothing"),
    ("a page", b"<!doctype html><p>hello", UnknownFormatError, "an HTML page"),
    ("a page that is also XML", b"<html><body/></html>", UnknownFormatError, "an HTML page"),
    ("nothing", b"", UnknownFormatError, "an empty file"),
    ("a PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", UnknownFormatError, "not an SVG"),
]


@pytest.mark.parametrize(("reason", "data", "error", "says"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_hostile_or_broken_artwork_is_refused_by_name(reason, data, error, says):
    with pytest.raises(ImageError) as raised:
        render_svg(data)
    assert type(raised.value) is error, reason
    assert says in raised.value.args[0]
    assert raised.value.hint


def test_a_filter_that_computes_for_hours_is_stopped():
    endless = '<filter id="f"><feTurbulence baseFrequency="0.9" numOctaves="100000000"/></filter>'
    with pytest.raises(DecodeTimeoutError, match="1 s"):
        render_svg(
            svg(endless + '<rect width="24" height="12" filter="url(#f)"/>'), limits=SvgLimits(seconds=1)
        )


def test_a_pattern_bomb_runs_out_of_its_own_memory():
    fill = '<rect width="24" height="12" fill="url(#p{})"/>'
    patterns = "".join(
        f'<pattern id="p{n}" width=".1" height=".1">{fill.format(n - 1) * 2}</pattern>' for n in range(1, 40)
    )
    with pytest.raises(OversizedImageError, match="268,435,456 bytes"):
        render_svg(svg(patterns + fill.format(39)), limits=SvgLimits(seconds=10, memory=256 * 1024**2))


@pytest.mark.parametrize("long_side", [0, 4097])
def test_sides_out_of_range(long_side):
    with pytest.raises(ValueError, match="1 to 4096"):
        render_svg(svg(), long_side=long_side)


@pytest.mark.data
@pytest.mark.skipif(not ARTWORK.is_dir(), reason="the shared folder of logo artwork is not here")
def test_real_logos_are_drawn():
    paths = sorted(ARTWORK.glob("*.svg"))[::20]
    assert len(paths) > 20
    for path in paths:
        assert render_svg(path.read_bytes(), long_side=128).pixels.std() > 5, path.name
