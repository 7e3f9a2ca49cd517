"""Rows out = rows in: whatever a row holds, it is a row of the results that says what happened."""

import json
import math
from collections import Counter
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cluster.state import State
from scoring.features import CAPTIONS, FEATURES, NEGATIVES, PAID
from scoring.listing import Listing
from tests.conftest import settings_at
from tests.pipelines.conftest import COPY, GOOD
from tests.pipelines.hostile_rows import ROWS, UNREADABLE
from tests.pipelines.markets import TENANT, import_into, listing, run_scan, write_kit, write_market

pytestmark = pytest.mark.ray

STRUCTS = {
    "contributions": {
        "signal": "string",
        "score": "double",
        "weight": "double",
        "contribution": "double",
        "detail": "string",
    },
    "abstentions": {"signal": "string", "reason": "string"},
}
COLUMNS = {
    "tenant": "string",
    "scan_id": "string",
    "platform": "string",
    "listing_id": "string",
    "url": "string",
    "seller_id": "string",
    "title": "string",
    "tier": "int8",
    "score": "double",
    "route": "string",
    "rule": "string",
    "brand": "string",
    "subject": "string",
    "seller_authorised": "bool",
    "exemption": "string",
    "reference_id": "string",
    "recipe_version": "string",
    "encoder": "string",
}


def test_every_row_of_the_source_is_a_row_of_the_results_in_its_order(market):
    wanted = [line["listing_id"] for line in GOOD] + [row.id for row in ROWS]
    assert [row["listing_id"] for row in market.rows[: len(wanted)]] == wanted
    assert len(market.rows) == len(wanted) + len(UNREADABLE)


def test_every_listing_that_could_be_read_is_remembered_with_its_pictures_and_its_verdict(market):
    with State(settings_at(market.out.parent / "home")).catalog as catalog:
        remembered = {it.listing.key: it for it in catalog.sightings.all(TENANT)}
    read = [row for row in market.rows if row["rule"] != "the listing could not be read"]
    assert {key: it.judgement.tier for key, it in remembered.items()} == {
        (row["platform"], row["listing_id"]): row["tier"] for row in read
    }
    copy = remembered["shop", "copy"]
    (picture,) = copy.pictures
    assert picture.sha256 == sha256(COPY).hexdigest()
    assert picture.dhash is not None
    assert copy.judgement.tier == 1


@pytest.mark.parametrize(("place", "case"), list(enumerate(ROWS)), ids=[row.reason for row in ROWS])
def test_a_row_with_something_wrong_says_so_and_is_judged(market, place, case):
    row = market.rows[len(GOOD) + place]
    for text in case.says:
        assert any(text in error for error in row["errors"]), f"{text!r} is not in {row['errors']}"
    if not case.says:
        assert row["errors"] == []
    assert row["tier"] == case.tier


@pytest.mark.parametrize(
    ("place", "reason", "says"),
    [(place, reason, says) for place, (reason, _, says) in enumerate(UNREADABLE)],
    ids=[reason for reason, _, _ in UNREADABLE],
)
def test_a_row_that_is_no_listing_is_kept_with_the_reason(market, place, reason, says):
    row = market.rows[len(GOOD) + len(ROWS) + place]
    assert any(says in error for error in row["errors"])
    assert (row["tier"], row["score"], row["route"]) == (4, 0.0, "none")
    assert row["rule"] == "the listing could not be read"


def test_nothing_is_wrong_with_the_good_rows(market):
    assert [row["errors"] for row in market.rows[: len(GOOD)]] == [[]] * len(GOOD)


def test_the_table_has_exactly_the_promised_columns(market):
    schema = pq.read_schema(market.out / "results.parquet")
    flat = {field.name: str(field.type) for field in schema if not pa.types.is_list(field.type)}
    lists = {
        field.name: {part.name: str(part.type) for part in field.type.value_type}
        for field in schema
        if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type)
    }
    assert flat == COLUMNS
    assert lists == STRUCTS
    assert schema.field("errors").type == pa.list_(pa.string())
    assert schema.names == [*COLUMNS, "contributions", "abstentions", "errors"]


def test_contributions_add_up_to_the_score(market):
    for row in market.rows:
        total = math.fsum(share["contribution"] for share in row["contributions"])
        assert total == pytest.approx(row["score"], abs=1e-9), row["listing_id"]


def test_the_summary_adds_up(market):
    summary = json.loads((market.out / "summary.json").read_text("utf-8"))
    assert summary == market.summary
    tiers = Counter(str(row["tier"]) for row in market.rows)
    assert summary["tiers"] == {tier: tiers[tier] for tier in "1234"}
    assert summary["listings"] == len(market.rows) == sum(summary["tiers"].values())
    assert summary["listings_unreadable"] == len(UNREADABLE)
    assert {row["scan_id"] for row in market.rows} == {summary["scan_id"]}
    assert summary["failures"] == {
        "FetchError": 4,  # missing, gone, page, empty: each once, though `no.jpg` is in two listings
        "OversizedImageError": 1,
        "TruncatedImageError": 1,
        "UnknownFormatError": 1,
        "ListingError": len(UNREADABLE),
    }
    assert summary["images_unreadable"] == 7
    stages = {"read", "look at pictures", "group", "judge", "measure", "look for floods", "write", "remember"}
    assert set(summary["seconds"]) == stages


def test_only_the_results_are_left_in_the_folder(market):
    assert sorted(path.name for path in market.out.iterdir()) == ["results.parquet", "summary.json"]


def test_an_empty_file_is_a_scan_of_nothing(ray_session, protected, tmp_path):
    outcome = run_scan(protected, write_market(tmp_path / "shop", []), tmp_path / "out")
    assert outcome.rows == []
    assert outcome.summary["tiers"] == {"1": 0, "2": 0, "3": 0, "4": 0}
    assert outcome.summary["listings"] == 0


def test_a_tenant_without_references_is_served_by_words_alone(ray_session, settings, tmp_path):
    import_into(settings, write_kit(tmp_path / "kit", {}))
    lines = [listing("named", "no.jpg", title="Northpine bag"), listing("other", "no.jpg")]
    outcome = run_scan(settings, write_market(tmp_path / "shop", lines), tmp_path / "out")
    assert [share["signal"] for share in outcome["named"]["contributions"]] == ["names"]
    silent = {it["signal"]: it["reason"] for it in outcome["named"]["abstentions"]}
    assert {"fingerprint", "appearance", "geometry", "logo"} <= set(silent)
    assert "tenant 'acme' has no reference pictures" in silent["fingerprint"]
    assert outcome["other"]["contributions"] == []
    assert "seconds" in outcome.summary
    assert "look at pictures" not in outcome.summary["seconds"], "no picture is fetched for nothing"
    missed = outcome.summary["not_measured"].keys()
    assert missed == set(FEATURES) - {*PAID, CAPTIONS, NEGATIVES}, (
        "and what was never turned on is not missed"
    )


def test_the_listing_is_ours_word_for_word(market):
    """A column named after a listing's field holds that field."""
    row, line = market["copy"], GOOD[0]
    shown = Listing.model_validate(line)
    assert (row["platform"], row["title"], row["seller_id"]) == (shown.platform, shown.title, shown.seller.id)
    assert row["url"] is None
