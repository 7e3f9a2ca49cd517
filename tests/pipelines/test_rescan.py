"""`rescan`: a new reference finds what was seen before it, and no address is asked for anything."""

import json
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from catalog.sightings import Judgement, NewSighting, SightedPicture
from cluster.kept import KeptPicture
from cluster.state import State
from pipelines.judging import NOT_KEPT
from pipelines.progress import Reporter
from pipelines.remembering_work import RescanWork
from pipelines.rescan import RescanRequest, change_of, rescan
from pipelines.work import Place, carry_out
from scoring.errors import FetchError
from scoring.listing import Listing
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, listing, run_scan, write_kit, write_market
from tests.pipelines.picture_server import PictureServer
from vision.decode import decode
from vision.fingerprint import query_views

OLD, NEW, LOST, PLAIN = (jpeg(seed, quality=85) for seed in (0, 7, 8, 100))
AGAIN = jpeg(7, quality=80)


def references(*seeds):
    return {f"{seed}.jpg": jpeg(seed, quality=95) for seed in seeds}


def digest(data):
    return sha256(data).hexdigest()


def seen_without_its_picture():
    """A listing of which only the hashes of its picture are remembered."""
    (whole,) = [view.fingerprint for view in query_views(decode(LOST).pixels) if view.name == "whole"]
    picture = SightedPicture(
        sha256=digest(LOST), dhash=whole.dhash, phash=whole.phash, source="https://shop.test/lost.jpg"
    )
    shown = Listing(platform="shop", listing_id="lost", title="Thing", images=("https://shop.test/lost.jpg",))
    return NewSighting(listing=shown, pictures=(picture,), judgement=None)


@pytest.fixture(scope="module")
def story(ray_session, tmp_path_factory):
    """A scan, two new references, and a rescan; the server of the pictures counts."""
    folder = tmp_path_factory.mktemp("rescan")
    settings = settings_at(folder / "home", private_addresses=True)
    state = State(settings)
    import_into(settings, write_kit(folder / "kit", references(0, 1)))
    served = {"/old.jpg": OLD, "/new.jpg": NEW, "/again.jpg": AGAIN, "/plain.jpg": PLAIN}
    with PictureServer({path: ("image/jpeg", data) for path, data in served.items()}) as server:
        lines = [listing(path[1:-4], f"{server.url}{path}") for path in served]
        scanned = run_scan(settings, write_market(folder / "shop", lines), folder / "out")
        asked = dict(server.hits)
        state.catalog.sightings.keep(TENANT, "by hand", [seen_without_its_picture()])
        before = {it.listing.listing_id: it for it in state.catalog.sightings.all(TENANT)}
        import_into(settings, write_kit(folder / "more", references(0, 1, 7, 8)))
        request = RescanRequest(tenant=TENANT, out=folder / "rescan", only_changed=True)
        told = rescan(request, settings, Reporter(quiet=True))
        assert dict(server.hits) == asked, "nothing was fetched"
    return settings, scanned, before, told, request


def test_what_is_kept_is_one_of_each_near_identical_group(story):
    settings, scanned, before, *_ = story
    assert {name: it.pictures[0].kept for name, it in before.items()} == {
        "old": digest(OLD),  # tier 1, so a person will look at it
        "new": digest(NEW),
        "again": digest(NEW),  # nearly the same, so one stands for both
        "plain": digest(PLAIN),
        "lost": None,
    }
    blobs = State(settings).blobs(TENANT)
    assert not blobs.exists(digest(AGAIN))
    assert scanned.summary["kept"] == {"pictures": 3, "bytes": len(OLD) + len(NEW) + len(PLAIN)}


