"""The funnel asks for what it needs, stops where it may, and explains itself."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.brand import AuthorisedSeller, Brand, Mark, ReferenceKind
from scoring.errors import RecipeError
from scoring.evidence import Verdict
from scoring.features import (
    APPEARANCE,
    FEATURES,
    FINGERPRINT,
    GEOMETRY,
    MARKS,
    PAID,
    PATTERNS,
    TEXT,
    AppearanceMatch,
    FeatureValue,
    FingerprintMatch,
    GeometryMatch,
    PaidLogo,
    PaidObject,
    PaidText,
    Unavailable,
    WebMatch,
    combine,
    dump_features,
    load_features,
)
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing, Seller, Stock
from scoring.recipe import Recipe
from scoring.signals import SIGNALS
from scoring.signals.text_in_picture import line

BRAND = Brand(
    name="Northpine",
    marks=(Mark(text="NORTHPINE"),),
    authorised_sellers=(AuthorisedSeller(platform="ebay", seller_id="official"),),
)
OTHER = Brand(name="Velluto", marks=(Mark(text="VELLUTO"),))
FUNNEL = Funnel(Recipe.default())
NOTHING: dict[str, FeatureValue] = dict.fromkeys(FEATURES, ())


def listing(
    title: str = "Steel bottle", *, seller: str = "s1", platform: str = "ebay", stock: Stock | None = None
):
    return Listing(
        platform=platform,
        listing_id="1",
        title=title,
        seller=Seller(id=seller),
        stock=stock or Stock(),
        observed_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def fingerprint(distance: int = 0, brand: str = "Northpine"):
    return FingerprintMatch(
        reference_id="ref-fp", brand=brand, kind=ReferenceKind.PHOTO, distance=distance, view="whole"
    )


def geometry(inliers: int, kind: ReferenceKind = ReferenceKind.PACKAGING):
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    return GeometryMatch(
        reference_id="ref-geo", brand="Northpine", kind=kind, inliers=inliers, mirrored=False, quad=corners
    )


def appearance(cosine: float):
    return AppearanceMatch(
        reference_id="ref-clip",
        brand="Northpine",
        kind=ReferenceKind.PHOTO,
        cosine=cosine,
        probability=None,
        encoder="tiny",
    )


def judge(item: Listing, features: dict[str, FeatureValue], brands=(BRAND, OTHER)) -> Verdict:
    answer = FUNNEL.judge(item, brands, dict.fromkeys(PAID, ()) | features, tenant="t")
    assert isinstance(answer, Verdict)
    return answer


def test_the_cheapest_feature_is_asked_for_first() -> None:
    assert FUNNEL.judge(listing(), [BRAND], {}, tenant="t") == Needs(frozenset({FINGERPRINT}))


def test_a_fingerprint_match_asks_for_nothing_more() -> None:
    verdict = judge(listing(), {FINGERPRINT: (fingerprint(),)}, brands=(BRAND,))
    assert (verdict.tier, verdict.route, verdict.reference_id) == (1, "priority_review", "ref-fp")
    assert [c.signal for c in verdict.contributions] == ["fingerprint"]


def test_one_brand_in_tier_1_is_enough_whatever_the_others_lack() -> None:
    verdict = judge(listing(), {FINGERPRINT: (fingerprint(),)}, brands=(OTHER, BRAND))
    assert (verdict.tier, verdict.brand) == (1, "Northpine")


def test_a_doubtful_fingerprint_match_is_evidence_and_the_others_decide() -> None:
    at_once = FUNNEL.judge(listing(), [BRAND], {FINGERPRINT: (fingerprint(4),)}, tenant="t")
    assert isinstance(at_once, Verdict)
    assert at_once.tier == 1
    doubtful = {FINGERPRINT: (fingerprint(5),)}
    assert FUNNEL.judge(listing(), [BRAND], doubtful, tenant="t") == Needs(
        frozenset({APPEARANCE, GEOMETRY, PATTERNS})
    )
    alone = judge(listing(), NOTHING | doubtful)
    confirmed = judge(listing(), NOTHING | doubtful | {GEOMETRY: (geometry(12),)})
    assert (alone.tier, confirmed.tier) == (2, 1)


def test_without_a_match_the_costly_features_are_asked_for_together() -> None:
    needs = FUNNEL.judge(listing(), [BRAND], {FINGERPRINT: ()}, tenant="t")
    assert needs == Needs(frozenset({APPEARANCE, GEOMETRY, PATTERNS}))


def test_an_authorised_seller_needs_no_picture() -> None:
    verdict = judge(listing(seller="official"), {}, brands=(BRAND,))
    assert (verdict.tier, verdict.exemption, verdict.seller_authorised) == (4, "authorised_seller", True)
    assert (verdict.brand, verdict.score, verdict.contributions) == ("Northpine", 0.0, ())


def test_the_same_seller_elsewhere_is_not_cleared() -> None:
    verdict = judge(listing(seller="official", platform="etsy"), NOTHING | {FINGERPRINT: (fingerprint(),)})
    assert (verdict.tier, verdict.seller_authorised) == (1, False)


def test_authorised_by_one_brand_while_copying_another() -> None:
    features = NOTHING | {FINGERPRINT: (fingerprint(brand="Velluto"),)}
    verdict = judge(listing(seller="official"), features)
    assert (verdict.tier, verdict.brand, verdict.seller_authorised) == (1, "Velluto", False)


def test_authorised_by_one_brand_and_of_no_interest_to_another() -> None:
    verdict = judge(listing(seller="official"), NOTHING)
    assert (verdict.tier, verdict.brand, verdict.seller_authorised) == (4, "Northpine", True)


def test_irrelevant_has_no_subject() -> None:
    verdict = judge(listing(), NOTHING)
    assert (verdict.tier, verdict.brand, verdict.subject, verdict.score) == (4, None, None, 0.0)
    assert {a.signal for a in verdict.abstentions} >= {
        "fingerprint",
        "appearance",
        "geometry",
        "logo",
        "names",
    }


SECOND_HAND = [
    (Stock(kind="exact", min=1, max=1), 2, "second_hand", "one used piece: a person decides"),
    (Stock(kind="at_least", min=10), 1, None, "ten used pieces: the exemption lapses"),
    (Stock(kind="exact", min=999, max=999), 1, None, "999 used pieces"),
]


@pytest.mark.parametrize(
    ("stock", "tier", "exemption", "reason"), SECOND_HAND, ids=[case[3] for case in SECOND_HAND]
)
def test_second_hand_before_the_fingerprint(
    stock: Stock, tier: int, exemption: str | None, reason: str
) -> None:
    verdict = judge(listing("Used bottle", stock=stock), {FINGERPRINT: (fingerprint(),)}, brands=(BRAND,))
    assert (verdict.tier, verdict.exemption) == (tier, exemption), reason
    assert math.fsum(c.contribution for c in verdict.contributions) == pytest.approx(verdict.score)


COMBINED = [
    ("Steel bottle", (geometry(8),), (), 2, "geometry alone, as weak as it is accepted: watch"),
    ("Steel bottle", (geometry(200),), (), 2, "geometry alone, however strong: watch"),
    ("Northpine bottle", (geometry(20),), (), 1, "geometry and the name"),
    ("Northpine bottle", (), (), 2, "the name alone"),
    ("Steel bottle", (), (appearance(0.99),), 2, "a lawful look-alike"),
    ("Steel bottle", (geometry(60, ReferenceKind.LOGO),), (appearance(0.93),), 1, "logo and a similar look"),
    ("Steel bottle", (geometry(60, ReferenceKind.LOGO),), (), 2, "a logo alone: one signal"),
    ("Steel bottle", (), (appearance(0.87),), 4, "a shared style"),
]


@pytest.mark.parametrize(
    ("title", "shapes", "looks", "tier", "reason"), COMBINED, ids=[case[4] for case in COMBINED]
)
def test_combinations(title: str, shapes: tuple, looks: tuple, tier: int, reason: str) -> None:
    verdict = judge(listing(title), NOTHING | {GEOMETRY: shapes, APPEARANCE: looks})
    assert verdict.tier == tier, (reason, verdict)


PRINTED = [
    ("Steel bottle", ("NORTHPINE",), (), 2, "a printed name alone: watch"),
    ("Steel bottle", ("NORTHPIME",), (), 3, "a letter amiss alone: not even that"),
    ("Steel bottle", ("fits Northpine bottles",), (), 4, "what the goods fit"),
    ("Northpine bottle", ("NORTHPINE",), (), 1, "the name in the title and on the goods"),
    ("Steel bottle", ("NORTHPINE",), (appearance(0.99),), 1, "a look-alike that bears the mark is none"),
    ("Steel bottle", ("NORTHPIME",), (appearance(0.99),), 2, "a letter amiss is no mark found"),
]


@pytest.mark.parametrize(
    ("title", "printed", "looks", "tier", "reason"), PRINTED, ids=[c[4] for c in PRINTED]
)
def test_text_in_pictures(title, printed, looks, tier, reason) -> None:
    verdict = judge(listing(title), NOTHING | {TEXT: tuple(map(line, printed)), APPEARANCE: looks})
    assert verdict.tier == tier, (reason, verdict)


def test_pictures_are_read_only_while_the_matter_is_open() -> None:
    measured = {FINGERPRINT: (), APPEARANCE: (), PATTERNS: (), MARKS: ()}
    asked = FUNNEL.judge(listing(), [BRAND], measured | {GEOMETRY: ()}, tenant="t")
    assert asked == Needs(frozenset({TEXT}))
    settled = judge(listing("Northpine bottle"), measured | {GEOMETRY: (geometry(20),)}, brands=(BRAND,))
    assert settled.tier == 1
    assert "text_in_picture" in {silent.signal for silent in settled.abstentions}


def test_a_verdict_names_its_encoder_and_recipe() -> None:
    verdict = judge(listing(), NOTHING | {APPEARANCE: (appearance(0.5),)})
    assert (verdict.encoder, verdict.recipe_version) == ("tiny", "default@1")


@given(
    st.integers(0, 300),
    st.integers(0, 300),
    st.floats(-1, 1),
    st.sampled_from(["Bottle", "Northpine", "used Northpine", "\uff2eorthpine"]),
    st.sampled_from([None, 0, 9]),
)
def test_contributions_add_up_in_every_verdict(
    shape: int, logo: int, cosine: float, title: str, distance: int | None
) -> None:
    features: dict[str, FeatureValue] = NOTHING | {
        FINGERPRINT: () if distance is None else (fingerprint(distance),),
        GEOMETRY: (geometry(shape), geometry(logo, ReferenceKind.LOGO)),
        MARKS: (),
        APPEARANCE: (appearance(cosine),),
        TEXT: (),
        PATTERNS: (),
    }
    verdict = judge(listing(title), features)
    assert math.fsum(c.contribution for c in verdict.contributions) == pytest.approx(verdict.score, abs=1e-9)
    assert 0.0 <= verdict.score <= 1.0


def test_features_survive_the_journey_between_processes() -> None:
    features: dict[str, FeatureValue] = {
        FINGERPRINT: (fingerprint(3),),
        GEOMETRY: (geometry(12),),
        APPEARANCE: Unavailable("no encoder is configured"),
        TEXT: (line("NORTHPINE"),),
        PATTERNS: (),
    }
    assert load_features(dump_features(features)) == features


def test_what_a_paid_service_found_survives_it_too() -> None:
    """Nothing in the JSON names a match's kind: its fields must tell it from every other."""
    quad = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    features: dict[str, FeatureValue] = {
        "vision_logo": (PaidLogo(description="Northpine", score=0.9, quad=quad, image=2),),
        "vision_text": (PaidText(text="NORTHPINE", language="", quad=quad),),
        "vision_objects": (PaidObject(name="Bottle", score=0.8, quad=quad),),
        "vision_web": (
            WebMatch(labels=(), entities=(("N", 1.25),), full_urls=("u",), partial_urls=(), page_urls=()),
        ),
    }
    assert load_features(dump_features(features)) == features


