"""What listings say of the state of their goods, as people and platforms write it in ten languages."""

import pytest

from scoring.brand import Brand
from scoring.listing import Listing, Seller, Stock
from scoring.resale import Said, languages, read_statement

USED, RESTORED = Said.SECOND_HAND, Said.RESTORED

TITLES = [
    ("en", "Gently used Northpine jacket", USED, "an adverb"),
    ("en", "Northpine jacket worn once", USED, "how often"),
    ("en", "Northpine jacket, pre-loved, size M", USED, "a euphemism"),
    ("en", "Northpine boots EUC", USED, "an abbreviation of resellers"),
    ("en", "Northpine tin, condition: 8/10", USED, "a grade after the word"),
    ("en", "RC car 1/10 scale", None, "a scale, not a grade"),
    ("en", "Kids boots size 9/10", None, "a size, not a grade"),
    ("en", "Northpine lamp, like new", USED, "a used grade"),
    ("en", "Cleaner: shoes look like new", None, "what it does to others"),
    ("en", "Certified refurbished Northpine lamp", RESTORED, "repaired"),
    ("en", "Brush used to clean bottles", None, "a purpose"),
    ("en", "Never used Northpine bottle", None, "denied"),
    ("en", "Un-used Northpine bottle", None, "denied with a hyphen"),
    ("en", "Most used kitchen tool", None, "a superlative"),
    ("en", "Watch with sweep second hand", None, "a part of a watch"),
    ("en", "Vintage Northpine tin", USED, "an age"),
    ("en", "Vintage-inspired tin", None, "a style"),
    ("de", "Northpine Jacke gebraucht, guter Zustand", USED, "plain"),
    ("de", "Northpine Jacke, 2x getragen", USED, "how often"),
    ("de", "Northpine Jacke neuwertig", USED, "as good as new"),
    ("de", "Northpine Lampe B-Ware", USED, "returned goods"),
    ("de", "Northpine Lampe A-Ware", None, "first quality is new"),
    ("de", "Jacke ungetragen", None, "denied in one word"),
    ("de", "Jacke nie getragen, mit Etikett", None, "denied in two"),
    ("de", "Gebrauchsanweisung Northpine", None, "a manual"),
    ("de", "Lampe ohne Gebrauchsspuren", None, "no marks of use"),
    ("de", "Northpine Lampe generalüberholt", RESTORED, "repaired"),
    ("fr", "Gourde Northpine d\u2019occasion", USED, "with a typographer's apostrophe"),
    ("fr", "Veste Northpine seconde main", USED, "plain"),
    ("fr", "Veste Northpine TBE", USED, "an abbreviation"),
    ("fr", "Veste Northpine deja portee", USED, "without its accents"),
    ("fr", "Veste neuve, jamais portée", None, "denied"),
    ("fr", "Robe pour toutes occasions", None, "events"),
    ("fr", "Robe vintage Northpine", USED, "an age"),
    ("fr", "Occasion Northpine gourde 1 l", USED, "the word alone"),
    ("fr", "Gift for any occasion", None, "English events, where French is read too"),
    ("fr", "Lampe Northpine reconditionnée", RESTORED, "repaired"),
    ("es", "Botella Northpine de segunda mano", USED, "plain"),
    ("es", "Botella Northpine usada", USED, "a participle"),
    ("es", "Chaqueta seminueva", USED, "hardly used"),
    ("es", "Botella sin usar", None, "denied"),
    ("es", "Accesorio usado en cocinas", None, "a purpose"),
    ("es", "Falda estilo vintage", None, "a style"),
    ("it", "Borraccia Northpine usata", USED, "a participle"),
    ("it", "Giacca di seconda mano, ottime condizioni", USED, "plain"),
    ("it", "Giacca mai indossata", None, "denied"),
    ("it", "Lampada ricondizionata", RESTORED, "repaired"),
    ("pt", "Garrafa Northpine seminova", USED, "hardly used"),
    ("pt", "Casaco de segunda mao", USED, "without its accent"),
    ("pt", "Garrafa nunca usada", None, "denied"),
    ("nl", "Northpine fles tweedehands", USED, "plain"),
    ("nl", "Northpine fles ongebruikt", None, "denied in one word"),
    ("ja", "Northpine 水筒 中古品", USED, "plain"),
    ("ja", "Northpine 水筒 ほぼ新品", USED, "nearly new"),
    ("ja", "Northpine 水筒 新品未使用", None, "new and unused"),
    ("ja", "Northpine 水筒 未使用に近い", USED, "nearly unused is a used grade"),
    ("ja", "Northpine 水筒 数回使用", USED, "how often"),
    ("ja", "ヴィンテージ風 水筒", None, "a style"),
    ("zh", "Northpine 保温杯 99新", USED, "a grade"),
    ("zh", "Northpine 保温杯 九成新 自用转让", USED, "a grade in words"),
    ("zh", "闲置 Northpine 保温杯", USED, "lying idle"),
    ("zh", "Northpine 保溫杯 二手", USED, "in traditional characters"),
    ("zh", "全新 Northpine 保温杯", None, "new"),
    ("zh", "防二手烟口罩", None, "smoke"),
    ("id", "Botol Northpine bekas", USED, "plain"),
    ("id", "Krim bekas jerawat", None, "scars"),
]


