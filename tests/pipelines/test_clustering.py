"""Groups of pictures: found day by day, without chains, called the same for ever."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from typer.testing import CliRunner

from catalog.shown_groups import Role
from catalog.sightings import SightedPicture
from catalog.vectors import Point, collection_name, point_id
from catalog.vectors.edge import EdgeIndex
from counterfoil import app
from pipelines.cluster_work import ClusterWork
from pipelines.clustering import MANY_SELLERS, cluster
from pipelines.progress import Reporter
from pipelines.work import Place, carry_out
from scoring.errors import CatalogError
from tests.pipelines.markets import import_into, jpeg, write_kit
from tests.pipelines.sighted import TENANT, drawn_hashes, flipped, picture, sighting, stores
from vision.decode import decode
from vision.fingerprint import fingerprint

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Now:
    now = MONDAY

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def clock():
    return Now()


@pytest.fixture
def state(tmp_path, clock):
    state = stores(tmp_path, clock)
    with state.catalog:
        yield state


def run(state, **options):
    return cluster(state, TENANT, Reporter(quiet=True), **options)


def keep(state, *seen):
    state.catalog.sightings.keep(TENANT, "scan", seen)


def together(state):
    """The sha256 of each group's pictures."""
    groups: dict[str, set[str]] = {}
    for it in state.catalog.groups.members(TENANT):
        groups.setdefault(it.group, set()).add(it.sha256)
    return groups


def named(*pictures):
    return {it.sha256 for it in pictures}


def crowd(photos=600, copies=5):
    """Photos re-encoded by several sellers: every copy is within 3 bits of the original, by both hashes."""
    return [
        (
            photo,
            picture(f"{photo}-{copy}", flipped(hashes, 3, seed=photo * copies + copy) if copy else hashes),
        )
        for photo, hashes in enumerate(drawn_hashes(photos))
        for copy in range(copies)
    ]


def test_day_by_day_reads_what_is_new_and_every_name_stays(state, clock):
    told = crowd()
    truth: dict[int, set[str]] = {}
    for photo, it in told:
        truth.setdefault(photo, set()).add(it.sha256)
    days = (told[0::3], told[1::3], told[2::3])
    names: dict[str, str] = {}
    for day in days:
        clock.now += timedelta(days=1)
        keep(state, *(sighting(f"s{place % 7}", it.sha256, it) for place, (_, it) in enumerate(day)))
        clock.now += timedelta(hours=1)  # what was seen in the last minutes is read again
        summary = run(state)
        assert (summary["listings_read"], summary["pictures_new"]) == (1000, 1000), "only what is new"
        now = {it.sha256: it.group for it in state.catalog.groups.members(TENANT)}
        assert now.items() >= names.items(), "a picture's group is called as before"
        names = now
    assert sorted(map(sorted, together(state).values())) == sorted(map(sorted, truth.values()))
    clock.now += timedelta(days=1)
    again = run(state)
    assert (again["listings_read"], again["pictures_new"], again["groups_new"]) == (0, 0, 0)


def test_groups_do_not_chain(state):
    """Each picture is 4 bits from the one before, and the last is a hundred from the first."""
    chain = [picture(place, (((1 << 4 * place) - 1), ((1 << 4 * place) - 1))) for place in range(17)]
    keep(state, *(sighting(f"s{place:02}", f"{place:02}", it) for place, it in enumerate(chain)))
    run(state)
    hashes = {it.sha256: it.dhash for it in chain}
    anchors = {anchor.id: anchor.dhash for anchor, _ in state.catalog.groups.anchors(TENANT)}
    for group, pictures in together(state).items():
        assert max((hashes[it] ^ anchors[group]).bit_count() for it in pictures) <= 10
    assert len(together(state)) > 3


def test_a_picture_between_two_groups_makes_them_one_that_both_names_lead_to(state, clock):
    first = picture("first", (0, 0))
    other = picture("other", (2**9 - 1, 2**9 - 1))
    for it in (sighting("ann", 1, first), sighting("ben", 2, other)):
        keep(state, it)
        run(state)
    older, younger = (
        state.catalog.groups.of_pictures(TENANT, [it.sha256])[it.sha256] for it in (first, other)
    )
    assert older != younger, "9 bits: no copy of each other"
    clock.now += timedelta(days=1)
    between = picture("between", (2**5 - 1, 2**5 - 1))
    keep(state, sighting("cem", 3, between))
    state.catalog.groups.name_roles(TENANT, {younger: (Role.REFERENCE, "r1")})
    assert run(state)["groups_taken_in"] == 1
    assert together(state) == {older: named(first, other, between)}
    one = state.catalog.groups.get(TENANT, younger)
    assert (one.id, one.took_in, one.sellers) == (older, (younger,), 3)
    assert (one.role, one.reference_id) == (Role.REFERENCE, "r1"), (
        "who is taken in brings the brand's picture"
    )
    clock.now += timedelta(days=1)
    near_other = picture("near other", (2**10 - 1, 2**10 - 1))
    too_far = picture("too far", (2**11 - 1, 2**11 - 1))
    keep(state, sighting("dan", 4, near_other), sighting("eve", 5, too_far))
    run(state)
    assert together(state)[older] == named(first, other, between, near_other), "not beyond the older's reach"


