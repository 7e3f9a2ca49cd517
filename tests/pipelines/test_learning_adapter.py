"""Adapters from pairs: what is true is found, what is noise is refused, and what was adopted compares."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from catalog.adapters import AdapterName
from catalog.decisions import NewDecision
from catalog.encoder_choices import Place
from catalog.sightings import Judgement, NewSighting, SightedPicture
from catalog.vectors import Point, collection_name, point_id
from catalog.vectors.edge import EdgeIndex
from cluster.calibrating import Wanted
from cluster.encoder_plan import EncoderPlan
from cluster.encoder_use import Switch
from cluster.encoders import Embedders, Prepared, load_encoder
from cluster.library import build_library, reference_pictures
from cluster.state import State
from counterfoil import app
from pipelines.learning import Lesson, adopt_adapter, calibrate_by_decisions, learn_adapter
from pipelines.learning.adapter import measured
from pipelines.learning.halves import LEAST, divided
from pipelines.learning.pairs import Pair, grouped
from pipelines.learning.projection import Projected, Told, fit_projection
from pipelines.learning.ranking import Ranking
from scoring.errors import CatalogError, EncoderError, SettingsError
from scoring.listing import Listing, Seller
from tests.conftest import settings_at
from tests.pipelines.decided import decision
from tests.pipelines.markets import TENANT, import_into, jpeg, write_kit
from tests.vision.tiny_checkpoint import write_tiny_checkpoint
from vision.adapter import Adapter
from vision.decode import decode

SIZE = 32


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def made_up(number, *, seed=0, telling=4, per_seller=3):
    """Pairs whose product is in the first `telling` numbers, under much of everything else in the others."""
    chance = np.random.default_rng(seed)
    pairs = []
    for n in range(number):
        same = n % 2 == 0
        product = chance.standard_normal(telling)
        other = product + 0.3 * chance.standard_normal(telling) if same else chance.standard_normal(telling)
        a, b = (
            unit(np.concatenate([it, 1.5 * chance.standard_normal(SIZE - telling)]))
            for it in (product, other)
        )
        pairs.append(Pair(a, b, same, (f"seller {n // per_seller}", f"picture {n}")))
    return grouped(pairs)


class TestProjection:
    def test_what_tells_products_apart_is_found_and_holds_on_others(self):
        taught, held = Told.of(made_up(600)), Told.of(made_up(400, seed=1))
        adapter = fit_projection(taught, base="e-1").adapter

        def gap(cosines):
            return cosines[held.same > 0].mean() - cosines[held.same == 0].mean()

        plain, adapted = held.cosines(None), held.cosines(adapter)
        assert gap(adapted) / adapted.std() > 1.5 * gap(plain) / plain.std()

    def test_it_is_the_same_each_time_and_nearly_nothing_where_nothing_is_to_be_learned(self):
        noise = Told.of(made_up(200, telling=SIZE))
        noise = replace(noise, same=np.random.default_rng(3).permutation(noise.same))
        one, again = (fit_projection(noise, base="e-1").adapter for _ in range(2))
        assert one.key == again.key
        assert np.abs(noise.cosines(one) - noise.cosines(None)).mean() < 0.2

    def test_sellers_who_share_a_picture_are_one_group_and_in_one_half(self):
        a = unit(np.ones(SIZE))
        pairs = grouped([Pair(a, a, True, (f"seller {n}", f"picture {n // 2}")) for n in range(8)])
        assert [it.group for it in pairs] == [pairs[n - n % 2].group for n in range(8)]
        earlier, later = divided(pairs, owner=lambda it: it.group, at=lambda it: it.at)
        assert {it.owners[1] for it in earlier}.isdisjoint(it.owners[1] for it in later)


def siblings(number, *, seed=0):
    """Pairs with references of two families of two siblings: families differ in number 0, siblings in 1.

    How much of number 2, which all have in common, is in a picture blurs its cosines.
    """
    chance = np.random.default_rng(seed)

    def shown(x, y, common):
        return unit(np.array([x, 0.3 * y, common, *np.zeros(SIZE - 3)]))

    pairs = []
    for n in range(number):
        x, y, same = (-1, 1)[n % 2], (-1, 1)[n // 2 % 2], n // 4 % 2 == 0
        a = shown(x, y + 0.3 * chance.standard_normal(), chance.uniform(0, 4))
        pairs.append(Pair(a, shown(x if same else -x, y, 1), same, (f"picture {n}",)))
    return Told.of(grouped(pairs))


def without(numbers, *, part=1.0):
    """An adapter that takes some of the numbers away, or a part of them."""
    axes = np.eye(SIZE, dtype=np.float32)[numbers]
    return Projected(Adapter("e-1", np.float32(-part) * axes.T, axes), 1.0)


class TestRanking:
    @pytest.mark.parametrize(
        ("numbers", "may"),
        [(slice(1, None), False), (slice(2, None), True)],
        ids=["siblings look the same after it", "siblings still differ"],
    )
    def test_one_that_tells_strangers_better_is_refused_where_the_right_one_comes_first_less_often(
        self, numbers, may
    ):
        _, _, changes, against = measured(None, without(numbers), siblings(400), taught=siblings(200, seed=1))
        assert changes["log_loss"].high < 0
        assert changes["precision"].low >= 0
        assert (changes["right_first"].by >= 0) is may
        assert ["comes first less often" in it for it in against] == ([] if may else [True])

    @pytest.mark.parametrize(("part", "may"), [(0.0001, False), (0.1, True)], ids=["too little", "enough"])
    def test_what_lowers_the_log_loss_surely_but_by_next_to_nothing_is_refused(self, part, may):
        _, _, changes, against = measured(
            None, without(slice(2, None), part=part), siblings(400), taught=siblings(200, seed=1)
        )
        assert changes["log_loss"].high < 0
        assert ["not surely lower" in it for it in against] == ([] if may else [True])

    def test_a_picture_is_looked_for_among_all_references_but_itself_and_any_of_its_product_will_do(self):
        x, y, z = (np.eye(3)[it] for it in range(3))
        near_x, near_y = unit(x + 0.4 * y), unit(y + 0.1 * x)
        held = Told(np.array([near_x, near_y]), np.array([z, y]), np.array([1.0, 1.0]), np.array([0, 1]))
        taught = Told(np.array([near_x]), np.array([near_x]), np.array([0.0]), np.array([2]))
        assert Ranking.of(held, (taught, held)).firsts(None).tolist() == [0, 1], "z is not the nearest"
        also = Told(np.array([x, x]), np.array([z, x]), np.array([1.0, 0.0]), np.array([3, 3]))
        assert Ranking.of(held, (taught, also, held)).firsts(None).tolist() == [1, 1], "x shows what z shows"


class TestAdapter:
    def test_it_comes_back_from_its_document_and_its_key_tells_the_encoder_and_the_numbers(self):
        chance = np.random.default_rng(0)
        adapter = Adapter(
            "vit-b-32-1a2b",
            chance.standard_normal((SIZE, 3)).astype(np.float32),
            chance.standard_normal((3, SIZE)).astype(np.float32),
        )
        again = Adapter.from_document(json.loads(json.dumps(adapter.to_document())))
        vectors = unit(chance.standard_normal((5, SIZE)))
        assert np.array_equal(again.apply(vectors), adapter.apply(vectors))
        assert np.allclose(np.linalg.norm(adapter.apply(vectors), axis=1), 1, atol=1e-6)
        assert adapter.key.startswith("vit-b-32-1a2b-adapted-")
        assert adapter.key != Adapter(adapter.base, adapter.outward * 2, adapter.inward).key

    def test_a_vector_that_would_vanish_keeps_its_direction(self):
        """-1 along one axis: that axis is taken away."""
        axis = np.zeros((SIZE, 1), np.float32)
        axis[0] = 1
        along = axis.T.copy()
        assert np.allclose(Adapter("e-1", -axis, axis.T.copy()).apply(along), along)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"outward": "AAA"}, "no base64"),
            ({"size": 7}, "another size"),
            ({"size": None}, "no size"),
            ({"outward": ""}, "no numbers"),
        ],
        ids=lambda it: it if isinstance(it, str) else "",
    )
    def test_a_damaged_document_is_told(self, change, reason):
        document = Adapter(
            "e-1", np.ones((SIZE, 1), np.float32), np.ones((1, SIZE), np.float32)
        ).to_document()
        with pytest.raises(EncoderError, match="damaged"):
            Adapter.from_document(document | change)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny") / "0")


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return write_kit(tmp_path_factory.mktemp("brand") / "kit", {f"{n}.jpg": jpeg(n) for n in range(3)})


@pytest.fixture
def home(tmp_path, kit, checkpoint):
    """A tenant of three references, compared by a tiny encoder that the settings name."""
    settings = settings_at(tmp_path / "home", encoder=str(checkpoint), encoder_device="cpu")
    import_into(settings, kit)
    return settings


BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def decide(settings, vectors, number, *, truth):
    """Decisions on listings of one picture each, whose vectors `truth` makes of a reference's."""
    state, embedders = State(settings), Embedders(settings, vectors)
    embedder = embedders.of(settings.encoder)
    embedder.keep_references(TENANT, reference_pictures(state, TENANT))
    known = sorted(embedder.references(TENANT).items())
    chance, seen, rulings, points = np.random.default_rng(0), [], [], []
    for n in range(number):
        confirmed = n % 2 == 0
        id_, reference = known[n % len(known)]
        digest = f"{n:064x}"
        vector = truth(reference, confirmed, chance)
        point = point_id(TENANT, "sightings", sha256=digest, model=embedder.encoder.key)
        points.append(Point(point, vector, {"sha256": digest, "seen_at": BEGUN.isoformat()}))
        listing = Listing(platform="file", listing_id=str(n), title="Bag", seller=Seller(id=f"s{n // 4}"))
        judged = Judgement(
            tier=2,
            score=0.7,
            route="review",
            brand="Northpine",
            reference_id=id_,
            recipe_version="r",
            encoder=None,
        )
        shot = SightedPicture(sha256=digest, dhash=None, phash=None, source="x.jpg")
        seen.append(NewSighting(listing=listing, pictures=(shot,), judgement=judged))
        made = decision(n, {"appearance": 0.7}, confirmed=confirmed)
        rulings.append(
            NewDecision(
                platform="file",
                listing_id=str(n),
                brand="Northpine",
                ruling=made.ruling,
                by="ann",
                basis=made.basis,
                at=BEGUN + timedelta(minutes=n),
            )
        )
    vectors.upsert(collection_name("sightings", embedder.encoder.key), points, tenant=TENANT)
    state.catalog.sightings.keep(TENANT, "20260101-000000-00000000", seen)
    state.catalog.decisions.keep(TENANT, rulings)
    return state, embedders


