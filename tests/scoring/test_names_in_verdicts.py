"""What names and watch terms lead to: which tier, which subject."""

import pytest
import yaml

from samples.kits import kits
from samples.marketplace import offers
from scoring.brand import Brand, Mark, WatchTerm
from scoring.evidence import Evidence, Verdict
from scoring.funnel import Funnel
from scoring.listing import Listing
from scoring.recipe import Recipe
from scoring.signals.names import Names

TEXT_ONLY = Recipe.model_validate(
    {
        "name": "text",
        "version": 1,
        "steps": [["names", "watch_terms"]],
        "signals": {"names": {"weight": 0.8}, "watch_terms": {"weight": 0.8}},
    }
)
FENNAVEL = Brand(
    name="Fennavel",
    watch_terms=(
        WatchTerm.model_validate({"class": "prohibited-ingredients", "primary": ["mercury"]}),
        WatchTerm.model_validate({"class": "prohibited-claims", "primary": ["miracle cure"]}),
    ),
)


def judge(title: str, brand: Brand = FENNAVEL) -> Verdict:
    listing = Listing(platform="ebay", listing_id="1", title=title)
    verdict = Funnel(TEXT_ONLY).judge(listing, [brand], {}, tenant="t")
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize(
    ("title", "tier", "subject", "reason"),
    [
        ("Fennavel cream", 2, "Fennavel", "a name alone is for review"),
        ("Mercury cream", 2, "prohibited-ingredients", "a class alone is named, not the brand"),
        ("A miracle cure", 2, "prohibited-claims", "the class that was said"),
        ("F3nnavel mercury cream", 1, "Fennavel", "both: the disguised name is the graver"),
        ("Fennavel mercury cream", 1, "prohibited-ingredients", "both: the class is the graver"),
        ("cream for Fennavel jars", 4, "Fennavel", "a lawful reference is far from review"),
        ("cream", 4, None, "nothing"),
    ],
)
def test_tier_and_subject(title, tier, subject, reason) -> None:
    verdict = judge(title)
    assert (verdict.tier, verdict.subject) == (tier, subject)
    assert verdict.brand == ("Fennavel" if subject else None)


@pytest.mark.parametrize(
    ("title", "score", "reason"),
    [
        ("Strap for Oakwell watches", 0.30, "English"),
        ("Armband passend für Oakwell", 0.30, "German"),
        ("Bracelet compatible avec Oakwell", 0.30, "French"),
        ("Correa para Oakwell", 0.30, "Spanish"),
        ("适用于Oakwell手表", 0.30, "Chinese"),
        ("Oakwell compatible strap", 0.30, "said afterwards"),
        ("Oakwell-style bag", 0.30, "said afterwards, with a hyphen"),
        ("inspired by Oakwell", 0.30, "a dupe that says so"),
        ("like the Oakwell", 0.30, "with an article between"),
        ("Oakwell strap for watches", 0.70, "for something else"),
        ("Bag for men Oakwell", 0.70, "for somebody else"),
        ("Strap for 0akwell", 0.90, "who disguises a name does not refer"),
    ],
)
def test_lawful_references(title, score, reason) -> None:
    outcome = Names().weigh(Listing(platform="a", listing_id="1", title=title), Brand(name="Oakwell"), {})
    assert isinstance(outcome, Evidence)
    assert outcome.score == pytest.approx(score), outcome.detail


@pytest.mark.parametrize(
    ("title", "text", "score", "reason"),
    [
        ("Strap for Oakwell", "Oakwell watches fit.", 0.30, "the title has set the tone"),
        ("Strap", "Oakwell watches fit.", 0.55, "no title says what it is for"),
        ("Oakwell strap for Oakwell", "Oakwell watches fit.", 0.70, "the title also claims it"),
    ],
)
def test_a_description_is_read_in_the_tone_of_its_title(title, text, score, reason) -> None:
    listing = Listing(platform="a", listing_id="1", title=title, description=text)
    outcome = Names().weigh(listing, Brand(name="Oakwell"), {})
    assert isinstance(outcome, Evidence)
    assert outcome.score == pytest.approx(score), outcome.detail


@pytest.mark.parametrize(
    ("title", "languages", "score", "reason"),
    [
        ("Gant polo", ("en",), 0.70, "no word of English"),
        ("Gant polo", ("fr",), 0.25, "a glove in French"),
    ],
)
def test_a_name_is_an_ordinary_word_in_its_brands_languages(title, languages, score, reason) -> None:
    brand = Brand(name="Gant", languages=languages, marks=(Mark(text="Gant"),))
    outcome = Names().weigh(Listing(platform="a", listing_id="1", title=title), brand, {})
    assert isinstance(outcome, Evidence)
    assert outcome.score == pytest.approx(score), outcome.detail


def _sample(kind: str) -> list[tuple[str, str, float]]:
    """Of the sample marketplace: the brand meant, the title, and the highest score that names give it."""
    brands = [Brand.model_validate(_brand(kit.yaml)) for kit in kits()]
    rows = []
    for offer in offers():
        if offer.kind == kind:
            listing = Listing(platform="a", listing_id="1", title=offer.title, description=offer.text)
            heard = [Names().weigh(listing, brand, {}) for brand in brands if brand.name == offer.brand]
            rows.append((offer.brand, offer.title, max(getattr(outcome, "score", 0.0) for outcome in heard)))
    return rows


def _brand(text: str) -> dict:
    document = yaml.safe_load(text)
    return {"name": document.pop("brand")} | document


def test_every_name_attack_of_the_sample_marketplace_is_found() -> None:
    rows = _sample("name_attack")
    assert len(rows) == 10
    assert [row for row in rows if row[2] < 0.65] == []


@pytest.mark.parametrize("kind", ["look_alike", "irrelevant"])
def test_no_lawful_listing_of_the_sample_marketplace_fires(kind) -> None:
    brands = [Brand.model_validate(_brand(kit.yaml)) for kit in kits()]
    listings = [
        Listing(platform="a", listing_id="1", title=offer.title, description=offer.text)
        for offer in offers()
        if offer.kind == kind
    ]
    assert listings
    fired = [
        listing.title
        for listing in listings
        for brand in brands
        if isinstance(Names().weigh(listing, brand, {}), Evidence)
    ]
    assert fired == []
