"""Finding checkpoints; the hub here is a real server on this machine, spoken to by the real client."""

import json

import open_clip
import pytest

from scoring.errors import EncoderError
from tests.vision.model_hub import COMMIT, hub_serving
from tests.vision.tiny_checkpoint import CONFIG, write_tiny_checkpoint
from vision.checkpoint import EncoderSpec, find
from vision.checkpoint_files import WEIGHTS
from vision.encoder import Encoder


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = write_tiny_checkpoint(tmp_path_factory.mktemp("served"))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_repository_is_downloaded_once_and_then_loads_without_the_hub(files, tmp_path):
    spec = EncoderSpec(model="hf-hub:owner/tiny", device="cpu")
    with hub_serving(files) as (hub, asked):
        first = Encoder.load(spec, offline=False, cache=tmp_path, hub=hub)
        answered = len(asked)
        Encoder.load(spec, offline=False, cache=tmp_path, hub=hub)
        assert len(asked) == answered, "what is cached is not asked for again"
    assert any(COMMIT in path for _, path in asked), "the weights are asked for at the config's commit"
    again = Encoder.load(spec, offline=True, cache=tmp_path, hub=hub)
    assert again.key == first.key
    assert first.key.startswith("owner-tiny-")


def test_older_weights_are_taken_where_the_repository_has_no_safetensors(files, tmp_path):
    older = {"open_clip_config.json": files["open_clip_config.json"], "open_clip_pytorch_model.bin": b"old"}
    with hub_serving(older) as (hub, _):
        found = find(EncoderSpec(model="hf-hub:owner/tiny"), offline=False, cache=tmp_path, hub=hub)
    assert found.weights.read_bytes() == b"old"


def test_a_name_brings_the_preprocessing_and_activation_it_was_trained_with(files, tmp_path, monkeypatch):
    # open_clip has no public way to add a tag; the smallest published one weighs hundreds of MB.
    config = tmp_path / "Tiny-16.json"
    config.write_text(json.dumps(CONFIG["model_cfg"]), encoding="utf-8")
    open_clip.add_model_config(config)
    tag = {"hf_hub": "owner/tiny/", "quick_gelu": True, **CONFIG["preprocess_cfg"]}
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "Tiny-16", {"seeded": tag})
    spec = EncoderSpec(model="Tiny-16/seeded", device="cpu")
    with hub_serving(files) as (hub, _):
        encoder = Encoder.load(spec, offline=False, cache=tmp_path / "cache", hub=hub)
    assert encoder.key.startswith("tiny-16-seeded-")
    assert encoder._transform.transforms[-1].mean == CONFIG["preprocess_cfg"]["mean"]
    gelu = encoder.network.visual.transformer.resblocks[0].mlp.gelu
    assert isinstance(gelu, open_clip.transformer.QuickGELU)


@pytest.mark.parametrize(
    ("model", "says", "reason"),
    [
        ("hf-hub:owner/absent", "no repository owner/absent", "the hub answers that there is none"),
        ("hf-hub:not a name", "is no repository's name", "refused before anything is asked"),
        ("hf-hub:owner/tiny", "none of open_clip_config.json", "a repository of something else"),
    ],
)
def test_what_the_hub_does_not_have(tmp_path, model, says, reason):
    readme = {"README.md": b"a data set"}
    with hub_serving(readme) as (hub, _), pytest.raises(EncoderError, match=says) as raised:
        find(EncoderSpec(model=model), offline=False, cache=tmp_path, hub=hub)
    assert raised.value.hint, reason


@pytest.mark.parametrize("model", ["ViT-B-32/laion2b_s34b_b79k", "hf-hub:owner/tiny"])
def test_a_hub_that_does_not_answer_is_one_quick_error(tmp_path, model):
    # Port 9 of this machine refuses connections at once; the hub client alone would retry for 23 s.
    with pytest.raises(EncoderError, match="cannot be downloaded") as raised:
        find(EncoderSpec(model=model), offline=False, cache=tmp_path, hub="http://127.0.0.1:9")
    assert "Check the connection" in raised.value.hint


def test_offline_nothing_is_asked(files, tmp_path):
    with hub_serving(files) as (hub, asked), pytest.raises(EncoderError, match="downloading is off"):
        find(EncoderSpec(model="hf-hub:owner/tiny"), offline=True, cache=tmp_path, hub=hub)
    assert asked == []


