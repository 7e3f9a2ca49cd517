"""What has come to its end goes from every store; what somebody still needs stays."""

import json
import os
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import numpy as np
import pytest
from typer.testing import CliRunner

from catalog.retention import Ends, Periods
from catalog.sightings import Judgement, NewSighting, SightedPicture
from catalog.vectors import Point, collection_name, point_id
from catalog.vectors.edge import EdgeIndex
from cluster.media import forget_media
from cluster.negatives import gather_negatives
from cluster.removal import holdings, remove_tenant, strays
from cluster.retention import run_retention
from cluster.state import State
from counterfoil import app
from scoring.errors import CatalogError, SettingsError
from scoring.listing import Listing
from tests.catalog.test_decisions import DISMISSED
from tests.conftest import settings_at
from tests.pipelines.markets import jpeg

MODEL = "tiny-1"
SIGHTINGS = collection_name("sightings", MODEL)
DAY = timedelta(days=1)
DEFAULTS = Periods(sightings=180, pictures=90, cases=1461)


@pytest.fixture
def state(tmp_path):
    state = State(settings_at(tmp_path / "home"))
    for tenant in ("acme", "rival"):
        state.catalog.tenants.ensure(tenant)
    yield state
    state.catalog.close()


@pytest.fixture
def vectors(tmp_path):
    with EdgeIndex(tmp_path / "vectors") as index:
        index.ensure(SIGHTINGS, 4)
        yield index


def see(state, vectors, name, *, tenant="acme", route="none", reference_id=None):
    """A listing with one picture, in every store that holds something of it; its picture's sha256."""
    data = f"picture of {name}".encode()
    digest = sha256(data).hexdigest()
    if route != "none":
        state.catalog.retention.keep_evidence(tenant, "scan-1", [(("ebay", name), digest)])
    state.blobs(tenant).put(data)
    state.derived(tenant).put(digest, "seen-1-abc", b"{}")
    point = point_id(tenant, "sightings", sha256=digest, model=MODEL)
    payload = {"sha256": digest, "seen_at": state.catalog.clock().isoformat()}
    vectors.upsert(SIGHTINGS, [Point(point, np.ones(4, np.float32), payload)], tenant=tenant)
    seen = NewSighting(
        listing=Listing(platform="ebay", listing_id=name, title=name),
        pictures=(SightedPicture(sha256=digest, dhash=1, phash=2, source="x"),),
        judgement=Judgement(
            tier=2 if route != "none" else 4,
            score=0.7,
            route=route,
            brand=None,
            reference_id=reference_id,
            recipe_version="default@1",
            encoder=None,
        ),
    )
    state.catalog.sightings.keep(tenant, "scan-1", [seen])
    return digest


def left(state, vectors, digest, tenant="acme"):
    """In which stores something of a picture is left."""
    stores = {
        "record": bool(state.catalog.sightings.showing(tenant, [digest])),
        "blob": state.blobs(tenant).exists(digest),
        "derived": state.derived(tenant).get(digest, "seen-1-abc") is not None,
        "vector": bool(
            vectors.fetch(
                SIGHTINGS, [point_id(tenant, "sightings", sha256=digest, model=MODEL)], tenant=tenant
            )
        ),
    }
    return {name for name, there in stores.items() if there}


ALL = {"record", "blob", "derived", "vector"}


def at(state, days):
    return state.catalog.clock() + days * DAY