class Killed(Reporter):
    """Ends the process, as far as anyone can tell, when the second batch is kept."""

    def stage(self, name, total=None):
        return Dying()


class Dying:
    batches = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def advance(self, done):
        self.batches += 1
        if self.batches == 2:
            raise KeyboardInterrupt


def test_a_run_that_died_is_run_again_and_ends_where_it_would_have(tmp_path, state):
    told = [sighting(f"s{place % 9}", it.sha256, it) for place, (_, it) in enumerate(crowd(900, 6))]
    whole = stores(tmp_path / "whole")
    for where in (state, whole):
        where.catalog.sightings.keep(TENANT, "scan", told)
    with pytest.raises(KeyboardInterrupt):
        cluster(state, TENANT, Killed(quiet=True))
    assert sum(map(len, together(state).values())) == 4000
    assert run(state)["pictures_new"] == 5400 - 4000
    run(whole)
    assert together(state) == together(whole)
    whole.catalog.close()


def embed(state, vectors):
    """Put vectors of pictures among the sightings of an encoder, as a scan does."""
    model = "drawn-1"
    collection = collection_name("sightings", model)
    with EdgeIndex(state.settings.home / "vectors") as index:
        index.ensure(collection, 2)
        index.upsert(
            collection,
            [
                Point(
                    point_id(TENANT, "sightings", sha256=it.sha256, model=model),
                    np.array([np.cos(angle), np.sin(angle)], np.float32),
                    {"sha256": it.sha256, "seen_at": MONDAY.isoformat()},
                )
                for it, angle in vectors.items()
            ],
            tenant=TENANT,
        )


def test_pictures_that_are_alike_are_one_and_likeness_does_not_chain(state, clock):
    first, alike, far, chained = (
        picture(name, hashes) for name, hashes in zip("abcd", drawn_hashes(4), strict=True)
    )
    blank = picture("blank")  # too flat for hashes
    step = float(np.arccos(0.95))
    embed(state, {first: 0.0, alike: step, chained: 2 * step, far: np.pi / 2, blank: 0.01})
    keep(state, *(sighting(f"s{n}", n, it) for n, it in enumerate((first, alike, far, chained, blank))))
    run(state)
    groups = sorted(map(sorted, together(state).values()))
    expected = (named(first, alike), named(far), named(chained), named(blank))
    assert groups == sorted(map(sorted, expected))
    run(state, alike=0.96, anew=True)
    assert len(together(state)) == 5, "0.95 is not enough for this tenant any more"
    clock.now += timedelta(days=1)
    assert run(state)["alike"] == 0.96


WORDS = [
    "lamp",
    "shoe",
    "table",
    "kettle",
    "scarf",
    "clock",
    "pillow",
    "drill",
    "tent",
    "kite",
    "vase",
    "rug",
    "mug",
    "ring",
    "coat",
]


def test_a_placeholder_is_told_from_a_photo_that_many_sellers_use(state):
    one, other = (picture(name, hashes) for name, hashes in zip("ab", drawn_hashes(2), strict=True))
    keep(
        state,
        *(
            sighting(f"s{n}", f"p{n}", one, title=f"{WORDS[n % 15]} no {n}", tier=4)
            for n in range(MANY_SELLERS)
        ),
        *(sighting(f"s{n}", f"b{n}", other, title=f"{WORDS[n % 15]} Northpine") for n in range(MANY_SELLERS)),
    )
    assert run(state)["groups_common"] == 1
    roles = {it.sha256: it.role for it in state.catalog.groups.of(TENANT)}
    assert roles == {one.sha256: Role.COMMON, other.sha256: Role.COPIES}


def shot(data, name):
    found = fingerprint(decode(data).pixels)
    return picture(name, (found.dhash, found.phash))


def test_the_brands_own_picture_is_known_as_such_also_when_it_is_imported_later(state, tmp_path):
    official, own = shot(jpeg(0, quality=60), "official"), shot(jpeg(5), "own")
    keep(state, sighting("ann", 1, official, own), sighting("ben", 2, official, own))
    run(state)
    assert {it.role for it in state.catalog.groups.of(TENANT)} == {Role.COPIES}
    import_into(state.settings, write_kit(tmp_path / "kit", {"0.jpg": jpeg(0)}))
    run(state)
    roles = {it.sha256: it.role for it in state.catalog.groups.of(TENANT)}
    assert roles == {official.sha256: Role.REFERENCE, own.sha256: Role.COPIES}


