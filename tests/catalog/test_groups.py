"""Groups of pictures: kept by tenant, told with those who show them now."""

import pytest

from catalog.groups import Anchor, Member, Standing, group_id
from catalog.shown_groups import Role
from catalog.sightings import NewSighting, SightedPicture
from scoring.errors import CatalogError
from scoring.listing import Listing, Seller

FULL = 2**64 - 1


@pytest.fixture
def known(catalog):
    """Two tenants, of which one has seen two pictures in two groups."""
    for tenant in ("acme", "rival"):
        catalog.tenants.ensure(tenant)
    catalog.sightings.keep("acme", "scan", [seen("ann", 1, "a"), seen("ben", 2, "a", "b", platform="bazaar")])
    catalog.groups.keep("acme", [anchor("a"), anchor("b")], [member("a"), member("b")])
    return catalog


def seen(seller, listing_id, *digests, platform="shop"):
    listing = Listing(platform=platform, listing_id=str(listing_id), seller=Seller(id=seller))
    pictures = tuple(SightedPicture(sha256=it, dhash=FULL, phash=None, source=it) for it in digests)
    return NewSighting(listing=listing, pictures=pictures, judgement=None)


def anchor(digest):
    return Anchor(id=group_id("acme", digest), sha256=digest, dhash=FULL, phash=0)


def member(digest, group=None):
    return Member(group_id("acme", group or digest), digest, FULL, 0)


def test_what_was_kept_is_read_and_twice_is_once(known):
    groups = known.groups
    groups.keep("acme", [anchor("a")], [member("a", group="b")])
    assert sorted(it.sha256 for it, _ in groups.anchors("acme")) == ["a", "b"]
    assert list(groups.members("acme")) == [member("a"), member("b")]
    assert groups.of_pictures("acme", ["a", "c"]) == {"a": anchor("a").id}


def test_a_group_is_told_with_who_shows_it_now(known):
    (group,) = known.groups.of("acme")
    assert (group.sha256, group.sellers, group.listings, group.pictures) == ("a", 2, 2, 1)
    assert (group.platforms, group.tier, group.role) == (("bazaar", "shop"), None, Role.COPIES)
    assert group.first_seen_at == group.seen_at
    assert len(known.groups.of("acme", least_sellers=1)) == 2
    assert known.groups.shown_by("acme", [group.id]) == {
        group.id: {("bazaar", "2"): ("a",), ("shop", "1"): ("a",)}
    }


def test_a_group_that_was_taken_in_leads_to_the_other_and_brings_its_mark(known):
    one, other = anchor("a").id, anchor("b").id
    known.groups.name_roles("acme", {other: (Role.REFERENCE, "r1")})
    known.groups.keep("acme", [], [], unions=[(one, other)])
    group = known.groups.get("acme", other)
    assert (group.id, group.took_in, group.pictures) == (one, (other,), 2)
    assert (group.role, group.reference_id) == (Role.REFERENCE, "r1")
    assert {now for _, now in known.groups.anchors("acme")} == {one}
    known.groups.forget_references("acme")
    assert known.groups.get("acme", one).role is Role.COPIES


def test_pictures_that_nobody_shows_are_pruned_and_empty_groups_with_them(known):
    known.sightings.forget("acme", [("bazaar", "2")])
    assert known.groups.prune("acme") == 1
    assert [it.id for it, _ in known.groups.anchors("acme")] == [anchor("a").id]
    with pytest.raises(CatalogError, match="has no group"):
        known.groups.get("acme", anchor("b").id)


def test_how_far_it_went_is_kept(known, clock):
    assert known.groups.standing("acme") is None
    told = Standing(alike=0.95, references="r", read_until=clock())
    known.groups.settle("acme", told)
    assert known.groups.standing("acme") == told
    known.groups.clear("acme")
    assert known.groups.standing("acme") is None
    assert list(known.groups.members("acme")) == []


def test_nobody_sees_another_tenants(known):
    known.groups.keep("rival", [anchor("c")], [member("c")])
    known.groups.clear("rival")
    assert known.groups.of("rival", least_sellers=1) == []
    assert len(list(known.groups.members("acme"))) == 2
    with pytest.raises(CatalogError, match="has no group"):
        known.groups.get("rival", anchor("a").id)
    with pytest.raises(CatalogError, match="nobody"):
        known.groups.of("nobody")
