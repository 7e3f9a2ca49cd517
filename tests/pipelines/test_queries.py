"""What a brand's marks are searched by: each spelling once, the promising first, none unknown to `names`."""

import pytest

from connectors import open_source
from pipelines.queries import planned, queries_of
from scoring.brand import Brand, Mark
from scoring.errors import SourceError
from scoring.listing import Listing
from scoring.names import is_common
from scoring.signals.names import Names

NORTHPINE = Brand(
    name="Northpine",
    marks=(
        Mark(text="NORTHPINE", alternatives=("North Pine", "北松")),
        Mark(text="Made for the long way", kind="slogan"),
        Mark(text="CE", kind="certification"),
    ),
)
FENNAVEL = Brand(name="Fennável", languages=("fr",))
GROESSE = Brand(name="Größenwahn", languages=("de",))
SUPREME = Brand(name="Supreme", marks=(Mark(text="Kestrel Box"),))

ORDERS = [
    (NORTHPINE, ["Northpine", "North Pine", "北松"], "its own spelling, then its alternatives"),
    (FENNAVEL, ["Fennável", "fennavel"], "as it is typed without its accents"),
    (GROESSE, ["Größenwahn", "Groessenwahn"], "its letters written out in its own language"),
    (SUPREME, ["Kestrel Box", "KestrelBox", "Supreme"], "an ordinary word finds much else, so it comes late"),
]


@pytest.mark.parametrize(("brand", "first", "why"), ORDERS, ids=[brand.name for brand, *_ in ORDERS])
def test_the_promising_come_first(brand, first, why):
    assert [it.casefold() for it in queries_of([brand])[: len(first)]] == [it.casefold() for it in first], why


def test_a_slogan_is_asked_for_before_mistakes_and_a_certification_mark_never():
    queries = queries_of([NORTHPINE])
    assert queries.index("Made for the long way") < queries.index("northpin")
    assert "CE" not in queries


@pytest.mark.parametrize("brand", [NORTHPINE, FENNAVEL, GROESSE, SUPREME], ids=lambda brand: brand.name)
def test_what_is_asked_for_is_known_again(brand):
    """Every query, found in a title, is evidence: else a scan would read what it cannot judge."""
    queries = queries_of([brand])
    assert len(queries) == len({query.casefold() for query in queries})
    for query in queries:
        shown = Listing(platform="ebay", listing_id="1", title=f"bottle {query} 750 ml")
        said = Names().weigh(shown, brand, {})
        known = query in [mark.text for mark in brand.marks if mark.kind == "slogan"]
        assert known or getattr(said, "score", 0) > 0, f"{query!r}: {said}"
        assert not is_common(query) or query in brand.words


def test_kinds_of_mistakes_take_turns_and_the_first_letter_stays():
    mistakes = queries_of([NORTHPINE])[4:]
    assert mistakes[:4] == ["northpyne", "n0rthpine", "nrthpine", "norrthpine"]
    assert {it[0] for it in mistakes} == {"n"}


def test_brands_take_turns_and_share_a_query():
    other = Brand(name="North-Pine")
    assert queries_of([NORTHPINE, other])[:3] == ["Northpine", "North-Pine", "北松"]


def test_a_source_of_marks_becomes_queries_and_says_what_it_leaves_out():
    plan = planned(["ebay@DE:marks", "file:listings.jsonl"], [NORTHPINE], most=2)
    assert plan.sources == ("ebay@DE:text:Northpine", "ebay@DE:text:North Pine", "file:listings.jsonl")
    assert "'北松' the likeliest" in plan.left_out["ebay@DE:marks"]
    for source in plan.sources[:2]:
        open_source(source)


def test_no_platform_is_asked_the_same_twice():
    named = ['ebay:"NORTH-PINE"', "ebay:marks", "ebay:marks:northpine", "etsy:marks"]
    plan = planned(named, [NORTHPINE], most=2)
    assert plan.sources == (
        'ebay:"NORTH-PINE"',
        "ebay:text:Northpine",
        "ebay:text:北松",
        *(f"ebay:text:{query}" for query in queries_of([NORTHPINE])[3:5]),
        "etsy:text:Northpine",
        "etsy:text:North Pine",
    )


REFUSED = [
    ("ebay:marks:Nobody", "there is no brand 'Nobody'", "Northpine"),
    ("shopify:marks", "not searched by words", "Name what to read"),
]


@pytest.mark.parametrize(("source", "said", "hint"), REFUSED, ids=[source for source, *_ in REFUSED])
def test_what_cannot_be_searched_is_refused(source, said, hint):
    with pytest.raises(SourceError, match=said) as caught:
        planned([source], [NORTHPINE], most=2)
    assert hint in str(caught.value)


def test_the_word_itself_can_still_be_asked_for():
    assert planned(["ebay:text:marks"], [NORTHPINE], most=2).sources == ("ebay:text:marks",)
    assert planned(["file:marks"], [NORTHPINE], most=2).sources == ("file:marks",)