def test_combine_numbers_pictures_and_keeps_what_could_be_measured() -> None:
    first: dict[str, FeatureValue] = {FINGERPRINT: (), GEOMETRY: Unavailable("picture 1 is broken")}
    second: dict[str, FeatureValue] = {FINGERPRINT: (fingerprint(),), GEOMETRY: (geometry(9),)}
    combined = combine([first, second])
    assert [match.image for match in combined[FINGERPRINT]] == [1]  # type: ignore[union-attr]
    assert [match.image for match in combined[GEOMETRY]] == [1]  # type: ignore[union-attr]
    assert combine([first])[GEOMETRY] == Unavailable("picture 1 is broken")


def test_what_one_picture_lacks_is_not_known_of_the_listing() -> None:
    # Two listings share the first picture; the other one had its geometry measured already.
    first: dict[str, FeatureValue] = {FINGERPRINT: (), GEOMETRY: ()}
    assert set(combine([first, {FINGERPRINT: ()}])) == {FINGERPRINT}


REFUSED = [
    ({"steps": [["nosuch"]], "signals": {}}, "which is no signal", "an unknown signal"),
    ({"steps": [["names"]], "signals": {}}, "without a weight", "evidence nobody weighs"),
    (
        {"steps": [["names"]], "signals": {"names": {"weight": 1, "options": {"in_titel": 0.5}}}},
        "in_titel",
        "a misspelt option",
    ),
    ({"steps": [["namez"]], "signals": {}}, "did you mean 'names'", "a misspelt signal"),
    (
        {"steps": [["names"]], "signals": {"names": {"weight": 1}}, "marks": ["names", "logos"]},
        "`marks` names 'logos', which is no signal: did you mean 'logo'",
        "a mark that is no signal",
    ),
    (
        {"steps": [["names"]], "signals": {"names": {"weight": 1}}, "look_alike": "second_hand"},
        "`look_alike` names 'second_hand', which only clears",
        "a look that never speaks",
    ),
    (
        {"steps": [["names"]], "signals": {"names": {"weight": 1}}, "look_alike": "names"},
        "a mark and a look alike at once",
        "two roles that exclude each other",
    ),
    (
        {"steps": [{"signals": ["names"], "when": "suspicious"}], "signals": {"names": {"weight": 1}}},
        "step 1 .names. never runs",
        "suspicious of nothing",
    ),
    (
        {
            "steps": [["second_hand"], {"signals": ["names"], "when": "suspicious"}],
            "signals": {"names": {"weight": 1}},
        },
        "step 2 .names. never runs",
        "suspicious of what only clears",
    ),
    (
        {
            "steps": [["fingerprint"], ["authorised_seller"]],
            "signals": {"fingerprint": {"weight": 1}},
            "short_circuits": [{"name": "the picture", "require": {"fingerprint": "high"}}],
        },
        "'authorised_seller' clears, but runs after 'the picture' may have decided",
        "cleared too late",
    ),
    (
        {
            "steps": [["names"], {"signals": ["second_hand"], "when": "open"}],
            "signals": {"names": {"weight": 1}},
        },
        "'second_hand' clears, so its step must run always",
        "cleared only at times",
    ),
    (
        {
            "steps": [["names", "second_hand"]],
            "signals": {"names": {"weight": 1}, "second_hand": {"weight": 1}},
        },
        "gives 'second_hand' a weight, and it weighs nothing",
        "a weight for what only clears",
    ),
    (
        {"steps": [["nosuch", "names"]], "signals": {"names": {"weight": 1, "options": {"in_title": 7}}}},
        "'nosuch', which is no signal.*in_title: Input should be less than .*its options: in_title,",
        "everything that is wrong at once",
    ),
]


