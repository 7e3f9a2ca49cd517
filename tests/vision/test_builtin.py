"""What ships: it loads without a network, says the same twice, and is small."""

import json
import socket

import numpy as np
import pytest

from scoring.errors import EncoderError
from vision.checkpoint import EncoderSpec, find
from vision.checkpoint_files import BUILTIN
from vision.encoder import Encoder
from vision.training.faces import Brand, draw_package
from vision.training.scenes import studio

SPEC = EncoderSpec(model=BUILTIN, device="cpu")
MOST_BYTES = 10_000_000


@pytest.fixture(scope="module")
def builtin():
    """Loaded with every connection refused."""

    def refuse(*_):
        raise OSError("this test has no network")

    connect, socket.socket.connect = socket.socket.connect, refuse
    try:
        return Encoder.load(SPEC, offline=False)
    finally:
        socket.socket.connect = connect


def pictures(count, seed=0):
    rng = np.random.default_rng(seed)
    return [
        np.kron(rng.integers(0, 256, (6, 5, 3)), np.ones((30, 30, 1))).astype(np.uint8) for _ in range(count)
    ]


def test_it_is_small_and_whole():
    checkpoint = find(SPEC, offline=True, cache=None, hub=None)
    folder = checkpoint.weights.parent
    assert checkpoint.weights.stat().st_size <= MOST_BYTES
    assert sum(path.stat().st_size for path in folder.iterdir()) <= MOST_BYTES
    assert checkpoint.model_config["vision_cfg"]["timm_model_pretrained"] is False
    assert (folder / "README.md").is_file()


def test_it_loads_without_a_network_and_says_what_it_is(builtin):
    assert builtin.key.startswith("counterfoil-builtin-")
    assert builtin.size == 256
    assert builtin.calibration.encoder == builtin.key
    assert builtin.calibration.fitted.description


def test_it_says_the_same_twice_and_in_any_batch(builtin):
    ready = [builtin.prepare(it) for it in pictures(5)]
    whole = builtin.embed(ready)
    np.testing.assert_array_equal(builtin.embed(ready), whole)
    np.testing.assert_allclose(np.concatenate([builtin.embed([it]) for it in ready]), whole, atol=1e-5)
    again = Encoder.load(SPEC, offline=True)
    np.testing.assert_array_equal(again.embed(ready), whole)


def test_a_copy_is_nearer_than_another_package(builtin):
    """Packages of brands that training never drew; their shops' pictures, darkened and cropped."""
    drawn = []
    for seed in range(8):
        rng = np.random.default_rng([20261124, seed])
        drawn.append(studio(draw_package(Brand.drawn(rng, []), rng, []), rng, can=False))
    edited = [np.clip(it[15:-10, 10:-15] * 0.8, 0, 255).astype(np.uint8) for it in drawn]
    vectors, copies = (builtin.embed([builtin.prepare(it) for it in some]) for some in (drawn, edited))
    cosines = copies @ vectors.T
    assert (cosines.argmax(1) == np.arange(8)).all()
    worth = np.vectorize(builtin.calibration.probability)(cosines)
    assert np.median(worth.diagonal()) > 0.65
    assert np.median(worth[~np.eye(8, dtype=bool)]) < 0.2


def test_there_is_no_other_spelling_of_it():
    """A misspelt name is told, never replaced by what happens to be there."""
    with pytest.raises(EncoderError, match="No encoder is called 'built-in'"):
        find(EncoderSpec(model="built-in"), offline=True, cache=None, hub=None)


def test_the_config_names_no_file_to_download():
    folder = find(SPEC, offline=True, cache=None, hub=None).weights.parent
    config = json.loads((folder / "open_clip_config.json").read_text())
    assert not {"hf_hub_id", "hf_tokenizer_name", "hf_model_name"} & set(config["model_cfg"]["text_cfg"])
