"""Records by their periods, on both kinds of store."""

from datetime import timedelta

import pytest

from catalog.groups import Anchor, Member, group_id
from catalog.retention import Ends, Periods
from catalog.seen_listings import SeenListing
from catalog.sightings import Judgement, NewSighting, SightedPicture
from scoring.errors import CatalogError
from scoring.listing import Listing
from tests.catalog.test_decisions import DISMISSED

PERIODS = Periods(sightings=10, pictures=5, cases=100)
OLD, OPEN, DECIDED, HELD = (digit * 64 for digit in "1234")


def see(catalog, name, digest, *, route):
    judgement = Judgement(
        tier=2,
        score=0.7,
        route=route,
        brand=None,
        reference_id=None,
        recipe_version="default@1",
        encoder=None,
    )
    picture = SightedPicture(sha256=digest, dhash=1, phash=2, source="x")
    seen = NewSighting(
        listing=Listing(platform="ebay", listing_id=name, title=name),
        pictures=(picture,),
        judgement=judgement,
    )
    catalog.sightings.keep("acme", "scan-1", [seen])
    catalog.seen_listings.keep(
        "acme",
        "ebay:x",
        "scan-1",
        [SeenListing(platform="ebay", listing_id=name, url=None, title=name, seller_id=None)],
    )
    if route != "none":
        catalog.retention.keep_evidence("acme", "scan-1", [(("ebay", name), digest)] * 2)
    group = group_id("acme", digest)
    anchor = Anchor(id=group, sha256=digest, dhash=1, phash=2)
    catalog.groups.keep("acme", [anchor], [Member(group, digest, 1, 2)])


@pytest.fixture
def seen(catalog):
    catalog.tenants.ensure("acme")
    see(catalog, "old", OLD, route="none")
    for name, digest in (("open", OPEN), ("decided", DECIDED), ("held", HELD)):
        see(catalog, name, digest, route="review")
    for name in ("decided", "held"):
        decision = type(DISMISSED)(
            platform="ebay",
            listing_id=name,
            brand=None,
            ruling=DISMISSED.ruling,
            by="ada",
            basis=DISMISSED.basis,
        )
        catalog.decisions.keep("acme", [decision])
    catalog.retention.hold("acme", ("ebay", "held"), on=True, by="ada", why="asked for")
    return catalog


@pytest.mark.parametrize(
    ("days", "listings", "pictures", "reason"),
    [
        (4, {"old", "open", "decided", "held"}, {OLD, OPEN, DECIDED, HELD}, "within every period"),
        (6, {"old", "open", "decided", "held"}, {OPEN, DECIDED, HELD}, "the picture's is over"),
        (11, {"open", "decided", "held"}, {OPEN, DECIDED, HELD}, "the sighting's too; cases stay"),
        (101, {"open", "held"}, {OPEN, HELD}, "the decided case's is over"),
    ],
)
def test_what_is_left_when(seen, days, listings, pictures, reason):
    retention, everything = seen.retention, [OLD, OPEN, DECIDED, HELD]
    ends = Ends.of(PERIODS, seen.clock() + timedelta(days=days))
    before = retention.needed("acme", everything, ends, what="pictures")
    counted = retention.count("acme", ends)
    assert retention.expire("acme", ends) == counted
    assert {it.listing.listing_id for it in seen.sightings.all("acme")} == listings, reason
    assert retention.needed("acme", everything, ends, what="pictures") == before == pictures, reason
    assert counted.sighted_listings == counted.grouped_pictures == 4 - len(listings)
    assert counted.seen_listings == (4 if days > 10 else 0)
    assert counted.decisions == counted.case_evidence == (1 if days > 100 else 0)
    assert len(list(seen.groups.anchors("acme"))) == len(listings)
    again = retention.count("acme", ends)
    assert (again.sighted_listings, again.seen_listings, again.decisions, again.case_evidence) == (0, 0, 0, 0)
    if days > 100:
        assert (again.kept_open, again.kept_decided, again.kept_held) == (1, 0, 1)


def test_a_listing_that_is_seen_on_keeps_its_decision(seen):
    """It would otherwise be a case again that nobody has decided."""
    later = Ends.of(PERIODS, seen.clock() + timedelta(days=105))
    later = Ends(sightings=seen.clock() - timedelta(days=1), pictures=later.pictures, cases=later.cases)
    seen.retention.expire("acme", later)
    assert {it.listing_id for it in seen.decisions.of("acme")} == {"decided", "held"}


def test_periods_that_contradict_each_other_are_refused(seen):
    with pytest.raises(CatalogError, match="nothing would say what they are"):
        seen.retention.set_period("acme", "sightings", 4, by="ada", defaults=PERIODS)
    assert seen.retention.periods("acme", PERIODS) == PERIODS
