"""Mapping files: what they may say, what a record then is, and the ones that are shipped."""

from decimal import Decimal

import pytest

from connectors.mapping import Mapping, load, read_dump, shipped
from connectors.mapping.path import follow
from scoring.errors import SourceError
from scoring.listing import Stock
from tests.connectors.sandboxed import WHEN

RECORD = {
    "id": 7,
    "names": ["first", "second"],
    "price": {"value": 5},
    "specs": '[{"name": "Stock", "value": "12"}, {"name": "Stock", "value": "3"}]',
    "Long name": "here",
    "empty": [],
    "none": "NULL",
    "broken": "[1, 2",
}

PATHS = [
    ("id", 7, "a name"),
    ("price.value", 5, "a name within an object"),
    ("names.1", "second", "an element of a list"),
    ("names[]", ["first", "second"], "every element"),
    ("specs[name=Stock].value", "12", "the first element of a name, within text that holds JSON"),
    ("Long name", "here", "names with blanks"),
    ("names.9", None, "beyond a list's end"),
    ("names.x", None, "a name within a list"),
    ("id.x", None, "a name within a number"),
    ("price[]", None, "elements of an object"),
    ("specs[name=Other].value", None, "no element of that name"),
    ("empty", None, "an empty list"),
    ("none", None, "what exporters write for nothing"),
    ("broken.0", None, "text that only begins as JSON does"),
    ("absent.deep", None, "what is not there"),
]


@pytest.mark.parametrize(("path", "expected", "reason"), PATHS, ids=[case[2] for case in PATHS])
def test_a_path(path, expected, reason):
    assert follow(RECORD, path) == expected


def mapping(**more) -> Mapping:
    return Mapping.model_validate({"platform": "shop", "source": "here", "listing_id": "id"} | more)


def listing(record, **more):
    return mapping(**more).translate({"id": "7"} | record, observed_at=WHEN)[0]


VALUES = [
    ({"title": "t"}, {"t": " A "}, "title", "A", "a path"),
    ({"title": ["t", "u"]}, {"t": "", "u": "B"}, "title", "B", "the first that says something"),
    ({"category": {"from": "c", "join": " > "}}, {"c": '["A", "B"]'}, "category", "A > B", "parts joined"),
    ({"category": {"from": "c", "join": " > "}}, {"c": "A"}, "category", "A", "only one part"),
    ({"stock": "n"}, {"n": "12"}, "stock", Stock(kind="exact", min=12, max=12), "a number in stock"),
    ({"images": "i"}, {"i": "https://a/1.jpg"}, "images", ("https://a/1.jpg",), "one picture"),
    ({"images": "i"}, {"i": '["//a/1.jpg"]'}, "images", ("https://a/1.jpg",), "an address without a scheme"),
    ({"images": "i"}, {"i": ["/etc/passwd", "file:///etc/passwd"]}, "images", (), "paths on this machine"),
]


@pytest.mark.parametrize(
    ("rules", "record", "field", "expected", "reason"), VALUES, ids=[case[4] for case in VALUES]
)
def test_a_value(rules, record, field, expected, reason):
    assert getattr(listing(record, **rules), field) == expected


WORDS = {
    "from": "a",
    "words": [
        {"matches": r"only (\d+) left", "kind": "exact"},
        {"matches": "in stock", "kind": "in_stock"},
        {"matches": "unavailable", "kind": "exact", "number": 0},
    ],
}
STOCKS = [
    ("Only 4 left in stock - order soon.", Stock(kind="exact", min=4, max=4), "a number in words"),
    ("In Stock", Stock(kind="in_stock"), "some"),
    ("Currently unavailable.", Stock(kind="exact", min=0, max=0), "none"),
    ("Ships in 3 weeks", Stock(), "words that no rule knows"),
]


@pytest.mark.parametrize(("said", "expected", "reason"), STOCKS, ids=[case[2] for case in STOCKS])
def test_stock_in_words(said, expected, reason):
    assert listing({"a": said}, stock=WORDS).stock == expected


def test_a_price_whose_currency_is_the_same_everywhere():
    price = listing({"p": "5.50"}, price={"amount": "p", "currency is": "THB"}).price
    assert (price.amount, price.currency) == (Decimal("5.50"), "THB")


def test_a_price_without_a_currency_is_told():
    found, errors = mapping(price={"amount": "p", "currency": "c"}).translate(
        {"id": 1, "p": 5}, observed_at=WHEN
    )
    assert found.price is None
    assert any("price" in error for error in errors)


def test_a_share_as_percent_and_a_seller_without_an_id():
    seller = {"id": "s", "rating": {"from": "r", "times": 100}}
    assert listing({"s": "a", "r": "0.96"}, seller=seller).seller.rating == 96.0
    assert listing({"r": "0.96"}, seller=seller).seller is None


def test_an_id_of_several_parts_needs_them_all():
    rules = mapping(listing_id={"from": ["a", "b"], "together": "/"})
    assert rules.translate({"a": "B0", "b": "A1"}, observed_at=WHEN)[0].listing_id == "B0/A1"
    with pytest.raises(ValueError, match="listing_id is missing"):
        rules.translate({"a": "B0"}, observed_at=WHEN)


WRONG = [
    ("platform: shop\nsource: x\n", "listing_id: Field required", "no id"),
    ("platform: shop\nsource: x\nlisting_id: a[0\n", "is no path", "a path that cannot be followed"),
    ("platform: shop\nsource: x\nlisting_id: a\ntitel: b\n", "titel: Extra inputs", "a misspelt name"),
    ("platform: shop\nsource: x\nlisting_id: []\n", "at least 1 item", "a list of no paths"),
    (
        "platform: shop\nsource: x\nlisting_id: a\nstock: {from: b, words: [{matches: '(', kind: exact}]}\n",
        "is no regular expression",
        "words that cannot be looked for",
    ),
    ("platform: shop\nsource: x\nlisting_id: a\nactor: {name: x, input: {}}\n", "actor.name", "a bad actor"),
    ("a: [", "is not YAML", "not YAML"),
]


@pytest.mark.parametrize(("text", "says", "reason"), WRONG, ids=[case[2] for case in WRONG])
def test_a_mapping_that_is_wrong_says_what(tmp_path, text, says, reason):
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(SourceError, match=says) as raised:
        load(path)
    assert raised.value.hint


@pytest.mark.parametrize("name", shipped())
def test_each_shipped_mapping_can_be_read(name):
    found = load(shipped()[name])
    assert found.actor is not None or name.endswith("-dump")
    assert {"platform", "listing_id", "title"} <= found.fields


def test_dumps_are_read_by_what_their_names_end_in(tmp_path):
    files = {
        "a.csv": "id,t\n1,x\n",
        "a.json": '[{"id": "1", "t": "x"}]',
        "a.jsonl": '{"id": "1", "t": "x"}\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        assert list(read_dump(tmp_path / name)) == [(1, {"id": "1", "t": "x"})]


@pytest.mark.parametrize(("name", "text"), [("a.json", "{"), ("gone.csv", None)])
def test_a_dump_that_cannot_be_read_says_so(tmp_path, name, text):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SourceError) as raised:
        list(read_dump(tmp_path / name))
    assert raised.value.hint