def test_a_signal_whose_feature_nobody_measures_is_refused() -> None:
    class Smell(SIGNALS["names"]):  # type: ignore[misc, name-defined]
        needs = ("smell",)

    recipe = Recipe.model_validate(
        {"name": "x", "version": 1, "steps": [["names"]], "signals": {"names": {"weight": 1.0}}}
    )
    with pytest.raises(RecipeError, match="'names' needs 'smell', which nothing measures"):
        Funnel(recipe, signals={"names": Smell})


@pytest.mark.parametrize(("document", "says", "reason"), REFUSED, ids=[case[2] for case in REFUSED])
def test_a_recipe_that_cannot_run_is_refused(document: dict, says: str, reason: str) -> None:
    recipe = Recipe.model_validate({"name": "bad", "version": 1, **document})
    with pytest.raises(RecipeError, match=says):
        Funnel(recipe)


def test_no_brand_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(RecipeError, match="counterfoil brand import"):
        FUNNEL.judge(listing(), [], {}, tenant="t")


def gated(when: str) -> Funnel:
    """Geometry in a second step that runs only `when`; a title that says the name scores 0.7 before it."""
    return Funnel(
        Recipe.model_validate(
            {
                "name": "gated",
                "version": 1,
                "steps": [["names", "fingerprint"], {"signals": ["geometry"], "when": when}],
                "signals": {name: {"weight": 1.0} for name in ("names", "fingerprint", "geometry")},
            }
        )
    )


