"""Sightings: the newest of each listing, by tenant, found by key, by picture and by day."""

from datetime import timedelta

import pytest

from catalog.sightings import Judgement, NewSighting, SightedPicture
from scoring.errors import CatalogError
from scoring.listing import Listing, Seller

JUDGED = Judgement(
    tier=2,
    score=0.7,
    route="review",
    brand="Northpine",
    reference_id="r1",
    recipe_version="default",
    encoder=None,
)
FULL = 2**64 - 1
"""A hash that no signed integer of 64 bits can hold as it is."""


@pytest.fixture
def sightings(catalog):
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    return catalog.sightings


def seen(listing_id="1", *digests, platform="shop", title="Bag", seller="s", judgement=JUDGED):
    listing = Listing(platform=platform, listing_id=listing_id, title=title, seller=Seller(id=seller))
    pictures = tuple(
        SightedPicture(sha256=it, dhash=FULL, phash=None, source=f"https://shop.test/{it}.jpg")
        for it in digests
    )
    return NewSighting(listing=listing, pictures=pictures, judgement=judgement)


def test_what_was_kept_is_read_whole(sightings):
    told = seen("1", "a", "b")
    sightings.keep("acme", "scan-1", [told])
    (kept,) = sightings.all("acme")
    assert kept.listing == told.listing
    assert kept.pictures == told.pictures
    assert kept.judgement == JUDGED
    assert kept.scan_id == "scan-1"


def test_a_listing_that_could_not_be_judged_has_no_judgement(sightings):
    sightings.keep("acme", "scan-1", [seen(judgement=None)])
    (kept,) = sightings.all("acme")
    assert kept.judgement is None


def test_the_newest_sighting_replaces_the_one_before(sightings):
    sightings.keep("acme", "scan-1", [seen("1", "a", "b", title="Old")])
    (before,) = sightings.all("acme")
    sightings.keep("acme", "scan-2", [seen("1", "c", title="New")])
    (kept,) = sightings.all("acme")
    assert (kept.listing.title, kept.scan_id) == ("New", "scan-2")
    assert [it.sha256 for it in kept.pictures] == ["c"]
    assert kept.first_seen_at == before.first_seen_at < before.seen_at + timedelta(seconds=1) <= kept.seen_at
    assert sightings.showing("acme", ["a", "c"]) == {"c": [("shop", "1")]}


def test_one_listing_twice_in_a_batch_is_one(sightings):
    sightings.keep("acme", "scan-1", [seen("1", "a", title="Old"), seen("1", "b", title="New")])
    (kept,) = sightings.all("acme")
    assert (kept.listing.title, [it.sha256 for it in kept.pictures]) == ("New", ["b"])


def test_more_than_a_page_comes_in_order_and_goes_on_behind_a_key(sightings):
    sightings.keep("acme", "scan-1", (seen(f"{number:04d}", "a") for number in range(1203)))
    assert [it.listing.listing_id for it in sightings.all("acme")] == [f"{it:04d}" for it in range(1203)]
    behind = [it.listing.listing_id for it in sightings.all("acme", after=("shop", "1199"))]
    assert behind == ["1200", "1201", "1202"]
    assert sightings.count("acme") == (1203, 1203)


def test_since_leaves_out_what_was_last_seen_before(sightings):
    sightings.keep("acme", "scan-1", [seen("1")])
    sightings.keep("acme", "scan-2", [seen("2")])
    newest = max(it.seen_at for it in sightings.all("acme"))
    assert [it.listing.listing_id for it in sightings.all("acme", since=newest)] == ["2"]


def test_a_picture_tells_who_shows_it(sightings):
    sightings.keep("acme", "scan-1", [seen("1", "a", "a"), seen("2", "a"), seen("3", "b", platform="bazaar")])
    assert sightings.showing("acme", ["a", "none"]) == {"a": [("shop", "1"), ("shop", "2")]}


def test_nobody_sees_another_tenants(sightings):
    sightings.keep("acme", "scan-1", [seen("1", "a")])
    sightings.keep("rival", "scan-2", [seen("1", "b", title="Theirs")])
    assert [it.listing.title for it in sightings.all("rival")] == ["Theirs"]
    assert sightings.showing("rival", ["a"]) == {}
    assert sightings.get("rival", [("shop", "1")])["shop", "1"].listing.title == "Theirs"
    sightings.forget("rival", [("shop", "1")])
    assert sightings.count("acme") == (1, 1)


def test_what_is_forgotten_is_gone_with_its_pictures(sightings):
    sightings.keep("acme", "scan-1", [seen("1", "a"), seen("2", "b")])
    sightings.forget("acme", [("shop", "1"), ("shop", "never")])
    assert list(sightings.get("acme", [("shop", "1"), ("shop", "2")])) == [("shop", "2")]
    assert sightings.showing("acme", ["a", "b"]) == {"b": [("shop", "2")]}


def test_a_tenant_that_is_unknown_is_told_of(sightings):
    with pytest.raises(CatalogError, match="nobody"):
        sightings.keep("nobody", "scan-1", [seen()])