@pytest.mark.parametrize(
    ("language", "title", "used", "reason"), TITLES, ids=[f"{row[0]}: {row[1]}" for row in TITLES]
)
def test_titles(language: str, title: str, used: Said | None, reason: str) -> None:
    listing = Listing(platform="shop", listing_id="1", title=title)
    statement = read_statement(listing, Brand(name="Northpine", languages=(language,)))
    assert statement.used == used, (reason, statement)
    assert bool(statement.words) == (used is not None)


CONDITIONS = [
    ("Used", USED, "eBay"),
    ("Pre-owned - Good", USED, "eBay"),
    ("Very Good", USED, "eBay, a grade alone"),
    ("3000", USED, "eBay's id"),
    ("2500", RESTORED, "eBay's id"),
    ("1000", None, "eBay's id of new"),
    ("New (other)", None, "eBay"),
    ("Open box", USED, "eBay"),
    ("UsedLikeNew", USED, "Amazon's code"),
    ("CollectibleVeryGood", USED, "Amazon's code"),
    ("Used - Acceptable", USED, "Amazon"),
    ("https://schema.org/UsedCondition", USED, "schema.org"),
    ("https://schema.org/RefurbishedCondition", RESTORED, "schema.org"),
    ("https://schema.org/NewCondition", None, "schema.org"),
    ("目立った傷や汚れなし", USED, "Mercari"),
    ("未使用に近い", USED, "Mercari"),
    ("新品、未使用", None, "Mercari"),
    ("Très bon état", USED, "Vinted, Leboncoin"),
    ("Neuf avec étiquette", None, "Vinted"),
    ("New without tags", None, "Vinted"),
    ("Satisfactory", USED, "Vinted"),
    ("Gut", USED, "Kleinanzeigen"),
    ("Neu", None, "Kleinanzeigen"),
    ("Gebraucht: Wie neu", USED, "Amazon.de"),
    ("Lo ha dado todo", USED, "Wallapop"),
    ("Sin abrir", None, "Wallapop"),
    ("Ottimo - Poco usato", USED, "Subito"),
    ("Nuovo - mai usato", None, "Subito"),
    ("usado", USED, "Mercado Libre"),
    ("Reacondicionado", RESTORED, "Mercado Libre"),
    ("几乎全新", USED, "Xianyu"),
    ("全新", None, "Xianyu"),
    ("For parts or not working", USED, "eBay"),
    ("Good-looking", None, "no grade"),
]


@pytest.mark.parametrize(
    ("condition", "used", "reason"), CONDITIONS, ids=[f"{row[2]}: {row[0]}" for row in CONDITIONS]
)
def test_structured_conditions_in_any_language(condition: str, used: Said | None, reason: str) -> None:
    listing = Listing(platform="shop", listing_id="1", title="Northpine", condition=condition)
    assert read_statement(listing, Brand(name="Northpine")).used == used, reason


PLACES = [
    ("https://www.ebay.fr/itm/1", None, USED, "the marketplace's country"),
    ("https://www.ebay.com/itm/1", "FR", USED, "else the seller's"),
    ("https://www.ebay.com/itm/1", "uk", None, "who writes English"),
    ("https://www.ebay.de/itm/1", "FR", None, "the marketplace's before the seller's"),
    (None, None, None, "nothing told"),
    ("http://[broken", "BE", USED, "an address that is none"),
]


@pytest.mark.parametrize(("url", "seller", "used", "reason"), PLACES, ids=[row[3] for row in PLACES])
def test_languages_by_place(url: str | None, seller: str | None, used: Said | None, reason: str) -> None:
    listing = Listing(
        platform="ebay",
        listing_id="1",
        url=url,
        title="Gourde Northpine d'occasion",
        seller=Seller(id="x", country=seller),
    )
    assert read_statement(listing, Brand(name="Northpine")).used == used, reason


def test_new_and_used_are_both_told() -> None:
    listing = Listing(platform="shop", listing_id="1", title="BNWT Northpine jacket", condition="Used")
    statement = read_statement(listing, Brand(name="Northpine"))
    assert (statement.used, statement.new) == (USED, "bnwt")


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("Northpine tin, box only", "box only"),
        ("Dust bag Northpine", "dust bag"),
        ("Strap for Northpine watch", "strap for"),
        ("Leerkarton Northpine", "leerkarton"),
        ("Northpine 水筒 空箱", "空箱"),
        ("Northpine 香水 小样", "小样"),
        ("Northpine bottle 13 mini", None),
        ("Northpine bottle with box", None),
    ],
)
def test_less_than_the_product(title: str, part: str | None) -> None:
    listing = Listing(platform="shop", listing_id="1", title=title)
    brand = Brand(name="Northpine", languages=("de", "ja", "zh"))
    assert read_statement(listing, brand).part == part


def test_stock_decides_on_vague_words_only() -> None:
    several = Stock(kind="exact", min=3, max=3)
    said = {
        word: read_statement(
            Listing(platform="shop", listing_id="1", title=f"{word} tin", stock=several), Brand(name="X")
        ).used
        for word in ("vintage", "used")
    }
    assert said == {"vintage": None, "used": USED}


def test_the_languages_that_are_promised() -> None:
    assert languages() >= {"en", "de", "fr", "es", "it", "pt", "ja", "zh"}