NAMED, PLAIN = "Northpine bottle", "Steel bottle"
GATES = [
    ("always", PLAIN, (), True, "a step without a condition runs for everything"),
    ("open", PLAIN, (), True, "nothing found yet: the step may be what finds it"),
    ("open", NAMED, (), True, "one signal is never tier 1, so the matter is open"),
    ("open", NAMED, (fingerprint(),), False, "tier 1 already: nothing can be added"),
    ("suspicious", PLAIN, (), False, "nothing suspicious: costly signals are spared"),
    ("suspicious", NAMED, (), True, "suspicious and open"),
    ("suspicious", NAMED, (fingerprint(),), False, "settled already"),
]


@pytest.mark.parametrize(("when", "title", "found", "asked", "reason"), GATES, ids=[g[-1] for g in GATES])
def test_a_step_runs_where_its_condition_holds(when, title, found, asked, reason):
    answer = gated(when).judge(listing(title), [BRAND], {FINGERPRINT: found}, tenant="t")
    if asked:
        assert answer == Needs(frozenset({GEOMETRY}))
    else:
        assert isinstance(answer, Verdict)
        (silent,) = (it.reason for it in answer.abstentions if it.signal == "geometry")
        assert silent.startswith("not asked")


def test_an_idle_signal_abstains_and_nothing_is_measured_for_it():
    class Idle(SIGNALS["geometry"]):  # type: ignore[misc, name-defined]
        def idle(self, brand: Brand) -> str | None:
            return "nothing to look for" if brand == BRAND else None

    recipe = Recipe.model_validate(
        {"name": "x", "version": 1, "steps": [["geometry"]], "signals": {"geometry": {"weight": 1.0}}}
    )
    funnel = Funnel(recipe, signals={"geometry": Idle})
    verdict = funnel.judge(listing(), [BRAND], {}, tenant="t")
    assert isinstance(verdict, Verdict)
    assert [it.reason for it in verdict.abstentions] == ["nothing to look for"]
    assert funnel.judge(listing(), [BRAND, OTHER], {}, tenant="t") == Needs(frozenset({GEOMETRY}))