def test_a_picture_that_must_never_match_links_nobody_also_when_it_is_named_later(state, tmp_path):
    never, own = shot(jpeg(0, quality=60), "never"), shot(jpeg(5), "own")
    keep(state, sighting("ann", 1, never, own), sighting("ben", 2, never, own))
    run(state)
    kit = write_kit(tmp_path / "kit", {"9.jpg": jpeg(9)})
    (kit / "references" / "negative").mkdir()
    (kit / "references" / "negative" / "0.jpg").write_bytes(jpeg(0))
    import_into(state.settings, kit)
    run(state)
    roles = {it.sha256: it.role for it in state.catalog.groups.of(TENANT)}
    assert roles == {never.sha256: Role.NEGATIVE, own.sha256: Role.COPIES}


def test_a_run_that_died_before_it_had_marked_the_brands_picture_marks_it_the_next_time(state, tmp_path):
    import_into(state.settings, write_kit(tmp_path / "kit", {"0.jpg": jpeg(0)}))
    official = shot(jpeg(0, quality=60), "official")
    run(state)
    keep(state, sighting("ann", 1, official), sighting("ben", 2, official))
    run(state)
    (group,) = state.catalog.groups.of(TENANT)
    state.catalog.groups.name_roles(TENANT, {group.id: (Role.COPIES, None)})  # as it is before it is marked
    standing = state.catalog.groups.standing(TENANT)
    state.catalog.groups.settle(TENANT, replace(standing, references=""))
    run(state)
    (group,) = state.catalog.groups.of(TENANT)
    assert group.role is Role.REFERENCE


def test_a_listing_that_is_forgotten_has_left_its_groups(state, clock):
    one, other = (picture(name, hashes) for name, hashes in zip("ab", drawn_hashes(2), strict=True))
    keep(
        state, sighting("ann", 1, one), sighting("ben", 2, one, platform="bazaar"), sighting("cem", 3, other)
    )
    run(state)
    (group,) = state.catalog.groups.of(TENANT)
    assert (group.sellers, group.platforms, group.tier) == (2, ("bazaar", "shop"), 2)
    state.catalog.sightings.forget(TENANT, [("shop", "1"), ("shop", "3")])
    assert state.catalog.groups.of(TENANT) == []
    clock.now += timedelta(days=1)
    assert run(state)["pictures_gone"] == 1
    assert together(state) == {group.id: named(one)}
    with pytest.raises(CatalogError, match="has no group"):
        state.catalog.groups.get(TENANT, "never")


def test_scheduled_work_writes_who_shows_what(state, tmp_path):
    one = picture("a", (1, 2))
    keep(state, sighting("ann", 1, one), sighting("ben", 2, one, platform="bazaar"))
    out = tmp_path / "out"
    summary = carry_out(ClusterWork(), Place(state, TENANT, out, Reporter(quiet=True)))
    assert summary["groups_shown"] == 1
    (row,) = pq.read_table(out / "groups.parquet").to_pylist()
    assert (row["sellers"], row["platforms"], row["brands"]) == (2, ["bazaar", "shop"], ["Northpine"])
    rows = pq.read_table(out / "group_listings.parquet").to_pylist()
    assert {(it["seller_id"], it["group_id"]) for it in rows} == {
        ("ann", row["group_id"]),
        ("ben", row["group_id"]),
    }
    assert {tuple(it["pictures"]) for it in rows} == {("https://shop.test/a.jpg",)}


def test_the_command_shows_groups(state, monkeypatch):
    one = picture("a", (1, 2))
    keep(state, sighting("ann", 1, one), sighting("ben", 2, one))
    monkeypatch.setenv("COUNTERFOIL_HOME", str(state.settings.home))
    said = CliRunner().invoke(app, ["cluster", "--tenant", TENANT, "--json"], catch_exceptions=False)
    (group,) = json.loads(said.stdout)["groups"]
    assert (group["sellers"], group["role"]) == (2, "copies")


@pytest.mark.data
def test_copies_of_real_photographs_meet_and_different_photographs_do_not(state, photographs):
    from tests.pipelines.edited import copies

    files = sorted((photographs / "shoes").glob("**/*.jpg"))[:60]
    photos: list[list[SightedPicture]] = []
    for place, file in enumerate(files):
        with Image.open(file) as image:
            shots = [shot(data, f"{place} {name}") for name, data in copies(image.convert("RGB"))]
        photos.append(shots)
        keep(state, *(sighting(f"s{n}", f"{place}-{n}", it) for n, it in enumerate(shots)))
    run(state)
    groups = together(state).values()
    whose = {it.sha256: place for place, shots in enumerate(photos) for it in shots}
    assert all(len({whose[it] for it in pictures}) == 1 for pictures in groups)
    met = sum(any(named(*shots) <= pictures for pictures in groups) for shots in photos)
    assert met >= 57, f"{met} of {len(photos)} photographs have all their copies in one group"
