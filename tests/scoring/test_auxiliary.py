"""Codes, colours and certification marks under the default recipe: they support, and accuse nobody."""

import pytest

from scoring.brand import Brand, Colour, Mark
from scoring.evidence import Verdict
from scoring.features import (
    CERTIFICATIONS,
    CODES,
    COLOURS,
    FEATURES,
    CertificationMatch,
    CodeRead,
    ColourShare,
)
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from scoring.recipe import Recipe

BRAND = Brand(
    name="Northpine",
    marks=(Mark(text="NORTHPINE"), Mark(text="CE", kind="certification")),
    colours=(Colour(name="pine green", hex="#0B5D3B", registered=True),),
    gtins=("5701234567899",),
)
PLACE = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.2), (0.1, 0.2))
CODE = {CODES: (CodeRead(symbology="EAN-13", text="5701234567899", quad=PLACE),)}
GREEN = {COLOURS: (ColourShare(hex="#0b5d3b", share=0.5, light="own"),)}
CE = {CERTIFICATIONS: (CertificationMatch(mark="CE", height=40, likeness=0.9, quad=PLACE),)}
FUNNEL = Funnel(Recipe.default())


def judged(title, features, brand=BRAND, *, funnel=FUNNEL):
    shown = Listing(platform="ebay", listing_id="1", title=title)
    verdict = funnel.judge(shown, [brand], dict.fromkeys(FEATURES, ()) | features, tenant="t")
    assert isinstance(verdict, Verdict)
    return verdict


CASES = [
    ("Bottle", CE, 4, "unrelated goods with a CE mark are nobody's business"),
    ("Bottle", GREEN, 4, "unrelated goods in the brand's colour"),
    ("Bottle", CODE, 3, "the brand's barcode alone: kept, not shown"),
    ("Bottle EAN 5701234567899", {}, 3, "its GTIN in words alone"),
    ("Bottle EAN 5701234567899", CODE | GREEN | CE, 3, "all of them together"),
    ("Northpine bottle", CE | GREEN, 2, "a name, its colour and CE, as any reseller shows them"),
    ("Northpine bottle EAN 5701234567899", {}, 2, "a name and a GTIN in words are not two reasons"),
    ("Northpine bottle", CODE, 2, "a name and its barcode on the goods, as genuine ones show them"),
    ("N0rthpine bottle", CODE, 1, "a disguised name on goods with its barcode"),
    ("N0rthpine bottle", GREEN, 1, "a disguised name on goods in the registered colour"),
]


@pytest.mark.parametrize(("title", "features", "tier", "reason"), CASES, ids=[case[3] for case in CASES])
def test_what_they_come_to(title, features, tier, reason):
    assert judged(title, features).tier == tier, reason


def test_even_asked_always_and_at_their_highest_they_never_reach_tier_2_together():
    names = ("barcode", "gtin", "colour", "certification")
    options = {
        "barcode": {"score": 0.99},
        "gtin": {"score": 0.99},
        "colour": {"registered": 0.99},
        "certification": {"named": 0.99},
    }
    funnel = Funnel(
        Recipe.model_validate(
            {
                "name": "auxiliary",
                "version": 1,
                "steps": [list(names)],
                "signals": {
                    name: {"weight": 1.0, "auxiliary": True, "options": options[name]} for name in names
                },
            }
        )
    )
    verdict = judged("Bottle EAN 5701234567899", CODE | GREEN | CE, funnel=funnel)
    assert {it.signal for it in verdict.contributions} == set(names)
    assert verdict.score > 0.99
    assert (verdict.tier, verdict.route) == (3, "none")


def test_nothing_is_measured_for_a_brand_that_lists_nothing():
    plain = Brand(name="Fennavel")
    shown = Listing(platform="ebay", listing_id="1", title="Fennavel cream")
    known = dict.fromkeys(set(FEATURES) - {CODES, COLOURS, CERTIFICATIONS}, ())
    assert FUNNEL.judge(shown, [plain], known, tenant="t") == Needs(frozenset({CERTIFICATIONS}))


def test_a_person_is_told_of_a_mark_too_small_to_be_sure_of():
    small = {CERTIFICATIONS: (CertificationMatch(mark="CE", height=14, likeness=0.8, quad=PLACE),)}
    said = [
        it.detail for it in judged("Northpine charger", small).contributions if it.signal == "certification"
    ]
    assert said == [
        "CE on picture 1 (14 pixels high; small, uncertain): a person checks whether the goods are certified"
    ]
