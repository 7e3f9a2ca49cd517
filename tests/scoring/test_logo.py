"""The logo signal makes do with the features it has, and short circuits on what any of them found."""

import pytest

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstained
from scoring.features import (
    FEATURES,
    GEOMETRY,
    MARKS,
    AppearanceMatch,
    GeometryMatch,
    MarkMatch,
    Unavailable,
    dump_features,
    load_features,
)
from scoring.funnel import Funnel
from scoring.listing import Listing
from scoring.recipe import Recipe

QUAD = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
POINTS = GeometryMatch(
    reference_id="r", brand="Northpine", kind=ReferenceKind.LOGO, inliers=20, mirrored=False, quad=QUAD
)
MARK = MarkMatch(
    brand="Northpine", mark="pine", detector="v1", probability=0.997, mirrored=True, partial=False, quad=QUAD
)
GONE = Unavailable("no detection model")


def judge(**features):
    listing = Listing(platform="ebay", listing_id="1", title="Bottle", images=("1.jpg",))
    return Funnel(Recipe.default()).judge(
        listing,
        [Brand(name="Northpine")],
        dict.fromkeys(FEATURES, ()) | features,
        tenant="t",
    )


@pytest.mark.parametrize(
    ("points", "marks", "fired", "reason"),
    [
        ((POINTS,), (), True, "points alone"),
        ((), (MARK,), True, "a detector alone"),
        ((POINTS,), GONE, True, "points, while marks cannot be measured"),
        (GONE, (MARK,), True, "a detector, while points cannot be measured"),
        ((), (), False, "neither"),
    ],
)
def test_what_any_of_them_found_is_evidence(points, marks, fired, reason):
    verdict = judge(geometry=points, marks=marks)
    assert ("logo" in [one.signal for one in verdict.contributions]) is fired, reason


def test_an_abstention_says_what_could_not_be_measured():
    [said] = [one.reason for one in judge(geometry=(), marks=GONE).abstentions if one.signal == "logo"]
    assert said == "no logo of Northpine was found in a picture; no detection model"
    assert Abstained("logo", "no detection model") in judge(geometry=GONE, marks=GONE).abstentions


def test_a_confirmed_mark_on_a_similar_product_is_tier_1():
    similar = AppearanceMatch(
        reference_id="r",
        brand="Northpine",
        kind=ReferenceKind.PHOTO,
        cosine=0.7,
        probability=0.7,
        encoder="tiny",
    )
    verdict = judge(geometry=(), marks=(MARK,), appearance=(similar,))
    assert (verdict.tier, verdict.rule) == (1, "the logo confirmed on a similar product")


def test_a_modified_mark_is_called_so():
    [contribution] = judge(geometry=(), marks=(MARK,)).contributions
    assert contribution.detail == (
        "picture 1 bears pine of Northpine, mirrored: a modified mark, by its detector v1, "
        "with probability 1.00, around 50% across and 50% down"
    )


def test_marks_travel_as_json():
    assert load_features(dump_features({MARKS: (MARK,)})) == {MARKS: (MARK,)}
    assert GEOMETRY not in load_features(dump_features({MARKS: ()}))