@pytest.mark.parametrize(
    ("days", "expected", "reason"),
    [
        (89, ALL, "within every period"),
        (91, ALL - {"blob"}, "the picture's period has run, the sighting's has not"),
        (181, set(), "both have run"),
    ],
)
def test_each_has_its_own_period(state, vectors, days, expected, reason):
    digest = see(state, vectors, "1")
    theirs = see(state, vectors, "2", tenant="rival")
    now = at(state, days)
    told = run_retention(state, vectors, "acme", dry_run=True, now=now)
    assert left(state, vectors, digest) == ALL, "a dry run deletes nothing"
    done = run_retention(state, vectors, "acme", dry_run=False, now=now)
    assert (told.records, told.pictures, told.derived, told.vectors) == (
        done.records,
        done.pictures,
        done.derived,
        done.vectors,
    )
    assert left(state, vectors, digest) == expected, reason
    assert (done.pictures.count, done.pictures.bytes) == ((0, 0) if "blob" in expected else (1, 12))
    assert left(state, vectors, theirs, "rival") == ALL, "another's"
    again = run_retention(state, vectors, "acme", dry_run=False, now=now)
    assert again.pictures.count == again.derived.count == again.vectors[SIGHTINGS].count == 0


def decide(state, name, *, days=0):
    """Somebody dismisses a case that many days from now."""
    decision = replace(DISMISSED, platform="ebay", listing_id=name, at=at(state, days))
    state.catalog.decisions.keep("acme", [decision])


CASES = [
    ("open", 10_000, ALL, "nobody has decided it"),
    ("decided", 1_400, ALL, "decided within the cases' period"),
    ("decided", 1_700, set(), "and after it"),
    ("held", 10_000, ALL, "on hold, though decided long ago"),
    ("let go", 10_000, set(), "on hold no more"),
    ("quarantined", 10_000, ALL, "it waits for what becomes of a reference"),
]