def telling(reference, confirmed, chance):
    """A stranger has half of the first eight numbers; a copy wavers in the rest, less than siblings do."""
    noisy = reference + 0.02 * chance.standard_normal(SIZE)
    if confirmed:
        noisy[8:] += 0.06 * chance.standard_normal(SIZE - 8)
    else:
        noisy[:8] *= 0.5
    return unit(noisy)


def blind(reference, confirmed, chance):
    return unit(reference + 0.1 * chance.standard_normal(SIZE))


def test_an_adapter_that_wins_is_adopted_compares_and_goes_back(home, checkpoint):
    with EdgeIndex(home.home / "vectors") as vectors:
        state, embedders = decide(home, vectors, 4 * LEAST, truth=telling)
        before = State(home).stamp(TENANT)
        learned = learn_adapter(state, embedders, Lesson(TENANT))
        assert learned.against == (), learned.to_text()
        kept = adopt_adapter(state, Switch(state, vectors, embedders=embedders), learned, by="ann")
        name = str(kept.name)
        assert name == f"{checkpoint}+adapter:{TENANT}/1"
        plan = EncoderPlan.of(state, TENANT)
        assert plan.models == (name,)
        assert State(home).stamp(TENANT) != before, "a server notices"

        embedder = Embedders(home, vectors).of(name)
        assert embedder.key == kept.key == learned.adapter.key
        assert vectors.count(collection_name("references", kept.key), tenant=TENANT) == 3
        assert kept.key not in str([it for it in vectors.collections() if it.startswith("sightings")]), (
            "a picture is embedded once for both"
        )
        library = build_library(state, TENANT)
        (answer,) = embedder.compare([Prepared.of(decode(jpeg(1)))], library)
        assert {match.encoder for match in answer.matches} == {kept.key}
        assert answer.matches[0].cosine == pytest.approx(1, abs=1e-4), "its own reference"
        assert answer.matches[0].probability is None, "the encoder's own map says nothing of these"
        worth = plan.worth(answer.matches, Place())
        assert worth[0].probability == pytest.approx(
            learned.calibration.probability(answer.matches[0].cosine)
        )

        again = learn_adapter(state, embedders, Lesson(TENANT))
        assert again.before == name
        assert again.changes["log_loss"].by == pytest.approx(0, abs=0.02), "compared with what is in use"
        assert again.against

        change, plain = Switch(state, vectors).plan(TENANT, str(checkpoint), Place())
        assert (change.missing, plain.key) == (0, load_encoder(home, str(checkpoint)).key)
        with pytest.raises(SettingsError, match="another tenant's"):
            Switch(state, vectors).plan("rival", name, Place())
        with pytest.raises(CatalogError, match="no adapter 2"):
            Switch(state, vectors).plan(TENANT, f"{checkpoint}+adapter:{TENANT}/2", Place())
        with pytest.raises(EncoderError, match="is an adapter"):
            load_encoder(home, name)


