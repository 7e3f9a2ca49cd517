"""Kinds of reference weigh differently: a factor on the score, which never makes a weak match strong."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.brand import Brand, ReferenceKind
from scoring.errors import RecipeError
from scoring.evidence import Evidence
from scoring.features import (
    APPEARANCE,
    FINGERPRINT,
    GEOMETRY,
    MARKS,
    AppearanceMatch,
    FingerprintMatch,
    GeometryMatch,
    Match,
)
from scoring.funnel import Funnel
from scoring.listing import Listing
from scoring.recipe import Recipe
from scoring.reference_kinds import MEANING
from scoring.signals import SIGNALS

BRAND = Brand(name="Northpine")
LISTING = Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",))
SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


def geometry(kind: str, inliers: int) -> GeometryMatch:
    return GeometryMatch(
        reference_id=f"{kind}-{inliers}",
        brand="Northpine",
        kind=ReferenceKind(kind),
        inliers=inliers,
        mirrored=False,
        quad=SQUARE,
    )


def fingerprint(kind: str, distance: int) -> FingerprintMatch:
    return FingerprintMatch(
        reference_id=f"{kind}-{distance}",
        brand="Northpine",
        kind=ReferenceKind(kind),
        distance=distance,
        view="whole",
    )


def appearance(kind: str, probability: float) -> AppearanceMatch:
    return AppearanceMatch(
        reference_id=kind,
        brand="Northpine",
        kind=ReferenceKind(kind),
        cosine=probability,
        probability=probability,
        encoder="vit",
    )


def said(signal: str, feature: str, found: tuple[Match, ...], **kinds: float) -> Evidence:
    outcome = (
        SIGNALS[signal].model_validate({"kinds": kinds}).weigh(LISTING, BRAND, {MARKS: (), feature: found})
    )
    assert isinstance(outcome, Evidence), outcome
    return outcome


@pytest.mark.parametrize(
    ("signal", "feature", "found", "kinds", "score", "reason"),
    [
        ("geometry", GEOMETRY, (geometry("packaging", 60),), {}, 0.97, "no weights: as it was measured"),
        (
            "geometry",
            GEOMETRY,
            (geometry("packaging", 60),),
            {"packaging": 0.5},
            0.485,
            "a factor on the score",
        ),
        (
            "geometry",
            GEOMETRY,
            (geometry("artwork", 60),),
            {"packaging": 0.5},
            0.97,
            "another kind keeps its own",
        ),
        (
            "geometry",
            GEOMETRY,
            (geometry("packaging", 60), geometry("character", 8)),
            {"packaging": 0.5},
            0.70,
            "a weaker match of a kind that tells more",
        ),
        (
            "logo",
            GEOMETRY,
            (geometry("logo", 60),),
            {"logo": 0.5},
            0.485,
            "marks have kinds too",
        ),
        ("fingerprint", FINGERPRINT, (fingerprint("photo", 4),), {"photo": 0.5}, 0.48, "copied pictures"),
        (
            "fingerprint",
            FINGERPRINT,
            (fingerprint("photo", 0), fingerprint("artwork", 8)),
            {"photo": 0.9},
            0.92,
            "a farther copy of a kind that tells more",
        ),
        ("appearance", APPEARANCE, (appearance("pattern", 0.9),), {"pattern": 0.6}, 0.54, "resemblance"),
    ],
)
def test_a_kind_weighs(
    signal: str, feature: str, found: tuple[Match, ...], kinds: dict[str, float], score: float, reason: str
) -> None:
    assert said(signal, feature, found, **kinds).score == pytest.approx(score), reason


def test_a_discount_is_said_and_full_weight_is_not() -> None:
    lowered = said("geometry", GEOMETRY, (geometry("packaging", 60),), packaging=0.5).detail
    assert lowered.endswith("; packaging references count 0.5")
    assert "count" not in said("geometry", GEOMETRY, (geometry("packaging", 60),)).detail


@pytest.mark.parametrize("kind", [kind for kind in ReferenceKind if kind is not ReferenceKind.CERTIFICATION])
def test_every_kind_has_words_for_what_it_means(kind: ReferenceKind) -> None:
    """But certification marks, which mean nothing by themselves and have a signal of their own."""
    signal = "logo" if kind is ReferenceKind.LOGO else "geometry"
    assert MEANING[kind] in said(signal, GEOMETRY, (geometry(kind, 60),)).detail


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ({"packaging": 1.01}, "a factor above 1 would make more of a match than was measured"),
        ({"packaging": 0}, "to leave a kind out, leave its references out"),
        ({"wrapping": 0.5}, "no such kind"),
    ],
)
def test_weights_that_cannot_work_are_refused(kinds: dict[str, float], reason: str) -> None:
    document: dict[str, Any] = Recipe.default().model_dump(mode="json")
    document["signals"]["geometry"]["options"] = {"kinds": kinds}
    with pytest.raises(RecipeError, match="geometry"):
        Funnel(Recipe.model_validate(document))


KINDS = st.sampled_from(
    [kind for kind in ReferenceKind if kind not in {ReferenceKind.LOGO, ReferenceKind.CERTIFICATION}]
)
MATCHES = st.lists(st.builds(geometry, KINDS, st.integers(8, 90)), min_size=1, max_size=5)


@given(found=MATCHES, more=st.integers(0, 40), weights=st.dictionaries(KINDS, st.floats(0.1, 1.0)))
def test_more_points_on_any_reference_never_lower_the_score(
    found: list[GeometryMatch], more: int, weights: dict[ReferenceKind, float]
) -> None:
    before = said("geometry", GEOMETRY, tuple(found), **weights).score
    found[0] = replace(found[0], inliers=found[0].inliers + more)
    assert said("geometry", GEOMETRY, tuple(found), **weights).score >= before


def test_by_default_packaging_counts_less_but_still_reaches_the_watch_tier() -> None:
    """A factor that took the fewest accepted points below it would lose what geometry was tuned to find."""
    recipe = Recipe.default()
    kinds = recipe.signals["geometry"].options["kinds"]
    assert isinstance(kinds, dict)
    weakest = said("geometry", GEOMETRY, (geometry("packaging", 8),), **kinds)
    assert recipe.tiers.watch <= weakest.score < 0.70
    assert said("geometry", GEOMETRY, (geometry("artwork", 8),), **kinds).score == 0.70
