"""Rows that go wrong, each with what its result must say. Served by the market of `conftest`."""

import struct
import zlib
from dataclasses import dataclass

from tests.pipelines.markets import jpeg, listing


def _giant_png() -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


LOCAL = {"giant.png": _giant_png(), "cut.jpg": jpeg(0)[:9000], "empty.jpg": b"", "text.jpg": b"\x00\xff" * 40}
"""Pictures beside the file of listings."""
SERVED = {"/page.jpg": ("image/jpeg", b"<!DOCTYPE html><html>log in</html>")}
"""What the shop's server answers; it has no `/gone.jpg`."""


@dataclass(frozen=True)
class Hostile:
    """A line, why it is here, what `errors` must say, and the tier it still comes to."""

    id: str
    reason: str
    line: object
    """`{server}` in it is the shop's address."""
    says: tuple[str, ...]
    tier: int = 4


ROWS = (
    Hostile(
        "missing",
        "a picture that is not there",
        listing("missing", "no.jpg"),
        ("picture 1: there is no file",),
    ),
    Hostile(
        "gone",
        "404",
        listing("gone", "{server}/gone.jpg"),
        ("picture 1: ", "/gone.jpg is gone (404)"),
    ),
    Hostile(
        "page",
        "a log-in page called .jpg, served as image/jpeg",
        listing("page", "{server}/page.jpg"),
        ("/page.jpg gave HTML instead of a picture",),
    ),
    Hostile(
        "giant",
        "45 bytes that claim 2.5 gigapixels",
        listing("giant", "giant.png"),
        ("claims 50,000 by 50,000 pixels", "at most 64,000,000"),
    ),
    Hostile(
        "cut",
        "half a JPEG",
        listing("cut", "cut.jpg"),
        ("This JPEG ends too early: 9,000 bytes are not all",),
    ),
    Hostile("empty", "a file of no bytes", listing("empty", "empty.jpg"), ("gave nothing instead",)),
    Hostile(
        "text", "bytes of nothing known", listing("text", "text.jpg"), ("not a picture that can be read",)
    ),
    Hostile(
        "outside",
        "a path that leads to another folder is not even looked up",
        listing("outside", "../secret.jpg"),
        ("images[0]: ../secret.jpg lies outside the listing file's folder; left out", "no images"),
    ),
    Hostile("no images", "only words to judge", listing("no images"), ("no images: only its words",)),
    Hostile("no title", "an empty title", listing("no title", "u.jpg") | {"title": ""}, ("no title",)),
    Hostile(
        "unknown",
        "a field nobody knows is named, and the row is judged",
        listing("unknown", "u.jpg", colour_of_box="red"),
        ("colour_of_box",),
    ),
    Hostile(
        "types",
        "wrong types cost the value, not the row",
        listing("types", "u.jpg", price="cheap", stock=[1], seller={"id": True}, observed_at="soon"),
        ("price", "stock", "seller.id", "observed_at"),
    ),
    Hostile(
        "images number",
        "images that are no list",
        listing("images number") | {"images": 7},
        ("images: expected a list of paths or URLs, found 7",),
    ),
    Hostile(
        "surrogate",
        "half a character, which no UTF-8 file can hold",
        '{"platform": "shop", "listing_id": "surrogate", "title": "\\ud800 \\u0000", "images": ["u.jpg"]}',
        (),
    ),
    Hostile("twice", "the first of two rows of one id", listing("twice", "u.jpg"), ()),
    Hostile(
        "twice", "the second is judged too, and says so", listing("twice", "u.jpg"), ("duplicate of line",)
    ),
    Hostile(
        "half",
        "one good picture of two is enough for a verdict",
        listing("half", "no.jpg", "copy.jpg"),
        ("picture 1: there is no file",),
        tier=1,
    ),
)
"""Rows that have a listing."""

UNREADABLE = (
    ("not JSON", "{'platform': 'shop'}", "not JSON: "),
    ("a list", "[1, 2]", "expected a JSON object, found a list"),
    ("cut off", '{"platform": "shop", "listing_id": "x', "not JSON: "),
    ("no id", '{"platform": "shop", "title": "bag"}', "listing_id is missing"),
    ("no platform", '{"listing_id": "orphan"}', "platform is missing"),
)
"""(reason, line, what `errors` must say) of rows that have none."""
