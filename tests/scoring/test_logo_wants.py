"""What the logo signal has measured, and what it then reads: no more than the case takes."""

from dataclasses import replace

import pytest

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstention, Evidence
from scoring.features import GEOMETRY, MARKS, TEXT, GeometryMatch, MarkMatch, TextLine, Unavailable
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from scoring.recipe import Recipe
from scoring.signals.logo import Logo

BRAND = Brand(name="Northpine")
LISTING = Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",))
CORNERS = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
RECIPE = Recipe.model_validate(
    {"name": "one", "version": 1, "steps": [["logo"]], "signals": {"logo": {"weight": 1.0}}}
)


def points(inliers, *, brand="Northpine", kind=ReferenceKind.LOGO):
    return GeometryMatch(
        reference_id="r", brand=brand, kind=kind, inliers=inliers, mirrored=False, quad=CORNERS
    )


def mark(probability, *, detector="v1", brand="Northpine"):
    return MarkMatch(
        brand=brand, mark="pine", detector=detector, probability=probability,
        mirrored=False, partial=False, quad=CORNERS,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("features", "asked", "reason"),
    [
        ({}, {GEOMETRY}, "points come first"),
        ({GEOMETRY: (points(20),)}, set(), "the logo is confirmed"),
        ({GEOMETRY: (points(19),)}, {MARKS}, "one point too few to be sure"),
        ({GEOMETRY: (points(20, brand="Fennavel"),)}, set(), "another brand's logo is confirmed"),
        ({GEOMETRY: (points(90, kind=ReferenceKind.PACKAGING),)}, {MARKS}, "a package is no logo"),
        ({GEOMETRY: Unavailable("away")}, {MARKS}, "marks do without points"),
        ({GEOMETRY: (), MARKS: ()}, set(), "no mark, so nothing to be read"),
        ({GEOMETRY: (), MARKS: (mark(0.80),)}, {TEXT}, "a detector has spoken"),
        ({GEOMETRY: (), MARKS: (mark(0.79),)}, set(), "a detector too unsure to count"),
        ({GEOMETRY: (), MARKS: (mark(0.99, detector="artwork"),)}, set(), "an outline is no lettering"),
        ({GEOMETRY: (), MARKS: (mark(0.99, brand="Fennavel"),)}, set(), "another brand's detector"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_asked_for(features, asked, reason):
    answer = Funnel(RECIPE).judge(LISTING, [BRAND], features, tenant="t")
    assert (set(answer.features) if isinstance(answer, Needs) else set()) == asked, reason


def test_what_is_not_wanted_is_not_read_though_another_listing_had_it_measured():
    known = {GEOMETRY: (points(20, brand="Fennavel"),), MARKS: (mark(1.0),), TEXT: ()}
    assert isinstance(Logo().weigh(LISTING, BRAND, known), Abstention)
    line = TextLine(text="PLUGWELL", confidence=0.9, quad=CORNERS)
    outline = {GEOMETRY: (), MARKS: (mark(1.0, detector="artwork"),), TEXT: (line,)}
    assert isinstance(Logo().weigh(LISTING, BRAND, outline), Evidence)


@pytest.mark.parametrize(
    ("changed", "believed", "reason"),
    [
        ({}, False, "another word fills the place"),
        ({"text": "Northpine Sports"}, True, "its own word among others"),
        ({"text": "XORTHPINF"}, True, "its own word, badly read"),
        ({"image": 1}, True, "on another picture"),
        ({"quad": ((0.45, 0.4), (0.56, 0.4), (0.56, 0.5), (0.45, 0.5))}, True, "a small print in the mark"),
        ({"quad": ((0.45, 0.4), (0.58, 0.4), (0.58, 0.5), (0.45, 0.5))}, False, "it fills most of the mark"),
        ({"quad": ((0.4, 0.7), (0.6, 0.7), (0.6, 0.8), (0.4, 0.8))}, True, "beneath it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_detector_is_believed_unless_another_word_stands_there(changed, believed, reason):
    line = TextLine(text="PLUGWELL", confidence=0.9, quad=CORNERS)
    known = {GEOMETRY: (), MARKS: (mark(1.0),), TEXT: (replace(line, **changed),)}
    assert isinstance(Logo().weigh(LISTING, BRAND, known), Evidence) == believed, reason
