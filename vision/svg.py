"""SVG artwork to pixels, in a process of its own.

An SVG is a program from a stranger. First it is read as plain XML and refused where it holds what no
logo needs: entities, references to files or the network, scripts, endless nesting, `<use>` bombs.
What cannot be told by reading (a filter that computes for hours) is bounded by rendering what was
read, not the file itself, with resvg in a child process that has little time and memory.
"""

import base64
import binascii
import hashlib
import io
import re
import subprocess
import sys
import urllib.parse
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, tostring

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from PIL import Image, ImageColor

from scoring.errors import (
    CorruptImageError,
    DecodeTimeoutError,
    ImageError,
    OversizedImageError,
    UnknownFormatError,
)
from vision.decode import DecodeLimits, Picture, decode
from vision.formats import looks_like

_MAX_SIDE = 4096
_MAX_CHAIN = 250
"""Levels that count with every `<use>` followed; each takes two of Python's 1,000 frames."""

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_OUTSIDE = re.compile(r"@import|url\(\s*['\"]?\s*(?!#|data:|['\"\s])", re.IGNORECASE)
_FORBIDDEN = {"script", "foreignObject", "iframe", "handler"}

_RENDER = """
import resource, sys
import resvg_py
seconds, memory, side = (int(value) for value in sys.argv[1:4])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
if sys.platform == "linux":  # macOS refuses this limit
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    png = resvg_py.svg_to_bytes(
        svg_string=sys.stdin.buffer.read().decode(), width=side, height=side,
        background=sys.argv[4], skip_system_fonts=sys.argv[5] == "0", dpi=96,
    )
except ValueError as error:
    sys.exit(f"refused: {error}")
sys.stdout.buffer.write(bytes(png))
"""
"""What the child runs: limits first, then resvg. CSS inches have 96 pixels; resvg-py's own default is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SvgLimits:
    """What one drawing may cost. Brand logos have a few kilobytes and some dozen elements."""

    max_bytes: int = 5 * 1024 * 1024
    max_elements: int = 50_000
    """As drawn: an element counts once for each `<use>` that shows it."""
    max_depth: int = 100
    seconds: int = 10
    memory: int = 1024**3
    """Bytes of address space for the child."""


DEFAULT_LIMITS = SvgLimits()


def render_svg(
    data: bytes, *, long_side: int = 512, background: str = "#ffffff", limits: SvgLimits = DEFAULT_LIMITS
) -> Picture:
    """Draw an SVG over a background, its longer side `long_side` pixels (1 to 4,096).

    DOCTYPEs are allowed, for drawing programs write them, but they may not declare anything. Text is
    drawn with this machine's fonts: artwork should hold outlines.

    Raises:
        UnknownFormatError: not an SVG; says what it looks like.
        OversizedImageError: too many bytes, elements or levels, or it ran out of memory.
        DecodeTimeoutError: drawing took too long.
        CorruptImageError: not well-formed, reaches outside itself, or draws nothing.
        ValueError: `long_side` or `background` is not usable.
    """
    if not 1 <= long_side <= _MAX_SIDE:
        raise ValueError(f"long_side must be 1 to {_MAX_SIDE} pixels, not {long_side}.")
    colour = "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(background)[:3])
    if len(data) > limits.max_bytes:
        raise OversizedImageError(
            f"The SVG has {len(data):,} bytes; at most {limits.max_bytes:,} are read.",
            hint="Export it without embedded pictures or hidden layers.",
        )
    root = _parsed(data, limits)
    for element in root.iter():
        _refuse_outside(element)
    drawn = _drawn_elements(root)
    if drawn > limits.max_elements:
        raise OversizedImageError(
            f"The SVG draws {drawn:,} elements; at most {limits.max_elements:,} are drawn.",
            hint="Simplify the artwork: export outlines only.",
        )
    pixels = np.array(Image.open(io.BytesIO(_rendered(root, long_side, colour, limits))).convert("RGB"))
    if (pixels == ImageColor.getrgb(colour)).all():
        raise CorruptImageError(
            f"The SVG draws nothing that shows on {colour}.",
            hint="Convert its text to outlines, or choose a background that contrasts with it.",
        )
    pixels.setflags(write=False)
    height, width = pixels.shape[:2]
    return Picture(
        pixels=pixels, sha256=hashlib.sha256(data).hexdigest(), width=width, height=height, format="SVG"
    )


def _parsed(data: bytes, limits: SvgLimits) -> Element:
    """The document as a tree, its size checked while it grows."""
    depth = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_external=True):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth, count = depth + 1, count + 1
            if depth > limits.max_depth or count > limits.max_elements:
                raise OversizedImageError(
                    f"The SVG has more than {limits.max_elements:,} elements or {limits.max_depth} levels.",
                    hint="Simplify the artwork: export outlines only.",
                )
    except DefusedXmlException as error:
        raise CorruptImageError(
            "The SVG declares XML entities.",
            hint="Export it again as plain SVG; entities are never expanded.",
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        if looks_like(data) != "an SVG drawing":
            raise UnknownFormatError(
                f"This is {looks_like(data)}, not an SVG.", hint="Send an SVG, PNG or JPEG."
            ) from error
        raise CorruptImageError(
            f"The SVG is not well-formed XML: {error}.", hint="Export it again from the drawing program."
        ) from error
    if root is None or _name(root) != "svg":
        raise UnknownFormatError(f"This is {looks_like(data)}, not an SVG.", hint="Send an SVG, PNG or JPEG.")
    return root


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _refuse_outside(element: Element) -> None:
    """Raise where an element runs a script or reaches for anything outside the document."""
    name = _name(element)
    if name in _FORBIDDEN:
        raise CorruptImageError(f"The SVG holds a <{name}>.", hint="Export it again without scripts or HTML.")
    values = [*element.attrib.values(), element.text or "" if name == "style" else ""]
    reaches = next((value for value in values if _OUTSIDE.search(value)), None)
    href = _href(element)
    if href.startswith("data:"):
        _check_embedded(href)
    elif href and not href.startswith("#") and name != "a":
        reaches = href
    if reaches is not None:
        raise CorruptImageError(
            f"The SVG refers to something outside itself: {reaches[:100]!r}.",
            hint="Embed what it needs; nothing is fetched while drawing.",
        )


def _href(element: Element) -> str:
    return (element.get("href") or element.get(_XLINK_HREF) or "").strip()


def _check_embedded(uri: str) -> None:
    """Raise unless a data: URI is a raster picture that the ordinary decoder accepts."""
    head, _, body = uri.partition(",")
    try:
        raw = urllib.parse.unquote_to_bytes(body)
        data = base64.b64decode(raw) if head.rstrip().endswith(";base64") else raw
    except (binascii.Error, ValueError) as error:
        raise CorruptImageError(
            f"A picture inside the SVG is not valid base64: {error}.", hint="Export it again."
        ) from error
    try:
        decode(data, DecodeLimits(max_pixels=16_000_000))
    except ImageError as error:
        raise type(error)(f"A picture inside the SVG: {error.args[0]}", hint=error.hint) from error


def _drawn_elements(root: Element) -> int:
    """Elements drawn once every `<use>` is followed; one that shows itself counts as nothing."""
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    counted: dict[Element, int] = {}
    open_: set[Element] = set()

    def count(element: Element) -> int:
        if element in open_:
            return 0
        if len(open_) > _MAX_CHAIN:
            raise OversizedImageError(
                f"The SVG's <use> elements form a chain of more than {_MAX_CHAIN}.",
                hint="Export outlines only.",
            )
        if element not in counted:
            open_.add(element)
            target = by_id.get(_href(element)[1:]) if _name(element) == "use" else None
            shown = count(target) if target is not None else 0
            counted[element] = 1 + shown + sum(count(child) for child in element)
            open_.discard(element)
        return counted[element]

    return count(root)


def _rendered(root: Element, side: int, background: str, limits: SvgLimits) -> bytes:
    """PNG bytes from the child process."""
    # What was checked is what is drawn: no DOCTYPE, no comments, one encoding.
    document = tostring(root, encoding="utf-8")
    # Scanning the system's fonts costs more than drawing, so only where there is text.
    text = any(_name(element) == "text" for element in root.iter())
    numbers = (limits.seconds, limits.memory, side)
    command = [sys.executable, "-P", "-c", _RENDER, *map(str, numbers), background, str(int(text))]
    try:
        child: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603  # our own interpreter and code; the drawing goes to stdin
            command, input=document, capture_output=True, timeout=limits.seconds + 2, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(limits) from error
    if child.returncode == 0:
        return child.stdout
    reason = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if child.returncode in (-24, -9):  # SIGXCPU and what follows it
        raise _too_slow(limits)
    if child.returncode == -6 or "memory" in reason.lower():  # resvg aborts where memory ends
        raise OversizedImageError(
            f"Drawing the SVG needs more than {limits.memory:,} bytes.", hint="Simplify the artwork."
        )
    raise CorruptImageError(
        f"The SVG cannot be drawn: {reason.removeprefix('refused: ') or f'exit {child.returncode}'}.",
        hint="Open it in a browser; give it a width and height or a viewBox.",
    )


def _too_slow(limits: SvgLimits) -> DecodeTimeoutError:
    return DecodeTimeoutError(
        f"Drawing the SVG took longer than {limits.seconds} s.",
        hint="Remove filters and effects, or send a PNG.",
    )
