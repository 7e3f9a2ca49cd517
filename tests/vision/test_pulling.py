"""Pulling into the model store, from a hub that redirects, tires, breaks off or lies, and from folders."""

import hashlib
import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from scoring.errors import EncoderError, RateLimitedError
from tests.vision.drawn_pictures import poster
from tests.vision.model_hub import COMMIT, Misbehaviour, hub_serving
from tests.vision.tiny_checkpoint import CONFIG, write_tiny_checkpoint
from vision.checkpoint import EncoderSpec
from vision.encoder import Encoder
from vision.hub import Hub
from vision.known_models import KNOWN
from vision.model_store import MANIFEST, ModelStore
from vision.pulling import check_name, pull, pull_local

NAME = "hf-hub:owner/tiny"
WEIGHTS = "open_clip_model.safetensors"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def files(checkpoint):
    return {path.name: path.read_bytes() for path in checkpoint.iterdir()}


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


def load(model, store):
    return Encoder.load(EncoderSpec(model=model, device="cpu"), offline=True, cache=store.root)


def test_what_is_pulled_is_hashed_and_named_and_loads_offline(files, checkpoint, store):
    with hub_serving(files) as (hub, asked):
        manifest = pull(NAME, store, Hub(endpoint=hub))
    assert manifest.source == f"owner/tiny@{COMMIT}"
    assert manifest.files[WEIGHTS] == hashlib.sha256(files[WEIGHTS]).hexdigest()
    assert any(path.startswith("/storage/") for _, path in asked), "weights come from behind a redirect"
    assert store.all() == (manifest,) == (store.get(NAME),)
    ours = load(NAME, store)
    theirs = Encoder.load(EncoderSpec(model=str(checkpoint), device="cpu"), offline=True)
    picture = ours.prepare(poster(1))
    assert (ours.embed([picture]) == theirs.embed([picture])).all()


@pytest.mark.parametrize("file", [WEIGHTS, "open_clip_config.json"])
def test_a_file_that_changed_since_is_refused_at_the_next_load(files, store, file):
    with hub_serving(files) as (hub, _):
        pull(NAME, store, Hub(endpoint=hub))
    path = store.folder(NAME) / file
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    with pytest.raises(EncoderError, match="is not what was pulled") as raised:
        load(NAME, store)
    assert "--again" in raised.value.hint


def test_a_download_that_breaks_off_is_gone_on_with(files, store):
    wrong = Misbehaviour(cut={WEIGHTS: 30_000})
    with hub_serving(files, wrong=wrong) as (hub, asked):
        pull(NAME, store, Hub(endpoint=hub))
    assert sum(request == ("GET", f"/storage/{WEIGHTS}") for request in asked) == 2
    assert load(NAME, store).size == CONFIG["model_cfg"]["embed_dim"]


BAD_DAYS = [
    ({"waits": {WEIGHTS}}, RateLimitedError, "asks to wait", "429 for the weights"),
    ({"altered": {WEIGHTS}}, EncoderError, "not what it promised", "a byte changed on the way"),
]


@pytest.mark.parametrize(("wrong", "error", "says", "reason"), BAD_DAYS, ids=[row[3] for row in BAD_DAYS])
def test_a_hub_on_a_bad_day_leaves_the_store_as_it_was(files, store, wrong, error, says, reason):
    with hub_serving(files, wrong=Misbehaviour(**wrong)) as (hub, _), pytest.raises(error, match=says):
        pull(NAME, store, Hub(endpoint=hub))
    assert store.get(NAME) is None, reason
    with pytest.raises(EncoderError, match="models pull"):
        load(NAME, store)
    with hub_serving(files) as (hub, _):
        pull(NAME, store, Hub(endpoint=hub))
    assert load(NAME, store)


def test_pulling_again_replaces_what_was_there(files, store, tmp_path):
    with hub_serving(files) as (hub, _):
        first = pull(NAME, store, Hub(endpoint=hub))
    other = {path.name: path.read_bytes() for path in write_tiny_checkpoint(tmp_path / "other", 1).iterdir()}
    with hub_serving(other) as (hub, _):
        second = pull(NAME, store, Hub(endpoint=hub))
    assert second.files[WEIGHTS] != first.files[WEIGHTS]
    assert store.all() == (second,)


def test_a_local_checkpoint_is_copied_under_its_name_with_its_calibration(checkpoint, store, tmp_path):
    (tmp_path / "mine").mkdir()
    for path in checkpoint.iterdir():
        (tmp_path / "mine" / path.name).write_bytes(path.read_bytes())
    key = load(str(checkpoint), store).key
    map_ = {"encoder": key, "points": [[0.1, 0.0], [0.9, 1.0]]}
    (tmp_path / "mine" / "calibration.json").write_text(json.dumps(map_), encoding="utf-8")
    pull_local(tmp_path / "mine", "our-shoes", store)
    for path in (tmp_path / "mine").iterdir():
        path.unlink()
    encoder = load("our-shoes", store)
    assert (encoder.key, encoder.calibration.encoder) == (key, key)
    by_file = pull_local(checkpoint / WEIGHTS, "by-file", store)
    assert set(by_file.files) == {WEIGHTS, "open_clip_config.json"}


BAD_LOCAL = [
    ("nowhere", "mine", "There is no", "a path that is not there"),
    (".", "mine", "has no open_clip_config.json", "a folder of something else"),
    ("tiny", "builtin", "means something else", "the shipped one's name"),
    ("tiny", "a/b", "means something else", "it would look like a hub name"),
]


@pytest.mark.parametrize(("path", "name", "says", "reason"), BAD_LOCAL, ids=[row[3] for row in BAD_LOCAL])
def test_what_cannot_be_copied_is_told(checkpoint, store, tmp_path, path, name, says, reason):
    write_tiny_checkpoint(tmp_path / "tiny")
    with pytest.raises(EncoderError, match=says):
        pull_local(tmp_path / path, name, store)
    assert store.all() == (), reason


def test_a_damaged_manifest_is_told_with_what_to_remove(checkpoint, store):
    pull_local(checkpoint, "mine", store)
    (store.folder("mine") / MANIFEST).write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderError, match="cannot be used") as raised:
        load("mine", store)
    assert str(store.folder("mine")) in raised.value.hint


def test_pictures_need_no_text_tower_of_another_library(checkpoint, tmp_path):
    """Multilingual checkpoints name a text model that only transformers builds; their pictures do not."""
    config = json.loads((checkpoint / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"] = {"hf_model_name": "xlm-roberta-base", "hf_pooler_type": "mean_pooler"}
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "open_clip_config.json").write_text(json.dumps(config), encoding="utf-8")
    state = load_file(checkpoint / WEIGHTS)
    towers = {name: it for name, it in state.items() if name.startswith("visual.")}
    save_file(towers | {"text.transformer.weight": torch.ones(3)}, foreign / WEIGHTS)
    ours, theirs = (
        Encoder.load(EncoderSpec(model=str(folder), device="cpu"), offline=True)
        for folder in (foreign, checkpoint)
    )
    picture = ours.prepare(poster(1))
    assert (ours.embed([picture]) == theirs.embed([picture])).all()


@pytest.mark.parametrize("known", KNOWN, ids=[known.alias for known in KNOWN])
def test_a_known_model_is_known_to_open_clip_and_as_wide_as_we_say(known):
    import open_clip

    check_name(known.name)
    if not known.name.startswith("hf-hub:"):
        config = open_clip.get_model_config(known.name.split("/")[0])
        assert config["embed_dim"] == known.size
