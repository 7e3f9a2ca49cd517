"""Clocks of cases, and which listings are returns: case tables, each row with its reason."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.rechecks import Change
from catalog.sightings import SightedPicture, Sighting
from pipelines.recheck import Innocence, Taken, clock_of, find_come_backs
from scoring.brand import Brand
from scoring.listing import Listing, Seller

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
HASH = 0x0123_4567_89AB_CDEF


def at(hours):
    return START + timedelta(hours=hours)


def change(state, hours, *, last=None):
    return Change(state=state, at=at(hours), not_before=None if last is None else at(last), seen_by="look-up")


CLOCKS = (
    # history, hours, at least, back after
    ("nobody has looked", [], None, None, None),
    ("it is still there", [change("there", -5)], None, None, None),
    ("gone at some moment of a day", [change("there", -5), change("gone", 48, last=24)], 48, 24, None),
    ("gone when it was decided", [change("gone", -2)], 0, 0, None),
    (
        "gone and back before it was decided: that take-down was another's",
        [change("gone", -9), change("there", -8), change("gone", 30, last=6)],
        30,
        6,
        None,
    ),
    ("and back", [change("there", -5), change("gone", 48, last=24), change("there", 60)], 48, 24, 60),
    (
        "the first take-down and the first return count",
        [change("gone", 10), change("there", 20), change("gone", 30), change("there", 40)],
        10,
        0,
        20,
    ),
    ("an authorised seller's is no return", [change("gone", 10), change("authorised", 20)], 10, 0, None),
    (
        "not found again stops no clock",
        [change("there", -5), change("not_found_again", 20)],
        None,
        None,
        None,
    ),
)


@pytest.mark.parametrize(("why", "history", "hours", "least", "back"), CLOCKS, ids=[row[0] for row in CLOCKS])
def test_a_clock(why, history, hours, least, back):
    clock = clock_of(START, history)
    assert (clock.hours, clock.hours_at_least) == (hours, least), why
    assert clock.back_at == (None if back is None else at(back))


def picture(digest="p", *, off=0, hashed=True):
    """A picture, and how many bits of its two hashes differ from the one taken down."""
    flipped = sum(1 << (7 * n) for n in range(off // 2)), sum(1 << (5 * n) for n in range(off - off // 2))
    dhash, phash = (HASH ^ flipped[0], HASH ^ flipped[1]) if hashed else (None, None)
    return SightedPicture(sha256=digest, dhash=dhash, phash=phash, source="https://shop.test/p.jpg")


def newcomer(*pictures, id="new", platform="shop", seller="crook", hours=50, observed=None, first=None):  # noqa: A002
    return Sighting(
        listing=Listing(
            platform=platform,
            listing_id=id,
            seller=Seller(id=seller) if seller else None,
            observed_at=at(hours if observed is None else observed),
        ),
        pictures=pictures,
        judgement=None,
        judged_by=None,
        scan_id="1",
        first_seen_at=at(hours if first is None else first),
        seen_at=at(hours),
    )


TAKEN = Taken(
    key=("shop", "old"), seller_id="crook", pictures=(picture(),), gone_at=at(48), last_there_at=at(24)
)
BRAND = Brand(
    name="Northpine",
    authorised_sellers=[{"platform": "shop", "seller_id": "official", "valid_to": "2026-12-01"}],
)
INNOCENCE = Innocence(
    brands=(BRAND,), dismissed=frozenset({("shop", "lawful")}), official=lambda it: it.sha256 == "photo"
)

RETURNS = (
    ("same bytes, same seller, another id", newcomer(picture(hashed=False)), ("same seller", 0, True)),
    ("another seller", newcomer(picture(), seller="other"), ("other seller", 0, True)),
    ("a seller nobody names is another", newcomer(picture(), seller=None), ("other seller", 0, True)),
    ("another platform", newcomer(picture(), platform="bazaar"), ("other platform", 0, True)),
    ("just near enough", newcomer(picture("q", off=2)), ("same seller", 2, True)),
    ("just not near enough", newcomer(picture("q", off=3)), None),
    ("without hashes only bytes count", newcomer(picture("q", hashed=False)), None),
    ("one picture of several is enough", newcomer(picture("q", off=9), picture()), ("same seller", 0, True)),
    (
        "between last there and gone it may have come first",
        newcomer(picture(), hours=30),
        ("same seller", 0, False),
    ),
    ("a copy that was there before is no return", newcomer(picture(), hours=50, first=24), None),
    ("nor is one in an old file that was read late", newcomer(picture(), hours=50, observed=10), None),
    ("the listing itself is back, not back as another", newcomer(picture(), id="old"), None),
    ("an authorised seller's", newcomer(picture(), seller="official"), None),
    (
        "one that may no more",
        newcomer(picture(), seller="official", hours=24 * 40),
        ("other seller", 0, True),
    ),
    ("dismissed by a person", newcomer(picture(), id="lawful"), None),
)


@pytest.mark.parametrize(("why", "came", "expected"), RETURNS, ids=[row[0] for row in RETURNS])
def test_a_return(why, came, expected):
    found = find_come_backs([TAKEN], [came], INNOCENCE, bits=2, now=at(99)).come_backs
    assert [(it.kind, it.bits, it.certain) for it in found] == ([expected] if expected else []), why


def test_the_brands_own_photograph_proves_only_the_same_seller():
    taken = Taken(
        key=("shop", "old"),
        seller_id="crook",
        pictures=(picture("photo"),),
        gone_at=at(48),
        last_there_at=None,
    )
    came = [newcomer(picture("photo"), id="1"), newcomer(picture("photo"), id="2", seller="other")]
    found = find_come_backs([taken], came, INNOCENCE, bits=2, now=at(99))
    assert [it.as_listing_id for it in found.come_backs] == ["1"]
    assert (found.official, found.cleared) == (1, 0)


def test_one_newcomer_may_be_the_return_of_several():
    others = [
        TAKEN,
        Taken(
            key=("shop", "older"), seller_id="x", pictures=TAKEN.pictures, gone_at=at(1), last_there_at=None
        ),
    ]
    found = find_come_backs(others, [newcomer(picture())], INNOCENCE, bits=2, now=at(99))
    assert [(it.listing_id, it.kind) for it in found.come_backs] == [
        ("old", "same seller"),
        ("older", "other seller"),
    ]