@pytest.mark.parametrize(("case", "days", "expected", "reason"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_a_case_keeps_what_it_rests_on(state, vectors, kit_reference, case, days, expected, reason):
    queued = case != "quarantined"
    digest = see(
        state,
        vectors,
        "1",
        route="review" if queued else "none",
        reference_id=None if queued else kit_reference,
    )
    retention = state.catalog.retention
    if case in {"decided", "held", "let go"}:
        decide(state, "1", days=10)
    if case in {"held", "let go"}:
        retention.hold("acme", ("ebay", "1"), on=True, by="ada", why="a court asks")
    if case == "let go":
        retention.hold("acme", ("ebay", "1"), on=False, by="ada")
    if case == "quarantined":
        state.catalog.standings.say("acme", kit_reference, "quarantined", by="scan-1")
    run_retention(state, vectors, "acme", dry_run=False, now=at(state, days))
    assert left(state, vectors, digest) == expected, reason
    assert bool(state.catalog.decisions.of("acme")) == (case == "held" or (case, days) == ("decided", 1_400))


@pytest.fixture
def kit_reference(state):
    from tests.catalog.test_records import NORTHPINE, reference

    state.catalog.brands.save("acme", NORTHPINE)
    state.catalog.references.replace("acme", "Northpine", [reference()])
    return state.catalog.references.of("acme")[0].id


def test_an_open_case_keeps_the_picture_that_the_listing_has_changed_since(state, vectors):
    old = see(state, vectors, "1", route="review")
    changed = NewSighting(
        listing=Listing(platform="ebay", listing_id="1", title="another"), pictures=(), judgement=None
    )
    state.catalog.sightings.keep("acme", "scan-2", [changed])
    run_retention(state, vectors, "acme", dry_run=False, now=at(state, 1_000))
    assert "blob" in left(state, vectors, old)
    decide(state, "1")
    run_retention(state, vectors, "acme", dry_run=False, now=at(state, 2_000))
    assert left(state, vectors, old) == set()


def test_what_a_reference_shows_too_stays(state, vectors, kit_reference):
    """The same bytes are one blob: the sighting's end is not the reference's."""
    digest = see(state, vectors, "1")
    from catalog.models import ReferenceRow

    with state.catalog.references._database.writing() as session:
        session.get_one(ReferenceRow, kit_reference).sha256 = digest
    state.derived("acme").put(digest, "views-1", b"[]")
    run_retention(state, vectors, "acme", dry_run=False, now=at(state, 1_000))
    assert left(state, vectors, digest) == {"blob"}
    assert state.derived("acme").get(digest, "views-1") is not None


def test_a_run_that_died_after_the_records_is_finished_by_the_next(state, vectors):
    digest = see(state, vectors, "1")
    now = at(state, 181)
    ends = Ends.of(DEFAULTS, now)
    state.catalog.retention.expire("acme", ends)
    assert left(state, vectors, digest) == ALL - {"record"}
    run_retention(state, vectors, "acme", dry_run=False, now=now)
    assert left(state, vectors, digest) == set()


def test_what_nobody_has_recorded_yet_is_left_for_a_day(state, vectors, tmp_path):
    """A scan stores first; what a killed write left goes with the orphans."""
    digest = state.blobs("acme").put(b"just stored")
    part = tmp_path / "home" / "blobs" / "acme" / "aa" / ".x.part"
    part.parent.mkdir()
    part.write_bytes(b"half")
    run_retention(state, vectors, "acme", dry_run=False)
    assert state.blobs("acme").exists(digest)
    run_retention(state, vectors, "acme", dry_run=False, now=at(state, 2))
    assert not state.blobs("acme").exists(digest)
    assert not part.exists()


def test_an_old_blob_that_is_wanted_again_is_not_swept_under_its_writer(state, vectors, tmp_path):
    digest = state.blobs("acme").put(b"old")
    [path] = list((tmp_path / "home" / "blobs").rglob(digest))
    os.utime(path, (0, 0))
    state.blobs("acme").put(b"old")
    run_retention(state, vectors, "acme", dry_run=False)
    assert state.blobs("acme").exists(digest)


def test_periods_are_a_tenants_own_with_a_history(state):
    retention = state.catalog.retention
    retention.set_period("acme", "pictures", 30, by="ada", defaults=DEFAULTS)
    retention.set_period("acme", "sightings", 60, by="bob", defaults=DEFAULTS)
    assert retention.periods("acme", DEFAULTS) == Periods(sightings=60, pictures=30, cases=1461)
    assert retention.periods("rival", DEFAULTS) == DEFAULTS
    retention.set_period("acme", "pictures", 20, by="ada", defaults=DEFAULTS)
    assert [(it.what, it.days, it.by) for it in retention.changes("acme")] == [
        ("pictures", 20, "ada"),
        ("sightings", 60, "bob"),
        ("pictures", 30, "ada"),
    ]
    with pytest.raises(CatalogError, match="nothing would say what they are"):
        retention.set_period("acme", "pictures", 61, by="ada", defaults=DEFAULTS)
    with pytest.raises(CatalogError, match="1 to 36,500"):
        retention.set_period("acme", "cases", 0, by="ada", defaults=DEFAULTS)
    assert retention.periods("acme", DEFAULTS).pictures == 20, "what was refused left nothing"


def test_removing_a_tenant_leaves_nothing_anywhere(state, vectors, kit_reference, tmp_path):
    for tenant in ("acme", "rival"):
        see(state, vectors, "1", tenant=tenant, route="review")
    before = holdings(state, vectors, "rival")
    removal = remove_tenant(state, vectors, "acme", by="ada")
    assert removal.found["blobs"] == removal.found[f"vectors/{SIGHTINGS}"] == 1
    assert set(removal.left.values()) == {0}, removal.left
    assert removal.receipt["kill_switch"], "what was turned for it was handed over"
    assert holdings(state, vectors, "rival") == before
    assert vectors.count(SIGHTINGS, tenant="rival") == 1
    for folder in ("home/blobs", "vectors"):
        for file in (tmp_path / folder).rglob("*"):
            assert "acme" not in file.name
            assert not file.is_file() or b"acme" not in file.read_bytes(), file
    with pytest.raises(CatalogError, match="no tenant 'acme'"):
        remove_tenant(state, vectors, "acme", by="ada")


def test_a_removal_that_died_is_found_and_finished(state, vectors):
    digest = see(state, vectors, "1")
    state.catalog.erasure.erase("acme")
    assert left(state, vectors, digest) == ALL - {"record"}
    assert strays(state, vectors)["acme"]["blobs"] == 1
    assert set(remove_tenant(state, vectors, "acme", by="ada").left.values()) == {0}
    assert strays(state, vectors) == {}


def test_forgetting_media_takes_what_nobody_else_needs(state, vectors):
    shown, alone = see(state, vectors, "1"), state.blobs("acme").put(b"alone")
    for digest in (shown, alone):
        state.catalog.media.add("acme", digest, name="x", size=(1, 1))
        state.derived("acme").put(digest, "media-views-1", b"[]")
    ids = state.catalog.media.ids("acme")
    assert forget_media(state, vectors, "rival", ids[0]) is None, "another's is not there"
    for identifier in ids:
        assert forget_media(state, vectors, "acme", identifier) is not None
        assert forget_media(state, vectors, "acme", identifier) is None
    assert left(state, vectors, shown) == ALL, "a listing still shows it"
    assert not state.blobs("acme").exists(alone)
    assert {extractor for extractor, _, _ in state.derived("acme").kept()} == {"seen-1-abc"}


@pytest.fixture
def run(tmp_path):
    """Runs a command, and gives what it prints; our errors come through."""

    def run(*arguments):
        runner = CliRunner(env={"COUNTERFOIL_HOME": str(tmp_path / "home")})
        return runner.invoke(app, list(arguments), catch_exceptions=False).output

    return run


def test_periods_and_runs_from_a_persons_point_of_view(state, run):
    assert "sightings    180 days  (the settings' period)" in run("retention", "show", "--tenant", "acme")
    run("retention", "set", "pictures", "30", "--tenant", "acme", "--by", "ada")
    run("retention", "hold", "ebay", "1044", "--tenant", "acme", "--why", "a court asks", "--by", "ada")
    told = json.loads(run("retention", "show", "--tenant", "acme", "--json"))
    assert told["days"]["pictures"] == 30
    assert [(it["listing_id"], it["why"]) for it in told["holds"]] == [("1044", "a court asks")]
    assert "0 would go, 0 bytes" in run("retention", "run", "--tenant", "acme", "--dry-run")
    with pytest.raises(SettingsError, match="thumbs 3 is no period"):
        run("retention", "set", "thumbs", "3", "--tenant", "acme")


def test_negatives_from_a_persons_point_of_view(state, run, tmp_path):
    picture = tmp_path / "placeholder.jpg"
    picture.write_bytes(jpeg(3))
    shared = run("reference", "add-negative", str(picture), "--shared", "--by", "ada").split()[0]
    mine = run("reference", "add-negative", str(picture), "--tenant", "acme").split()[0]
    assert {it["id"] for it in json.loads(run("reference", "negatives", "--tenant", "acme", "--json"))} == {
        shared,
        mine,
    }
    assert mine not in run("reference", "negatives", "--tenant", "rival")
    assert shared in run("reference", "negatives")
    assert set(gather_negatives(state, "rival").names) == {shared}
    with pytest.raises(CatalogError, match="Everybody has no negative reference"):
        run("reference", "remove-negative", mine, "--shared")
    run("reference", "remove-negative", shared, "--shared")
    assert list(state.shared_blobs().kept()) == []
    with pytest.raises(SettingsError, match="not said whose"):
        run("reference", "add-negative", str(picture))


def test_a_references_standing_from_a_persons_point_of_view(state, run, kit_reference):
    state.catalog.standings.say("acme", kit_reference, "quarantined", by="scan 1", why="a flood")
    assert "quarantined: a flood; 0 listings wait" in run("reference", "list", "--tenant", "acme")
    assert "matches again" in run("reference", "release", kit_reference, "--tenant", "acme", "--by", "ada")
    run("reference", "negate", kit_reference, "--tenant", "acme", "--by", "bob")
    told = run("reference", "history", kit_reference, "--tenant", "acme")
    assert [line.split()[3] for line in told.splitlines()] == ["quarantined", "released", "negated"]