def test_pairs_that_tell_nothing_are_not_adopted(home):
    with EdgeIndex(home.home / "vectors") as vectors:
        state, embedders = decide(home, vectors, 3 * LEAST, truth=blind)
        learned = learn_adapter(state, embedders, Lesson(TENANT))
        assert any("log loss" in it for it in learned.against)
        with pytest.raises(EncoderError, match="not adopted"):
            adopt_adapter(state, Switch(state, vectors), learned, by="ann")
        assert state.catalog.adapters.of(TENANT) == ()
        assert state.catalog.encoder_choices.of(TENANT) == ()


def test_what_teaches_nothing_is_left_out_and_the_floor_names_what_is_missing(home):
    with EdgeIndex(home.home / "vectors") as vectors:
        state, embedders = decide(home, vectors, 8, truth=telling)
        for n, (said, ruling) in enumerate(
            [
                ({"names": 0.7}, "confirmed"),
                ({"geometry": 0.9}, "dismissed"),
                ({"appearance": 0.7}, "confirmed"),
            ]
        ):
            made = decision(n, said, confirmed=ruling == "confirmed")
            listing_id = "never seen" if n == 2 else str(n)
            again = NewDecision(
                platform="file",
                listing_id=listing_id,
                brand="Northpine",
                ruling=ruling,
                by="bo",
                basis=made.basis,
            )
            state.catalog.decisions.keep(TENANT, [again])
        with pytest.raises(CatalogError) as refused:
            learn_adapter(state, embedders, Lesson(TENANT))
    for said in (
        f"{LEAST - 3} more pairs of one product",
        "1 with confirmed by something else",
        "1 with dismissed although",
        "1 with no trace",
    ):
        assert said in str(refused.value)


