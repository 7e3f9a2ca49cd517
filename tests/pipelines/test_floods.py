"""How much is a flood; what it does to a scan; and who brings it back."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from catalog.models import SightedListingRow
from catalog.sightings import Judgement, NewSighting
from catalog.standings import Standing
from cluster.negatives import gather_negatives, held_references
from cluster.settings import Flood
from cluster.state import State
from pipelines.floods import FloodFigures, Matched, figures, quarantine_floods, quarantined
from pipelines.journal import Journal
from scoring.errors import CatalogError
from scoring.listing import Listing, Seller
from tests.conftest import settings_at
from tests.pipelines.markets import import_into, jpeg, write_kit

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LIMITS = Flood()


@pytest.mark.parametrize(
    ("listings", "sellers", "usual", "expected", "reason"),
    [
        (200, 60, 0.0, True, "just enough of both, and none is usual"),
        (199, 60, 0.0, False, "one listing too few"),
        (200, 59, 0.0, False, "one seller too few: one photo that fifty sellers use is ordinary"),
        (5_000, 1, 0.0, False, "one dealer's whole shop is no flood"),
        (200, 60, 20.0, True, "ten times what is usual"),
        (200, 60, 20.5, False, "a little less than that: this reference is simply found often"),
    ],
)
def test_how_much_is_a_flood(listings, sellers, usual, expected, reason):
    assert (
        FloodFigures(listings=listings, sellers=sellers, usual=usual, days=7).is_flood(LIMITS) == expected
    ), reason


def matched(*numbers):
    found = Matched()
    for number in numbers:
        found.add(("ebay", str(number)), f"seller {number}")
    return found


def ago(days, number):
    return ((NOW - timedelta(days=days)).date(), "ebay", str(number), f"seller {number}")


def test_only_what_is_new_counts_and_days_add_up():
    known = [ago(1, 1), ago(6, 2), ago(7, 3), *(ago(8 + n, 100 + n) for n in range(20)), ago(400, 4)]
    counted = figures(matched(1, 4, 5, 6), known, standing=None, now=NOW, days=7)
    assert counted.listings == 4, "5 and 6 are new, 1 and 2 of these days; 4 was seen a year ago"
    assert counted.usual == 21 / 4, "the four weeks before; what is older is nobody's habit"


def test_what_was_released_is_usual():
    said = Standing(
        reference_id="r", standing="released", why="", figures={"listings": 300}, at=NOW, by="ada"
    )
    assert figures(matched(1), [], standing=said, now=NOW, days=7).usual == 300


@pytest.fixture
def state(tmp_path):
    settings = settings_at(tmp_path / "home", flood=Flood(listings=4, sellers=3, times=2))
    import_into(settings, write_kit(tmp_path / "kit", {"mug.jpg": jpeg(0), "jug.jpg": jpeg(1)}))
    state = State(settings)
    yield state
    state.catalog.close()


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "work" / "journal.db")
    yield journal
    journal.close()


def add(journal, reference_id, count, *, tier=1):
    """Listings whose verdict rests on a reference, each of a seller of its own."""
    with journal.transaction():
        for number in range(count):
            listing = Listing(
                platform="ebay", listing_id=str(number), title="x", seller=Seller(id=f"seller {number}")
            )
            verdict = {
                "verdict": {
                    "tier": tier,
                    "route": "priority_review" if tier == 1 else "none",
                    "reference_id": reference_id,
                    "rule": "the picture is a reference's",
                },
                "errors": [],
            }
            journal._db.execute(
                "INSERT INTO listings (number, listing, platform, listing_id, errors, pictures, verdict) "
                "VALUES (?, ?, 'ebay', ?, '[]', '[]', ?)",
                (number, listing.model_dump_json(), str(number), json.dumps(verdict)),
            )


def test_a_flood_is_quarantined_once_told_of_and_judged_again(state, journal):
    flooding, other = state.catalog.references.of("acme")
    add(journal, flooding.id, 5)
    assert quarantine_floods(journal, state, "acme", "scan-1") == [flooding.id]
    [held] = held_references(state, "acme")
    assert held.reference_id == flooding.id
    assert "5 new listings of 5 sellers within 7 days" in held.why
    assert journal.forget_verdicts_on([flooding.id, other.id]) == 5
    assert journal.undecided() == 5
    assert quarantine_floods(journal, state, "acme", "scan-1") == []
    [told] = quarantined(journal, [held], "acme")
    assert told["reference_id"] == flooding.id
    assert told["release"].startswith("counterfoil reference release ")


def test_what_does_not_reach_the_queue_floods_nothing(state, journal):
    add(journal, state.catalog.references.of("acme")[0].id, 50, tier=3)
    assert quarantine_floods(journal, state, "acme", "scan-1") == []


def test_what_scans_have_seen_before_is_no_flood(state, journal):
    reference = state.catalog.references.of("acme")[0].id
    judgement = Judgement(
        tier=1,
        score=1.0,
        route="priority_review",
        brand="Northpine",
        reference_id=reference,
        recipe_version="default@1",
        encoder=None,
    )
    for number in range(5):
        seen = Listing(platform="ebay", listing_id=str(number), title="x", seller=Seller(id=f"s{number}"))
        sighting = NewSighting(listing=seen, pictures=(), judgement=judgement)
        state.catalog.sightings.keep("acme", "scan-0", [sighting])
    with state.catalog.sightings._database.writing() as session:
        for row in session.query(SightedListingRow):
            row.first_seen_at = row.first_seen_at - timedelta(days=100)
    add(journal, reference, 5)
    assert quarantine_floods(journal, state, "acme", "scan-1") == []


def test_a_person_releases_or_negates_and_the_record_says_who(state):
    standings, references = state.catalog.standings, state.catalog.references
    first, second = references.of("acme")
    stamp = state.stamp("acme")
    assert standings.say("acme", first.id, "quarantined", by="scan 1", why="a flood", figures={"listings": 9})
    assert state.stamp("acme") != stamp, "replicas build their library anew"
    assert not standings.say("acme", first.id, "quarantined", by="scan 2"), "twice is once"
    assert standings.say("acme", first.id, "released", by="ada", why="a real wave")
    assert held_references(state, "acme") == ()
    assert standings.say("acme", first.id, "negated", by="bob")
    assert [(it.standing, it.by) for it in standings.history("acme", first.id)] == [
        ("quarantined", "scan 1"),
        ("released", "ada"),
        ("negated", "bob"),
    ]
    assert [it.id for it in references.of("acme")] == [second.id], "it is compared with no more"
    assert [it.id for it in references.negative("acme")] == [first.id]
    assert set(gather_negatives(state, "acme").names) == {first.id}
    state.catalog.tenants.ensure("rival")
    with pytest.raises(CatalogError, match="has no reference"):
        standings.say("rival", first.id, "released", by="eve")
