"""What the verdicts are: copies, authorised sellers, and pictures that many listings share."""

from hashlib import sha256

import pytest

from cluster.state import State
from tests.conftest import settings_at
from tests.pipelines.conftest import PICTURES
from tests.pipelines.markets import TENANT

pytestmark = pytest.mark.ray

TIERS = [
    ("copy", 1, "priority_review", "another encoding of a reference"),
    ("copy at an address", 1, "priority_review", "the same, fetched over HTTP"),
    ("official elsewhere", 1, "priority_review", "the authorisation is for one platform only"),
    ("official", 4, "none", "an authorised seller is cleared"),
    ("unrelated", 4, "none", "a picture of something else"),
    ("named", 2, "review", "the brand's name in the title of something else"),
    ("same 1", 4, "none", "near-identical pictures of something else: each listing has its own verdict"),
    ("same 4", 4, "none", "the very same picture under another name"),
]


@pytest.mark.parametrize(("listing_id", "tier", "route", "reason"), TIERS, ids=[row[3] for row in TIERS])
def test_tiers(market, listing_id, tier, route, reason):
    assert (market[listing_id]["tier"], market[listing_id]["route"]) == (tier, route)


def test_a_cleared_listing_is_recorded_with_its_exemption(market):
    row = market["official"]
    assert row["seller_authorised"] is True
    assert (row["exemption"], row["brand"], row["score"]) == ("authorised_seller", "Northpine", 0.0)


def test_a_copy_names_the_reference_and_what_it_rests_on(market):
    row = market["copy"]
    assert [share["signal"] for share in row["contributions"]] == ["fingerprint"]
    assert row["reference_id"]
    assert row["rule"] == "the picture is a reference's"


def test_near_identical_pictures_are_measured_once(market):
    # same-95, -85, -75 and -again are one group; u and copy (a file and an address) two more.
    assert market.summary["unique_images"] == 3
    # Only what no fingerprint settled is measured: `u` and the group of four.
    assert market.summary["model_calls"]["geometry"] == 2


def test_every_listing_of_a_shared_picture_has_the_same_verdict(market):
    rows = [market[f"same {number}"] for number in range(1, 5)]
    assert len({(row["tier"], row["score"], str(row["abstentions"])) for row in rows}) == 1
    assert any(it["signal"] == "geometry" for it in rows[0]["abstentions"]), "measured, and nothing found"


def test_without_an_encoder_appearance_says_how_to_have_one(market):
    silent = {it["signal"]: it["reason"] for it in market["unrelated"]["abstentions"]}
    assert "set COUNTERFOIL_ENCODER" in silent["appearance"]
    assert market["unrelated"]["encoder"] is None


def test_pictures_that_a_person_will_look_at_are_kept(market):
    blobs = State(settings_at(market.out.parent / "home")).blobs(TENANT)
    kept = {name: blobs.exists(sha256(data).hexdigest()) for name, data in PICTURES.items()}
    assert kept == {
        "copy.jpg": True,  # tier 1
        "u.jpg": True,  # of the listing that names the brand, which goes to review
        "same-95.jpg": True,  # one of a near-identical group, of listings that nobody need look at
        "same-85.jpg": False,
        "same-75.jpg": False,
        "same-again.jpg": True,  # the very same bytes
    }
