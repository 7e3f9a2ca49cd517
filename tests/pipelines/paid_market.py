"""A market that shows references too, a recipe that sends all it may, and a service that listens."""

from google.cloud.vision_v1 import AnnotateImageResponse

from cluster.paid.outgoing import from_listing
from cluster.paid.terms import PaidTerms
from cluster.settings import GoogleVision
from cluster.state import State
from tests.catalog.pictures import drawn, encoded
from tests.conftest import settings_at
from tests.contracts.image_annotator import logo, pixels_sha256, text, web, word
from tests.pipelines.markets import TENANT, import_into, jpeg, listing, write_kit
from vision.decode import decode
from vision.svg import render_svg

GREEDY = """
name: greedy
version: 1
steps:
  - [names]
  - [vision_logo, vision_text, vision_web]
signals:
  names: {weight: 0.8}
  vision_logo: {weight: 1.0, moderate: 0.65, high: 0.85}
  vision_text: {weight: 0.8}
  vision_web: {weight: 0.8}
"""
"""Asks for everything of every picture, whatever a fingerprint would say."""

REFERENCES = {"0.jpg": jpeg(0, quality=95), "1.png": encoded(drawn(1, side=320), "PNG")}
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
    b'<path d="M4 60 32 4l28 56z" fill="#0b5d3b"/></svg>'
)

PICTURES = {
    "stolen-0.jpg": REFERENCES["0.jpg"],
    "stolen-1.png": REFERENCES["1.png"],
    "again-0.jpg": jpeg(0, quality=60),
    "other.jpg": jpeg(700),
    "another.jpg": jpeg(701),
}
LISTINGS = [listing(name, name) for name in PICTURES]
SENT = ("again-0.jpg", "other.jpg", "another.jpg")
"""The marketplace's own: a reference's file is not, even where the marketplace shows it."""


def answer(pixels):
    """Northpine's logo, its name and its site, for every picture."""
    return AnnotateImageResponse(
        logo_annotations=[logo("Northpine")],
        full_text_annotation=text(word("NORTHPINE", "LINE_BREAK")),
        web_detection=web(labels=["northpine"], full=["https://northpine.example/1.jpg"]),
    )


def paying_settings(folder, server, **vision):
    """Settings at the server, a kit with a picture in each form, and nothing turned on."""
    settings = settings_at(folder / "home", google_vision=GoogleVision(endpoint=server.endpoint, **vision))
    kit = write_kit(folder / "kit", REFERENCES, domains=["northpine.example"])
    (kit / "references" / "logo").mkdir()
    (kit / "references" / "logo" / "mark.svg").write_bytes(SVG)
    import_into(settings, kit)
    return settings


def turn_on(settings, *, recipe=None):
    """Logo, text and web; every decision about it goes through the catalogue."""
    catalog = State(settings).catalog
    catalog.opt_ins.turn(TENANT, ["vision_logo", "vision_text", "vision_web"], on=True, by="ada")
    if recipe is not None:
        catalog.recipes.put(TENANT, version="greedy@1", document=recipe)
    catalog.close()


def as_sent(picture):
    """What a picture's pixels are known by once they have left."""
    return pixels_sha256(decode(from_listing(picture, PaidTerms(TENANT)).content).pixels)


def sent(names=SENT):
    """What the server should have received for these pictures, in no order."""
    return sorted(as_sent(decode(PICTURES[name])) for name in names)


def references_as_sent():
    """What it must never receive: each reference, as it is and as it would be written."""
    pictures = [*(decode(data) for data in REFERENCES.values()), render_svg(SVG)]
    return {pixels_sha256(it.pixels) for it in pictures} | {as_sent(it) for it in pictures}
