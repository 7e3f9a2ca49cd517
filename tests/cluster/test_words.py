"""`counterfoil search` and `counterfoil categorise`, with a real text tower of random weights."""

import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from catalog.encoder_choices import Place
from catalog.vectors.edge import EdgeIndex
from cluster.categorising import Categoriser
from cluster.encoders import Embedder, Prepared, load_encoder
from cluster.searching import search_words
from cluster.state import State
from counterfoil import app
from scoring.errors import EncoderError, SettingsError
from tests.conftest import settings_at
from tests.pipelines.markets import jpeg
from tests.vision.tiny_checkpoint import WORDS, write_tiny_checkpoint
from vision.decode import decode


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("words"), 3, WORDS)


@pytest.fixture
def state(checkpoint, tmp_path):
    state = State(settings_at(tmp_path / "home", encoder=str(checkpoint), encoder_device="cpu"))
    for tenant in ("acme", "rival"):
        state.catalog.tenants.ensure(tenant)
    return state


class Nobody:
    """A tenant without references."""

    def __init__(self, tenant):
        self.tenant = tenant
        self.owners = {}


def test_pictures_that_were_seen_are_found_in_the_order_of_their_cosine_to_the_words(state):
    encoder = load_encoder(state.settings, words=True)
    pictures = [Prepared.of(decode(jpeg(seed))) for seed in range(4)]
    with EdgeIndex(state.settings.home / "vectors") as vectors:
        embedder = Embedder(encoder, vectors, state.settings)
        embedder.compare(pictures[:3], Nobody("acme"))
        embedder.compare(pictures[3:], Nobody("rival"))
        answer = search_words("a red bag", "acme", state, vectors, limit=2)
    (words,) = encoder.read(["a red bag"])
    cosines = {
        it.sha256: float(words @ encoder.embed([encoder.prepare(it.pixels)])[0]) for it in pictures[:3]
    }
    expected = sorted(cosines, key=cosines.get, reverse=True)[:2]
    assert [it.sha256 for it in answer.found] == expected
    assert answer.found[0].cosine == pytest.approx(cosines[expected[0]], abs=1e-4)
    assert set(answer.found[0].payload) == {"seen_at"}
    assert answer.seen == 3, "another tenant's are not looked at"


def test_a_search_that_cannot_be_is_told(state, tmp_path):
    with EdgeIndex(tmp_path / "vectors") as vectors:
        with pytest.raises(SettingsError, match="no words"):
            search_words("  ", "acme", state, vectors)
        nothing = State(settings_at(tmp_path / "other"))
        nothing.catalog.tenants.ensure("acme")
        with pytest.raises(SettingsError, match="has no encoder"):
            search_words("bag", "acme", nothing, vectors)
        state.catalog.encoder_choices.use("acme", Place(), model="builtin", key="b", by="ada")
        with pytest.raises(EncoderError, match="knows pictures alone"):
            search_words("bag", "acme", state, vectors)


def test_a_search_before_any_scan_finds_nothing(state, checkpoint):
    env = {"COUNTERFOIL_HOME": str(state.settings.home), "COUNTERFOIL_ENCODER": str(checkpoint)}
    done = CliRunner().invoke(app, ["search", "bag", "--tenant", "acme"], env=env)
    assert done.exit_code == 0, done.output
    assert "0 of 0 pictures seen" in done.stdout


@pytest.fixture
def market(tmp_path):
    Image.new("RGB", (80, 80), "red").save(tmp_path / "red.png")
    lines = [
        json.dumps({"listing_id": "1", "title": "é", "images": ["red.png"]}),
        json.dumps({"listing_id": "2", "images": ["red.png"], "category": "watches"}),
        json.dumps({"listing_id": "3", "images": ["gone.png"]}),
        "no JSON",
        json.dumps({"listing_id": "4", "images": []}),
    ]
    (tmp_path / "listings.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "listings.jsonl"


def test_a_category_is_written_where_there_was_none_and_a_picture_says_one(state, market):
    encoder = load_encoder(state.settings, words=True)
    out = market.with_name("with.jsonl")
    done = Categoriser(encoder, ["shoes", "bags"], sure=0).rewrite(market, out)
    (label,) = done.set
    assert (done.set[label], done.named, done.unsure, done.unreadable) == (1, 1, 0, 3)
    before, after = (path.read_text("utf-8").splitlines() for path in (market, out))
    assert json.loads(after[0]) == json.loads(before[0]) | {"category": label}
    assert after[1:] == before[1:]
    unsure = Categoriser(encoder, ["shoes", "bags"], sure=0.9999).rewrite(market, out)
    assert (unsure.unsure, unsure.set) == (1, {})
    assert "category" not in json.loads(out.read_text("utf-8").splitlines()[0])


def test_the_command_takes_the_categories_of_the_tenants_encoders(state, market, checkpoint):
    env = {"COUNTERFOIL_HOME": str(state.settings.home), "COUNTERFOIL_ENCODER": str(checkpoint)}
    words = [
        "categorise",
        str(market),
        "--tenant",
        "acme",
        "--out",
        str(market.with_name("o.jsonl")),
        "--json",
    ]
    assert "no two categories" in str(CliRunner().invoke(app, words, env=env).exception)
    for category in ("shoes", "bags"):
        where = Place.of(category, None)
        state.catalog.encoder_choices.use("acme", where, model="builtin", key="b", by="ada")
    done = CliRunner().invoke(app, words, env=env)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["named"] == 1


@pytest.mark.parametrize("out", ["listings.jsonl", "elsewhere/with.jsonl"])
def test_where_the_file_cannot_go(state, market, out):
    categoriser = Categoriser(load_encoder(state.settings, words=True), ["shoes", "bags"], sure=0)
    with pytest.raises(SettingsError):
        categoriser.rewrite(market, market.parent / out)