def test_new_references_find_what_was_seen_before_them(story):
    *_, told, request = story
    assert told.changes == {"new_case": 3}
    assert told.moves == {"4→1": 2}, "the third had never been judged"
    assert told.not_kept == 1
    rows = {row["listing_id"]: row for row in pq.read_table(request.out / "changes.parquet").to_pylist()}
    assert {name: (row["tier_before"], row["tier"], row["not_kept"]) for name, row in rows.items()} == {
        "new": (4, 1, 0),
        "again": (4, 1, 0),
        "lost": (None, 1, 1),
    }
    assert json.loads((request.out / "changes.json").read_text())["changes"] == {"new_case": 3}
    assert "3 new cases" in told.to_text()
    assert "shop:lost" in told.to_text()


def test_what_does_not_hang_on_the_new_references_is_not_measured_again(story):
    _, scanned, _, told, _ = story
    assert {"geometry", "text"} <= set(scanned.summary["model_calls"])
    assert set(told.summary["model_calls"]) == {"geometry"}, "the only one that looks for packages"
    assert told.summary["cache_hits"] > 0
    assert told.summary["image_similarity"]["counted"] == 0, "what was measured lately is free"


def test_a_verdict_on_hashes_alone_says_so(story):
    *_, request = story
    rows = {row["listing_id"]: row for row in pq.read_table(request.out / "results.parquet").to_pylist()}
    assert rows["lost"]["errors"] == [f"picture 1: {NOT_KEPT}"]
    assert rows["new"]["errors"] == []
    assert rows["old"]["tier"] == 1, "judged again as it was, and no change"


def test_judgements_are_replaced_and_nothing_else(story):
    settings, _, before, *_ = story
    for it in State(settings).catalog.sightings.all(TENANT):
        then = before[it.listing.listing_id]
        assert it.judgement is not None
        assert (it.judgement.tier == 1) is (it.listing.listing_id != "plain")
        same = ("listing", "pictures", "scan_id", "first_seen_at", "seen_at")
        assert [getattr(it, name) for name in same] == [getattr(then, name) for name in same]


def test_what_today_would_judge_alike_is_left_out(story, tmp_path):
    settings, *_ = story
    place = Place(State(settings), TENANT, tmp_path / "run", Reporter(quiet=True))
    assert carry_out(RescanWork(), place)["listings"] == 0
    request = RescanRequest(tenant=TENANT, out=tmp_path / "out", only_changed=True)
    assert "Nothing to judge again" in rescan(request, settings, Reporter(quiet=True)).to_text()


def judgement(tier, score, route):
    return Judgement(
        tier=tier, score=score, route=route, brand=None, reference_id=None, recipe_version="1", encoder=None
    )


LOW = judgement(3, 0.5, "none")
CHANGES = (
    (LOW, LOW, None, "nothing"),
    (LOW, judgement(3, 0.5 + 5e-7, "none"), None, "as good as the same score"),
    (LOW, judgement(3, 0.5 + 2e-6, "none"), "score", "another score"),
    (LOW, judgement(4, 0.1, "none"), "tier", "another tier, nobody's to look at"),
    (LOW, judgement(2, 0.7, "review"), "new_case", "somebody is to look at it"),
    (judgement(2, 0.7, "review"), judgement(1, 0.9, "priority_review"), "tier", "a case, and a graver one"),
    (judgement(2, 0.7, "review"), LOW, "no_case", "nobody need look at it"),
    (None, LOW, "first", "never judged, and nothing to see"),
    (None, judgement(1, 1.0, "priority_review"), "new_case", "never judged, and a case"),
)


@pytest.mark.parametrize(("before", "now", "kind", "why"), CHANGES, ids=[row[3] for row in CHANGES])
def test_a_change(before, now, kind, why):
    assert change_of(before, now) == kind, why


@pytest.mark.parametrize(
    "source", ["kept:", f"kept:{'a' * 64}", f"kept:{'a' * 64}/../../x", "https://x.test"]
)
def test_only_a_name_of_a_kept_picture_is_read_as_one(source):
    with pytest.raises(FetchError):
        KeptPicture.read(source)
