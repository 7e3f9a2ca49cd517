"""`counterfoil models`: listing, pulling and using, with real encoders of random weights."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from catalog.encoder_choices import Place
from catalog.vectors import collection_name
from catalog.vectors.edge import EdgeIndex
from cluster.encoder_plan import NO_ENCODER_HERE, EncoderPlan, appearance_by, place_of
from cluster.encoder_use import Switch
from cluster.encoders import NOT_KEPT, Embedders, Prepared, load_encoder
from cluster.library import build_library, owners_of, reference_pictures
from cluster.measure import listing_features
from cluster.state import State
from cluster.vectors import vectors_here
from counterfoil import app
from scoring.brand import ReferenceKind
from scoring.features import APPEARANCE, GEOMETRY, AppearanceMatch, Unavailable
from scoring.listing import Listing
from tests.conftest import settings_at
from tests.pipelines.markets import TENANT, import_into, jpeg, write_kit
from tests.vision.model_hub import hub_serving
from tests.vision.tiny_checkpoint import write_tiny_checkpoint
from vision.calibration import Calibration
from vision.decode import decode


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return [write_tiny_checkpoint(folder / str(seed), seed) for seed in (0, 1)]


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    pictures = {f"{seed}.jpg": jpeg(seed) for seed in range(3)}
    return write_kit(tmp_path_factory.mktemp("brand") / "kit", pictures)


@pytest.fixture
def home(tmp_path, kit, checkpoints):
    """A home with a tenant of three references, and both checkpoints pulled as `one` and `two`."""
    settings = settings_at(tmp_path / "home", encoder_device="cpu")
    import_into(settings, kit)
    for name, folder in zip(("one", "two"), checkpoints, strict=True):
        assert run(settings, "pull", str(folder), "--name", name)["fresh"]
    return settings


def run(settings, *words, fails=False, **environment):
    env = {"COUNTERFOIL_HOME": str(settings.home), "COUNTERFOIL_ENCODER": "none", **environment}
    done = CliRunner().invoke(app, ["models", *words, "--json"], env=env)
    if fails:
        return done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def listed(settings, **environment):
    return {it["name"]: it for it in run(settings, "list", **environment)}


def test_the_list_says_what_is_here_who_uses_it_and_whether_it_is_calibrated(home):
    run(home, "use", "one", "--tenant", TENANT, "--category", "Shoes", "--region", "de", "--by", "ada")
    key = load_encoder(home, "two").key
    State(home).catalog.calibrations.keep(TENANT, {}, encoder=key, category=None, by="ada")
    found = listed(home, COUNTERFOIL_ENCODER="builtin")
    assert (found["builtin"]["here"], found["builtin"]["calibrated"]) == (True, "shipped")
    assert found["builtin"]["used_by"] == ["whoever chose none"]
    assert (found["one"]["here"], found["one"]["size"]) == (True, 32)
    assert (found["one"]["used_by"], found["two"]["used_by"]) == ([f"{TENANT} (shoes DE)"], [])
    assert TENANT in found["two"]["calibrated"]
    known = found["ViT-B-32/laion2b_s34b_b79k"]
    assert (known["here"], known["alias"], known["size"]) == (False, "default", 512)


def test_pulling_from_a_hub_once_and_a_hub_that_is_not_there(tmp_path, checkpoints):
    settings = settings_at(tmp_path / "home")
    away = run(settings, "pull", "hf-hub:owner/tiny", fails=True, COUNTERFOIL_HUB="http://127.0.0.1:9")
    assert "cannot be downloaded" in str(away)
    assert not any(it["here"] for name, it in listed(settings).items() if name != "builtin")
    files = {path.name: path.read_bytes() for path in checkpoints[0].iterdir()}
    with hub_serving(files) as (hub, asked):
        first = run(settings, "pull", "hf-hub:owner/tiny", COUNTERFOIL_HUB=hub)
        answered = len(asked)
        second = run(settings, "pull", "hf-hub:owner/tiny", COUNTERFOIL_HUB=hub)
        assert len(asked) == answered
    assert (first["fresh"], second["fresh"]) == (True, False)
    assert first["key"] == second["key"]


def test_using_one_embeds_the_references_first_and_then_takes_over(home):
    before = State(home).stamp(TENANT)
    said = run(home, "use", "one", "--tenant", TENANT, "--by", "ada")
    assert (said["references"], said["missing"], said["before"]) == (3, 3, None)
    assert 0 < said["seconds"] < 60
    (choice,) = State(home).catalog.encoder_choices.of(TENANT)
    assert (choice.model, choice.key, choice.chosen_by) == ("one", said["key"], "ada")
    assert State(home).stamp(TENANT) != before, "a server notices"
    with vectors_here(home) as vectors:
        assert vectors.count(collection_name("references", said["key"]), tenant=TENANT) == 3
    other = run(home, "use", "two", "--tenant", TENANT)
    assert (other["before"], other["missing"]) == ("one", 3)
    back = run(home, "use", "one", "--tenant", TENANT)
    assert (back["missing"], back["seconds"]) == (0, 0), "the vectors of before are still there"
    assert run(home, "use", "--drop", "--tenant", TENANT) == {"now": None}


def test_a_change_that_breaks_off_changes_nothing(home):
    state = State(home)

    def fail(done, of):
        raise KeyboardInterrupt

    with EdgeIndex(home.home / "vectors") as vectors:
        switch = Switch(state, vectors)
        change, embedder = switch.plan(TENANT, "one", Place())
        with pytest.raises(KeyboardInterrupt):
            switch.make(change, embedder, by="ada", tell=fail)
    assert state.catalog.encoder_choices.of(TENANT) == ()


REFUSED = [
    (("use", "three", "--tenant", TENANT), "No encoder is called", "a model that nobody knows"),
    (("use", "one", "--tenant", "nobody"), "no tenant 'nobody'", "a tenant that is not there"),
    (("use", "--tenant", TENANT), "one encoder can be used", "no model at all"),
    (("use", "one", "--tenant", TENANT, "--region", "Mars"), "is no country", "no region"),
    (("use", "--drop", "--tenant", TENANT), "has chosen no encoder", "nothing to take back"),
    (("pull", "/somewhere"), "needs a name", "a path without one"),
    (("pull", "default", "--name", "mine"), "only a checkpoint from a path", "a hub name renamed"),
]


@pytest.mark.parametrize(("words", "says", "reason"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_cannot_be_is_told(tmp_path, kit, words, says, reason):
    settings = settings_at(tmp_path / "home")
    import_into(settings, kit)
    assert says in str(run(settings, *words, fails=True)), reason


def test_two_encoders_in_one_process_keep_their_vectors_apart(home):
    state = State(home)
    owners = owners_of(state.catalog.references.of(TENANT))

    class Roster:
        tenant = TENANT

    Roster.owners = owners
    picture = Prepared.of(decode(jpeg(1)))
    with EdgeIndex(home.home / "vectors") as vectors:
        embedders = Embedders(home, vectors)
        assert embedders.of("one") is embedders.of("one")
        for model in ("one", "two"):
            embedders.of(model).keep_references(TENANT, reference_pictures(state, TENANT))
        answers = {
            model: embedders.of(model).compare([picture], Roster())[0].matches for model in ("one", "two")
        }
        lost = [replace(picture, pixels=None), Prepared("f" * 64, None)]
        known, unknown = embedders.of("one").compare(lost, Roster())
    assert (known.matches, known.cached) == (answers["one"], True), "by its embedding, without the picture"
    assert unknown.matches == Unavailable(NOT_KEPT)
    for model, matches in answers.items():
        assert {match.encoder for match in matches} == {load_encoder(home, model).key}
        assert matches[0].cosine == pytest.approx(1, abs=1e-4), "each by its own vector of the same picture"
    assert answers["one"][1].cosine != pytest.approx(answers["two"][1].cosine, abs=1e-4)


def test_a_process_holds_only_so_many_encoders(home):
    loaded = []

    def load(settings, model):
        loaded.append(model)
        return load_encoder(settings, model)

    with EdgeIndex(home.home / "vectors") as vectors:
        embedders = Embedders(home.model_copy(update={"encoders_held": 1}), vectors, load=load)
        for model in ("one", "one", "two", "one"):
            embedders.of(model)
    assert loaded == ["one", "two", "one"]


def match(encoder="e-1", cosine=0.5, probability=None):
    return AppearanceMatch(
        reference_id="r",
        brand="Northpine",
        kind=ReferenceKind.PHOTO,
        cosine=cosine,
        probability=probability,
        encoder=encoder,
    )


def calibration(probability, encoder="e-1"):
    return Calibration(encoder=encoder, points=((0.0, 0.0), (0.5, probability), (1.0, 1.0)))


def test_a_listing_is_judged_by_its_own_encoders_view_and_no_other(home):
    run(home, "use", "one", "--tenant", TENANT)
    run(home, "use", "two", "--tenant", TENANT, "--category", "shoes")
    plan = EncoderPlan.of(State(home), TENANT)
    assert plan.models == ("one", "two")
    features = {appearance_by("one"): (match("e-1"),), appearance_by("two"): (match("e-2"),), GEOMETRY: ()}
    shoes = place_of(Listing(platform="ebay", listing_id="1", category="Shoes"))
    assert plan.select(features, shoes) == {APPEARANCE: (match("e-2"),), GEOMETRY: ()}
    assert plan.select(features, Place()) == {APPEARANCE: (match("e-1"),), GEOMETRY: ()}
    assert plan.select({GEOMETRY: ()}, Place()) == {GEOMETRY: ()}, "not measured yet"
    unread = Unavailable("cannot be read")
    assert plan.select({APPEARANCE: unread}, shoes) == {APPEARANCE: unread}
    none = EncoderPlan(None, plan.choices[1:])
    assert none.select(features, Place())[APPEARANCE] is NO_ENCODER_HERE


def test_a_tenants_calibration_counts_before_the_encoders_and_a_categorys_before_that(home):
    state = State(home)
    for category, worth in ((None, 0.3), ("shoes", 0.9)):
        document = calibration(worth).model_dump(mode="json")
        state.catalog.calibrations.keep(TENANT, document, encoder="e-1", category=category, by="ada")
    library = build_library(state, TENANT)
    library.unavailable.pop(APPEARANCE)
    features = [{APPEARANCE: (match(probability=0.1), match("e-2", probability=0.2))}]

    def worth(category):
        found = listing_features(features, library, Place.of(category, None))[APPEARANCE]
        return [it.probability for it in found]

    assert worth("bags") == [pytest.approx(0.3), 0.2], "the other encoder's is left as it is"
    assert worth("shoes") == [pytest.approx(0.9), 0.2]