@pytest.mark.parametrize(
    ("model", "hint", "reason"),
    [
        ("ViT-B-32/laion2b_s34b_b79", "ViT-B-32/laion2b_s34b_b79k", "a letter short"),
        ("vit-b-32/OPENAI", "ViT-B-32/openai", "case is not guessed, but shown"),
        ("ViT-B-32", "ViT-B-32/", "an architecture without a tag would be random weights"),
        ("resnet", "ARCHITECTURE/TAG", "nothing is near: the forms are shown"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(tmp_path, model, hint, reason):
    with pytest.raises(EncoderError, match="No encoder is called") as raised:
        find(EncoderSpec(model=model), offline=True, cache=tmp_path, hub=None)
    assert hint in raised.value.hint, reason


def test_a_folder_written_as_a_name_is_pointed_out_not_guessed(tmp_path, monkeypatch):
    write_tiny_checkpoint(tmp_path / "models" / "mine")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EncoderError, match="No encoder is called") as raised:
        find(EncoderSpec(model="models/mine"), offline=True, cache=tmp_path, hub=None)
    assert "local-dir:models/mine" in raised.value.hint
    for model in ("local-dir:models/mine", "./models/mine", str(tmp_path / "models" / "mine")):
        found = find(EncoderSpec(model=model), offline=True, cache=None, hub=None)
        assert found.folder.resolve() == tmp_path / "models" / "mine"


def _config(**changes):
    return json.dumps({**CONFIG, **changes})


@pytest.mark.parametrize(
    ("config", "says", "reason"),
    [
        (None, "has no open_clip_config.json", "weights alone do not say what they are"),
        ("{", "is not JSON", "cut off"),
        ("[]", "has no model_cfg", "JSON, but no object"),
        (_config(model_cfg={"embed_dim": 32}), "lacks vision_cfg, text_cfg", "half a config"),
        (_config(preprocess_cfg={"interpolaton": "bilinear"}), "interpolaton", "open_clip would drop it"),
    ],
)
def test_a_bad_config_is_refused_with_its_reason(tmp_path, config, says, reason):
    folder = write_tiny_checkpoint(tmp_path)
    (folder / "open_clip_config.json").unlink()
    if config is not None:
        (folder / "open_clip_config.json").write_text(config, encoding="utf-8")
    with pytest.raises(EncoderError, match=says) as raised:
        find(EncoderSpec(model=str(folder)), offline=True, cache=None, hub=None)
    assert raised.value.hint, reason


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(EncoderError, match=f"no encoder folder {tmp_path / 'absent'}"):
        find(EncoderSpec(model=str(tmp_path / "absent")), offline=True, cache=None, hub=None)


@pytest.mark.parametrize(
    ("names", "chosen", "reason"),
    [
        (["open_clip_model.safetensors"], "open_clip_model.safetensors", "the usual name"),
        (["mine.safetensors"], "mine.safetensors", "any name, where it is the only one"),
        (["mine.bin"], "mine.bin", "pickled weights are read with weights_only"),
        (
            ["open_clip_pytorch_model.bin", "open_clip_model.safetensors"],
            "open_clip_model.safetensors",
            "the same weights twice: the safe format",
        ),
        (["a.safetensors", "b.safetensors"], None, "two candidates, and no way to tell"),
        (["model.pth"], None, "a format for whole pickled programs"),
        ([], None, "no weights: never random ones"),
    ],
)
def test_which_weights_are_loaded(tmp_path, names, chosen, reason):
    (tmp_path / "open_clip_config.json").write_text(_config(), encoding="utf-8")
    for name in names:
        (tmp_path / name).write_bytes(b"weights")
    spec = EncoderSpec(model=str(tmp_path))
    if chosen is None:
        with pytest.raises(EncoderError, match=r"no weights|does not say which"):
            find(spec, offline=True, cache=None, hub=None)
        return
    found = find(spec, offline=True, cache=None, hub=None)
    assert found.weights.name == chosen, reason
    assert open_clip.factory._find_checkpoint_in_dir(tmp_path) == str(found.weights), "open_clip agrees"


def test_among_all_known_names_open_clip_would_choose_the_same(tmp_path):
    (tmp_path / "open_clip_config.json").write_text(_config(), encoding="utf-8")
    for name in reversed(WEIGHTS):
        (tmp_path / name).write_bytes(b"weights")
        found = find(EncoderSpec(model=str(tmp_path)), offline=True, cache=None, hub=None)
        assert open_clip.factory._find_checkpoint_in_dir(tmp_path) == str(found.weights)
