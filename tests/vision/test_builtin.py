"""What ships: it loads without a network, says the same twice, and is small."""

import json
import socket

import numpy as np
import pytest

from scoring.errors import EncoderError
from vision.checkpoint import BUILTIN, EncoderSpec, find
from vision.encoder import Encoder

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


def test_a_copy_is_nearer_than_another_picture(builtin):
    originals = pictures(8, seed=4)
    edited = [np.clip(it[20:-10, 10:-20] * 0.8 + 10, 0, 255).astype(np.uint8) for it in originals]
    vectors, copies = (builtin.embed([builtin.prepare(it) for it in some]) for some in (originals, edited))
    cosines = copies @ vectors.T
    assert (cosines.argmax(1) == np.arange(8)).all()
    probabilities = [builtin.calibration.probability(float(it)) for it in cosines.diagonal()]
    others = [builtin.calibration.probability(float(it)) for it in cosines[~np.eye(8, dtype=bool)]]
    assert np.median(probabilities) > 0.5 > np.median(others)


def test_there_is_no_other_spelling_of_it():
    """A misspelt name is told, never replaced by what happens to be there."""
    with pytest.raises(EncoderError, match="No encoder is called 'built-in'"):
        find(EncoderSpec(model="built-in"), offline=True, cache=None, hub=None)


def test_the_config_names_no_file_to_download():
    folder = find(SPEC, offline=True, cache=None, hub=None).weights.parent
    config = json.loads((folder / "open_clip_config.json").read_text())
    assert not {"hf_hub_id", "hf_tokenizer_name", "hf_model_name"} & set(config["model_cfg"]["text_cfg"])