def test_decisions_calibrate_the_tenants_encoder(home):
    with EdgeIndex(home.home / "vectors") as vectors:
        state, _ = decide(home, vectors, 100, truth=telling)
        report = calibrate_by_decisions(Wanted(tenant=TENANT, by="ann"), state, vectors)
        assert (report["fitted"]["same"], report["fitted"]["different"]) == (50, 50)
        (kept,) = state.catalog.calibrations.of(TENANT)
        assert kept.encoder == report["encoder"] == load_encoder(home).key
        with pytest.raises(EncoderError, match="says anything"):
            calibrate_by_decisions(Wanted(tenant=TENANT, category="shoes"), state, vectors)


def test_labelled_pairs_teach_by_the_command_and_the_list_names_the_adapter(home, tmp_path):
    folder = tmp_path / "labelled"
    folder.mkdir()
    lines = []
    for n in range(2 * LEAST):
        names = [f"{n}-{side}.jpg" for side in "ab"]
        for name, seed in zip(names, (n, n if n % 2 == 0 else n + 1000), strict=True):
            (folder / name).write_bytes(jpeg(seed))
        lines.append(json.dumps({"a": names[0], "b": names[1], "same": n % 2 == 0}))
    (folder / "pairs.jsonl").write_text("\n".join([*lines, "no pair"]))
    env = {"COUNTERFOIL_HOME": str(home.home), "COUNTERFOIL_ENCODER": home.encoder}
    words = ["learn", "adapter", str(folder / "pairs.jsonl"), "--tenant", TENANT, "--json"]
    done = CliRunner().invoke(app, words, env=env)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["fitted_to"] + said["held_out"] == 2 * LEAST
    assert sum(said["left_out"].values()) == 1
    assert State(home).catalog.adapters.of(TENANT) == (), "nothing is kept that nobody asked for"


def test_names():
    name = AdapterName("ViT-B-32/laion2b_s34b_b79k", "acme/eu", 12)
    assert AdapterName.parse(str(name)) == name
    for plain in ("builtin", "builtin+adapter:acme", "builtin+adapter:acme/x", "+adapter:acme/1"):
        assert AdapterName.parse(plain) is None, plain
