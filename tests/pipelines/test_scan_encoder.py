"""With a real encoder: appearance weighs, pictures are remembered, and a failing model is only silent."""

import pytest

from catalog.encoder_choices import Place
from catalog.vectors import collection_name
from cluster.encoder_plan import appearance_by
from cluster.settings import Pool, Pools, Workers
from cluster.state import State
from cluster.vectors import open_vectors
from pipelines.encoding import Encode
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, listing, run_scan, write_market
from tests.vision.tiny_checkpoint import write_tiny_checkpoint

pytestmark = [pytest.mark.ray, pytest.mark.timeout(600)]

PICTURES = {"copy.jpg": jpeg(0, quality=85), "a.jpg": jpeg(300), "b.jpg": jpeg(301), "a2.jpg": jpeg(300)}


@pytest.fixture(scope="module")
def encoding(tmp_path_factory, kit):
    """Settings with a tiny checkpoint, and the kit imported."""
    folder = tmp_path_factory.mktemp("encoded")
    settings = settings_at(
        folder / "home",
        encoder=str(write_tiny_checkpoint(folder / "tiny")),
        encoder_device="cpu",
        pools=Pools(pictures=Workers(max_size=1), encoder=Pool(max_size=1, cpus=0)),
    )
    import_into(settings, kit)
    return settings


@pytest.fixture(scope="module")
def scans(ray_session, encoding, tmp_path_factory):
    """The same market scanned twice."""
    folder = tmp_path_factory.mktemp("twice")
    source = write_market(folder / "shop", [listing(name, name) for name in PICTURES], PICTURES)
    return [run_scan(encoding, source, folder / f"out {number}") for number in (1, 2)]


def test_each_picture_that_no_fingerprint_settles_is_embedded_once(scans):
    first = scans[0].summary
    assert first["unique_images"] == 3, "a and a2 are the same bytes"
    assert {name: first["model_calls"][name] for name in ("appearance", "geometry")} == {
        "appearance": 2,
        "geometry": 2,
    }
    assert first["cache_hits"] == 0
    assert "prepare the encoder" in first["seconds"]
    assert first["not_measured"] == {}, "marks and patterns are not missed: the kit has neither"


def test_a_second_scan_measures_nothing_and_is_free(scans):
    first, second = (scan.summary for scan in scans)
    assert second["model_calls"] == {}
    assert second["cache_hits"] == sum(first["model_calls"].values())
    assert first["image_similarity"] == {"counted": 2, "free": 1, "spent": 0}, "a and a2 are one"
    assert second["image_similarity"] == {"counted": 0, "free": 3, "spent": 0}
    assert second["cap_use"]["image_similarity"]["used"] == 2
    assert [row["tier"] for row in scans[0].rows] == [row["tier"] for row in scans[1].rows]
    assert [row["score"] for row in scans[0].rows] == [row["score"] for row in scans[1].rows]


def test_a_verdict_names_its_encoder(scans):
    assert scans[0]["a.jpg"]["encoder"].startswith("tiny-")
    assert scans[0]["a.jpg"]["encoder"] == scans[1]["a.jpg"]["encoder"]


def test_references_and_sightings_are_in_the_index(scans, encoding):
    vectors, key = open_vectors(encoding), scans[0]["a.jpg"]["encoder"]
    assert vectors.count(collection_name("references", key), tenant=TENANT) == 4
    assert vectors.count(collection_name("sightings", key), tenant=TENANT) == 2
    page = vectors.scroll(collection_name("references", key), tenant=TENANT)
    known = {reference.id for reference in State(encoding).catalog.references.of(TENANT)}
    assert {point.payload["reference_id"] for point in page.points} == known


def test_each_listing_is_compared_by_the_encoder_of_its_category_and_marketplace(scans, encoding, tmp_path):
    """One picture in listings of three places, in one scan: each verdict names the encoder chosen there."""
    state = State(encoding)
    second, third = (str(write_tiny_checkpoint(tmp_path / str(seed), seed)) for seed in (1, 2))
    for model, place in ((second, Place.of("Bags", None)), (third, Place.of(None, "DE"))):
        state.catalog.encoder_choices.use(TENANT, place, model=model, key="as chosen", by="ada")
    lines = [
        listing("anywhere", "a.jpg"),
        listing("bag", "a.jpg", category="bags"),
        listing("german", "a.jpg", url="https://www.ebay.de/itm/1"),
    ]
    source = write_market(tmp_path / "shop", lines, PICTURES)
    try:
        scan = run_scan(encoding, source, tmp_path / "out")
    finally:
        for choice in state.catalog.encoder_choices.of(TENANT):
            state.catalog.encoder_choices.drop(TENANT, Place(choice.category, choice.region))
    keys = {name: scan[name]["encoder"] for name in ("anywhere", "bag", "german")}
    assert len(set(keys.values())) == 3
    assert keys["anywhere"] == scans[0]["a.jpg"]["encoder"]
    assert (scan.summary["unique_images"], scan.summary["cache_hits"]) == (1, 1)
    assert scan.summary["model_calls"]["appearance"] == 2, "the first encoder had seen it before"


def test_a_model_that_is_lost_on_the_way_silences_appearance_only(scans, encoding, tmp_path):
    """Its folder is gone when a worker opens it; the rows say so and are judged by the rest."""
    import pyarrow as pa
    import ray

    from cluster.library import build_library
    from cluster.sources import PictureSpec
    from pipelines.stages import MEASURED, Crew
    from scoring.features import Unavailable, load_features

    gone = encoding.model_copy(update={"encoder": str(tmp_path / "gone")})
    library = ray.put(build_library(State(gone), TENANT))
    name = appearance_by(gone.encoder)
    worker = Encode(Crew(gone, PictureSpec(private_addresses=False), library, 1))
    row = {
        "grp": "g",
        "features": b'{"geometry":[]}',
        "cached": [],
        "sha256": "a" * 64,
        "appearances": [name],
    }
    row |= {"pixels": bytes(64 * 64 * 3), "height": 64, "width": 64}
    (answer,) = worker(pa.Table.from_pylist([row], MEASURED)).to_pylist()
    features = load_features(answer["features"])
    assert features["geometry"] == ()
    assert isinstance(features[name], Unavailable)
    assert "There is no encoder folder" in features[name].reason
    assert answer["pixels"] is None
