"""Pictures that must never match, and references in quarantine: what still counts, and what waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.brand import Brand, Mark, ReferenceKind
from scoring.features import (
    APPEARANCE,
    CODES,
    FEATURES,
    FINGERPRINT,
    GEOMETRY,
    HELD,
    NEGATIVES,
    PAID,
    TEXT,
    FingerprintMatch,
    HeldReference,
    NegativeMatch,
    TextLine,
    Unavailable,
    combine,
    dump_features,
    load_features,
)
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from scoring.negatives import examples, set_aside, shown, spared
from scoring.recipe import Recipe

BRAND = Brand(name="Northpine", marks=(Mark(text="NORTHPINE"),))
FUNNEL = Funnel(Recipe.default())
NEGATIVE = NegativeMatch(reference_id="neg-1", name="placeholder.png", shared=True, distance=1, view="whole")
COPY = FingerprintMatch(
    reference_id="ref-1", brand="Northpine", kind=ReferenceKind.PHOTO, distance=1, view="whole"
)
QUAD = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.2), (0.1, 0.2))
PRINTED = TextLine(text="NORTHPINE", confidence=0.99, quad=QUAD)
HOLD = HeldReference(reference_id="ref-1", name="photo/a.jpg of Northpine", why="quarantined: 412 listings")
BLANK = dict.fromkeys(FEATURES, ())


def picture(**features):
    return {**BLANK, **features}


def judged(*pictures, title="Steel bottle", held=()):
    features = combine([set_aside(it) for it in pictures])
    listing = Listing(platform="ebay", listing_id="1", title=title, images=tuple("x" for _ in pictures))
    return FUNNEL.judge(listing, [BRAND], {**features, HELD: tuple(held)}, tenant="acme")


@pytest.mark.parametrize(("reason", "features", "aside"), examples(), ids=[row[0] for row in examples()])
def test_a_picture_is_set_aside(reason, features, aside):
    assert (shown(features) is not None) == aside, reason
    assert bool(spared(features)) == aside
    counted = set_aside(features)
    assert isinstance(counted.get(APPEARANCE), Unavailable) == aside
    assert set_aside(counted) == counted, "setting aside twice is once"


def test_nothing_costly_is_asked_of_it_but_what_is_written_on_it():
    gone = spared({NEGATIVES: (NEGATIVE,), FINGERPRINT: ()})
    assert {FINGERPRINT, APPEARANCE, GEOMETRY, *PAID} <= gone
    assert gone.isdisjoint({TEXT, CODES, NEGATIVES})


def test_a_listing_of_it_alone_is_nothing_and_says_why():
    """The same picture without the negative one is tier 1: the test would not pass by chance."""
    assert judged(picture(fingerprint=(COPY,))).tier == 1
    verdict = judged(picture(fingerprint=(COPY,), negatives=(NEGATIVE,)))
    assert (verdict.tier, verdict.score) == (4, 0.0)
    said = {it.signal: it.reason for it in verdict.abstentions}
    assert "placeholder.png, which must never match anybody" in said["fingerprint"]
    assert said["negative_reference"].startswith("picture 1 counts for nothing: it is placeholder.png")


def test_the_other_pictures_count_and_so_do_words():
    verdict = judged(picture(negatives=(NEGATIVE,)), picture(fingerprint=(COPY,)))
    assert (verdict.tier, verdict.contributions[0].detail[:9]) == (1, "picture 2")
    worded = judged(picture(negatives=(NEGATIVE,)), title="Northpine steel bottle")
    assert [it.signal for it in worded.contributions] == ["names"]


def test_only_the_costly_features_of_other_pictures_are_needed():
    known = {NEGATIVES: (NEGATIVE,), FINGERPRINT: ()}
    only = FUNNEL.judge(
        Listing(platform="ebay", listing_id="1", title="Steel bottle", images=("x",)),
        [BRAND],
        combine([set_aside(known)]),
        tenant="acme",
    )
    assert isinstance(only, Needs)
    assert only.features <= {TEXT, CODES}, "a placeholder costs no model that compares"


def test_what_is_printed_on_it_counts_and_makes_no_tier_1():
    """A press photograph that every honest dealer shows, with the brand's name on the pack."""
    title = "Northpine steel bottle"
    assert judged(picture(text=(PRINTED,)), title=title).tier == 1
    verdict = judged(picture(text=(PRINTED,), negatives=(NEGATIVE,)), title=title)
    assert (verdict.tier, verdict.route) == (2, "review")
    assert "printed on placeholder.png" in verdict.rule
    assert "text_in_picture" in {it.signal for it in verdict.contributions}
    beside = judged(
        picture(text=(PRINTED,), negatives=(NEGATIVE,)), picture(fingerprint=(COPY,)), title=title
    )
    assert beside.tier == 1, "another picture makes it one without"


def test_what_rests_on_a_quarantined_reference_waits_with_its_evidence():
    verdict = judged(picture(fingerprint=(COPY,)), held=[HOLD])
    assert (verdict.tier, verdict.route, verdict.reference_id) == (3, "none", "ref-1")
    assert verdict.rule == "held: it rests on photo/a.jpg of Northpine, quarantined: 412 listings"
    assert verdict.score == judged(picture(fingerprint=(COPY,))).score > 0.9
    assert "quarantine" in {it.signal for it in verdict.abstentions}


def test_what_other_evidence_makes_of_it_does_not_wait():
    other = FingerprintMatch(
        reference_id="ref-2", brand="Northpine", kind=ReferenceKind.PHOTO, distance=3, view="whole"
    )
    verdict = judged(picture(fingerprint=(COPY, other)), held=[HOLD])
    assert (verdict.tier, verdict.reference_id) == (1, "ref-2")
    by_words = judged(picture(fingerprint=(COPY,)), title="Northpine steel bottle", held=[HOLD])
    assert (by_words.tier, by_words.reference_id) == (2, None), "the name alone is watched, as ever"
    assert judged(picture(), held=[HOLD]) == judged(picture()), "who does not match it notices nothing"


def test_matches_travel():
    features = {NEGATIVES: (NEGATIVE,), HELD: (HOLD,)}
    assert load_features(dump_features(features)) == features


@given(st.permutations([0, 1, 2]))
def test_the_place_of_a_negative_picture_changes_nothing_else(order):
    pictures = [picture(negatives=(NEGATIVE,)), picture(fingerprint=(COPY,)), picture()]
    verdict = judged(*[pictures[at] for at in order])
    assert (verdict.tier, verdict.score) == (1, judged(pictures[1]).score)
