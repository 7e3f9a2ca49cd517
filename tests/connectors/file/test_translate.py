"""From a record's own words to our nouns, case by case."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.file.translate import translate
from scoring.errors import ListingError
from scoring.listing import Money, Seller, Stock

WHEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
FIVE = Money(amount=5, currency="EUR")
ID = {"platform": "ebay", "listing_id": "1"}


def locate(image):
    if image.startswith("bad"):
        raise ListingError(f"{image} lies outside")
    return f"file:///{image}"


def read(fields):
    return translate(fields, locate=locate, observed_at=WHEN)


def remarks(fields):
    """What is said of these fields, apart from there being no title and no images."""
    listing, errors = read(ID | {"title": "t", "images": ["a.jpg"]} | fields)
    assert listing is not None
    return listing, errors


GOOD = [
    (
        {"price": {"amount": "19.99", "currency": "USD"}},
        "price",
        Money(amount="19.99", currency="USD"),
        "as designed",
    ),
    (
        {"price": {"amount": 19.99, "currency": "usd"}},
        "price",
        Money(amount="19.99", currency="USD"),
        "a float",
    ),
    ({"price.amount": "5", "price.currency": "EUR"}, "price", FIVE, "dotted columns"),
    ({"price_amount": " 5 ", "price_currency": "EUR"}, "price", FIVE, "blanks"),
    ({"price": "5", "price_currency": "EUR"}, "price", FIVE, "amount under `price`"),
    ({"price": '{"amount": 5, "currency": "EUR"}'}, "price", FIVE, "JSON in a cell"),
    ({"price": {"amount": Decimal(5), "currency": "EUR"}}, "price", FIVE, "Parquet"),
    (
        {"price": {"amount": 0, "currency": "EUR"}},
        "price",
        Money(amount=0, currency="EUR"),
        "free is a price",
    ),
    ({"price": {"amount": "1e15", "currency": "EUR"}}, "price", Money(amount="1e15", currency="EUR"), "huge"),
    ({"price": None}, "price", None, "null"),
    ({"price_amount": "", "price_currency": ""}, "price", None, "empty cells"),
    ({"price": {"amount": None, "currency": None}}, "price", None, "an object of nulls"),
    ({"stock": {"kind": "exact", "min": "12"}}, "stock", Stock(kind="exact", min=12), "number as text"),
    ({"stock_kind": "at_least", "stock_min": "10"}, "stock", Stock(kind="at_least", min=10), "columns"),
    ({"stock": 3}, "stock", Stock(kind="exact", min=3, max=3), "a bare number is exact"),
    ({"stock": float("nan")}, "stock", Stock(), "Parquet's missing number"),
    ({"seller_id": 42, "seller_rating": "97.1"}, "seller", Seller(id="42", rating=97.1), "ids are text"),
    (
        {"seller": {"id": "s", "feedback_count": "7"}},
        "seller",
        Seller(id="s", feedback_count=7),
        "number as text",
    ),
    (
        {"seller": {"id": "s"}, "seller_country": "de"},
        "seller",
        Seller(id="s", country="DE"),
        "both ways at once",
    ),
    ({"images": '["a.jpg", "b.jpg"]'}, "images", ("file:///a.jpg", "file:///b.jpg"), "JSON list in a cell"),
    ({"images": "a.jpg| b.jpg |"}, "images", ("file:///a.jpg", "file:///b.jpg"), "separated by bars"),
    ({"images": ["a.jpg", None, ""]}, "images", ("file:///a.jpg",), "nulls among images are none"),
    ({"video": "v.mp4"}, "video", "file:///v.mp4", "located like an image"),
    ({"title": 501}, "title", "501", "a product that is called by its number"),
    ({"Title ": "x"}, "title", "x", "a spreadsheet's capitals and blanks"),
    ({"title": "a\x00b"}, "title", "ab", "NUL, which databases refuse"),
    ({"title": "a\ud800"}, "title", "a?", "half a surrogate pair, which UTF-8 cannot hold"),
    (
        {"observed_at": "2026-01-02T03:04:05+02:00"},
        "observed_at",
        datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC),
        "zone",
    ),
    (
        {"observed_at": "2026-01-02"},
        "observed_at",
        datetime(2026, 1, 2, tzinfo=UTC),
        "a day is its midnight, UTC",
    ),
    (
        {"observed_at": datetime(2026, 1, 2)},  # noqa: DTZ001  # without a zone: that is the case
        "observed_at",
        datetime(2026, 1, 2, tzinfo=UTC),
        "Parquet timestamp",
    ),
    ({"observed_at": None}, "observed_at", WHEN, "the file's own time stands in"),
    (
        {"label": {"verdict": "lawful"}, "label.kind": "x"},
        "brand",
        None,
        "the truth of a labelled set, not scored",
    ),
]


@pytest.mark.parametrize(("fields", "name", "expected", "reason"), GOOD, ids=[row[3] for row in GOOD])
def test_a_value_is_understood_without_remark(fields, name, expected, reason):
    listing, errors = remarks(fields)
    assert getattr(listing, name) == expected
    assert errors == ()


LEFT_OUT = [
    ({"price": "abc"}, "price", "price: expected {", "no object, and no currency beside it"),
    ({"price": 19.99}, "price", "price: expected {", "a price without a currency could be anything"),
    (
        {"price": {"amount": "abc", "currency": "EUR"}},
        "price",
        "price.amount: expected a number",
        "not a number",
    ),
    (
        {"price": {"amount": "1,299.00", "currency": "EUR"}},
        "price",
        "no thousands separators",
        "1.299 or 1299?",
    ),
    ({"price": {"amount": -1, "currency": "EUR"}}, "price", "at least 0", "just below 0"),
    ({"price": {"amount": True, "currency": "EUR"}}, "price", "found True", "true is not one"),
    ({"price": {"amount": 1, "currency": "euro"}}, "price", "three letters", "four letters"),
    ({"price": {"amount": 1}}, "price", "price.currency is missing; the whole price", "half a price"),
    ({"price_amount": "1"}, "price", "price.currency is missing", "half a price in columns"),
    (
        {"price": {"amount": "1e999999999", "currency": "EUR"}},
        "price",
        "price.amount",
        "not an amount of money",
    ),
    ({"price": {"amount": "1e16", "currency": "EUR"}}, "price", "price.amount", "one digit more"),
    (
        {"price": {"amount": "1." + "0" * 40, "currency": "EUR"}},
        "price",
        "price.amount",
        "digits without end",
    ),
    ({"stock": {"kind": "exact", "min": 2**63}}, "stock", "a whole number", "beyond what databases hold"),
    ({"stock": {"kind": "many"}}, "stock", "stock.kind: expected exact", "not one of the five kinds"),
    ({"stock": {"kind": "exact"}}, "stock", "needs `min`", "exactly how many?"),
    ({"stock": {"kind": "range", "min": 5, "max": 2}}, "stock", "max 2 below min 5", "upside down"),
    ({"stock": {"min": 1.5, "kind": "exact"}}, "stock", "a whole number", "half an item"),
    ({"stock": "plenty"}, "stock", "stock.max: expected a whole number", "a word in a number's place"),
    ({"seller": "acme"}, "seller", "seller: expected {", "a name is not an id"),
    ({"seller": {"name": "Acme"}}, "seller", "seller.id is missing; the whole seller", "no id"),
    ({"images": {"a": 1}}, "images", "images: expected a list", "an object"),
    ({"images": "[broken"}, "images", "images: expected a list", "a list that is not JSON"),
    ({"video": "bad.mp4"}, "video", "video: bad.mp4 lies outside", "a path that may not be used"),
    ({"title": ["a"]}, "title", "title: expected text, found ['a']", "a list"),
    ({"title": True}, "title", "title: expected text, found True", "a truth value"),
    ({"url": {"href": "x"}}, "url", "url: expected text", "an object"),
    ({"observed_at": "yesterday"}, "observed_at", "observed_at: expected a time", "not a time"),
    ({"observed_at": True}, "observed_at", "observed_at: expected a time", "true is not 1970"),
    ({"observed_at": 1e300}, "observed_at", "observed_at: expected a time", "beyond all calendars"),
]


@pytest.mark.parametrize(("fields", "name", "says", "reason"), LEFT_OUT, ids=[row[3] for row in LEFT_OUT])
def test_a_wrong_optional_value_is_left_out_and_named(fields, name, says, reason):
    bare, _ = remarks({"images": None} if name == "images" else {"title": None} if name == "title" else {})
    listing, errors = remarks(fields)
    assert getattr(listing, name) == getattr(bare, name)
    assert says in " ".join(errors)
    assert "left out" in " ".join(errors)


def test_a_seller_keeps_what_is_right():
    listing, errors = remarks(
        {"seller": {"id": "s", "rating": "good", "country": "DE", "feedback_count": -1}}
    )
    assert listing.seller == Seller(id="s", country="DE")
    assert errors == (
        "seller.rating: expected a percentage, 0 to 100, found 'good'; left out",
        "seller.feedback_count: expected a whole number of at least 0, found -1; left out",
    )


def test_one_bad_image_leaves_the_others():
    listing, errors = remarks({"images": ["a.jpg", "bad.jpg", 7, "c.jpg"]})
    assert listing.images == ("file:///a.jpg", "file:///c.jpg")
    assert errors == (
        "images[1]: bad.jpg lies outside; left out",
        "images[2]: expected a path or a URL, found 7; left out",
    )


NOT_A_LISTING = [
    ({"listing_id": "1"}, "platform is missing", "no platform"),
    ({"platform": "ebay"}, "listing_id is missing", "no id"),
    ({"platform": "ebay", "listing_id": " "}, "listing_id is missing", "a blank id"),
    ({"platform": None, "listing_id": "1"}, "platform is missing", "a null platform"),
    (
        {"platform": "ebay", "listing_id": {"id": 1}},
        "listing_id: expected text, found {'id': 1}",
        "an object",
    ),
    ({"platform": "ebay", "listing_id": True}, "listing_id: expected text, found True", "a truth value"),
    ({"platform": "ebay", "listing_id": 1.5}, "listing_id: expected text, found 1.5", "half an id"),
    ({"platform": "ebay", "listing_id": 1e17}, "listing_id: expected text", "a float that has lost digits"),
    ({"platform": "ebay", "listing_id": float("nan")}, "listing_id is missing", "Parquet's missing number"),
    ({"platform": "ebay", "listing_id": "\x00"}, "listing_id", "nothing is left without the NUL"),
    ({}, "platform is missing", "an empty object"),
]


@pytest.mark.parametrize(("fields", "says", "reason"), NOT_A_LISTING, ids=[row[2] for row in NOT_A_LISTING])
def test_without_an_identity_there_is_no_listing(fields, says, reason):
    listing, errors = read({"title": "t"} | fields)
    assert listing is None
    assert says in errors[0]


@pytest.mark.parametrize(("written", "kept"), [(385, "385"), (385.0, "385"), (" v1|385|0 ", "v1|385|0")])
def test_an_id_is_text_however_it_was_written(written, kept):
    assert read({"platform": "eBay", "listing_id": written})[0].key == ("ebay", kept)


UNKNOWN = [
    ({"titel": "x"}, "unknown field 'titel' ignored; did you mean 'title'?", "one letter off"),
    (
        {"price_amout": 1},
        "unknown field 'price_amout' ignored; did you mean 'price_amount'?",
        "a flat column",
    ),
    ({"sku": 1}, "unknown field 'sku' ignored", "like none of ours"),
    ({"a": 1, "imges": 1}, "unknown fields 'a', 'imges' (did you mean 'images'?) ignored", "two at once"),
    (
        {"seller": {"id": "s", "nme": "x"}},
        "seller: unknown field 'nme' ignored; did you mean 'name'?",
        "inside",
    ),
]


@pytest.mark.parametrize(("fields", "says", "reason"), UNKNOWN, ids=[row[2] for row in UNKNOWN])
def test_an_unknown_field_is_named_and_the_listing_kept(fields, says, reason):
    assert remarks(fields)[1] == (says,)


def test_many_unknown_fields_are_one_remark():
    assert remarks({f"column {n}": n for n in range(30)})[1][0].endswith("and 25 more ignored")


def test_what_a_listing_lacks_is_noted():
    listing, errors = read(ID)
    assert (listing.title, listing.images) == ("", ())
    assert errors == ("no images: only its words and its seller can be judged", "no title")
