"""Regions: named or given, and a match counts where its centre lies."""

from dataclasses import replace

import pytest

from scoring.brand import Brand, ReferenceKind
from scoring.errors import RecipeError
from scoring.evidence import Abstention, Evidence
from scoring.features import GEOMETRY, MARKS, TEXT, GeometryMatch, MarkMatch
from scoring.funnel import Funnel
from scoring.listing import Listing
from scoring.recipe import Recipe
from scoring.regions import REGIONS, Region
from scoring.signals.geometry import Geometry
from scoring.signals.interface import Signal
from scoring.signals.logo import Logo


def square(x: float, y: float, half: float = 0.1):
    return ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))


def match(
    x: float, y: float, *, inliers: int = 40, kind: ReferenceKind = ReferenceKind.LOGO, half: float = 0.1
):
    return GeometryMatch(
        reference_id=f"at {x}",
        brand="Northpine",
        kind=kind,
        inliers=inliers,
        mirrored=False,
        quad=square(x, y, half),
    )


def weigh(signal: Signal, *matches: GeometryMatch):
    listing = Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",))
    return signal.weigh(listing, Brand(name="Northpine"), {GEOMETRY: matches, MARKS: ()})


def mark(x: float, y: float) -> MarkMatch:
    return MarkMatch(
        brand="Northpine",
        mark="pine",
        detector="v1",
        probability=0.95,
        mirrored=False,
        partial=False,
        quad=square(x, y, 0.05),
    )


PLACES = [
    ("top_right", 0.5, 0.5, True, "its corner is still in it"),
    ("top_right", 0.49, 0.4, False, "just left of it"),
    ("top_right", 0.6, 0.51, False, "just below it"),
    ("centre", 0.25, 0.75, True, "a corner of the middle"),
    ("centre", 0.24, 0.5, False, "beside the middle"),
    ([0.7, 0.7, 0.3, 0.3], 0.999, 0.999, True, "a rectangle up to the edge"),
    ([0.7, 0.7, 0.3, 0.3], 1.2, 0.9, False, "its centre lies outside the picture"),
]


@pytest.mark.parametrize(("region", "x", "y", "counts", "reason"), PLACES, ids=[case[4] for case in PLACES])
def test_where_a_match_counts(region: object, x: float, y: float, counts: bool, reason: str) -> None:
    said = weigh(Logo.model_validate({"regions": [region]}), match(x, y))
    assert isinstance(said, Evidence if counts else Abstention), reason


def test_a_mark_found_by_its_shape_or_its_detector_counts_in_the_same_places() -> None:
    top_right = Logo.model_validate({"regions": ["top_right"]})
    listing = Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",))
    for x, kind in ((0.8, Evidence), (0.2, Abstention)):
        said = top_right.weigh(
            listing, Brand(name="Northpine"), {GEOMETRY: (), MARKS: (mark(x, 0.2),), TEXT: ()}
        )
        assert isinstance(said, kind)


def test_no_region_is_the_whole_picture_and_beyond() -> None:
    assert isinstance(weigh(Logo(), match(1.2, 0.9)), Evidence)


def test_several_regions_are_one_or_the_other() -> None:
    corners = Logo.model_validate({"regions": ["top_left", "bottom_right"]})
    assert isinstance(weigh(corners, match(0.8, 0.8)), Evidence)
    assert isinstance(weigh(corners, match(0.8, 0.2)), Abstention)


def test_the_best_inside_counts_not_the_best_of_all() -> None:
    said = weigh(Logo.model_validate({"regions": ["top_right"]}), match(0.2, 0.2), match(0.8, 0.2, inliers=9))
    assert isinstance(said, Evidence)
    assert said.reference_id == "at 0.8"


def test_a_rival_outside_still_explains_the_place_better() -> None:
    """A region says where a match counts, not what is known of the picture."""
    ours = match(0.7, 0.2, inliers=10, kind=ReferenceKind.PACKAGING)
    rival = replace(match(0.45, 0.2, inliers=90, kind=ReferenceKind.PACKAGING, half=0.4), brand="Fennavel")
    assert isinstance(weigh(Geometry.model_validate({"regions": ["right"]}), ours, rival), Abstention)


def recipe(regions: object) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "x",
            "version": 1,
            "steps": [["logo"]],
            "signals": {"logo": {"weight": 1, "options": {"regions": regions}}},
        }
    )


REFUSED = [
    (["top-right"], "no region: name one of top, bottom", "misspelt"),
    ([[0, 0, 1]], "give \\[x, y, w, h\\]", "three numbers"),
    ([["a", 0, 1, 1]], "must be numbers", "no numbers"),
    ([[0.5, 0, 0.6, 1]], "does not lie in the picture", "it sticks out"),
    ([[0, 0, 0, 1]], "does not lie in the picture", "no width"),
    ([[0, 0, 640, 480]], "fractions", "pixels"),
]


@pytest.mark.parametrize(("regions", "says", "reason"), REFUSED, ids=[case[2] for case in REFUSED])
def test_what_is_no_region_is_refused(regions: object, says: str, reason: str) -> None:
    with pytest.raises(RecipeError, match=says):
        Funnel(recipe(regions))


def test_a_rectangle_that_ends_at_the_edge_is_one_whatever_floats_make_of_it() -> None:
    assert Logo.model_validate({"regions": [[0.7, 0.1, 0.3, 0.9]]}).regions == (Region(0.7, 0.1, 0.3, 0.9),)


def test_regions_are_written_as_they_were_read() -> None:
    written = ["top_right", [0.1, 0.1, 0.2, 0.2]]
    assert Logo.model_validate({"regions": written}).model_dump()["regions"] == (written[0], written[1])
    assert set(REGIONS) >= {"top_right", "top_left", "centre"}
