import json
import pickle
import subprocess
import sys

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from scoring.errors import EncoderError, ImageError, UnavailableError
from tests.vision.tiny_checkpoint import CONFIG, write_tiny_checkpoint
from vision.calibration import Calibration
from vision.checkpoint import EncoderSpec
from vision.encoder import MAX_ASPECT, Encoder

RNG = np.random.default_rng(20261121)
SIZES = [(64, 64), (90, 70), (70, 91), (200, 63), (5, 9), (64, 640), (1, 1), (333, 512)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def encoder(folder):
    return load(folder)


def load(folder, **spec):
    return Encoder.load(EncoderSpec(model=str(folder), **{"device": "cpu", **spec}), offline=True)


def picture(height, width):
    return RNG.integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture(scope="module")
def pictures():
    return [picture(height, width) for height, width in SIZES]


@pytest.mark.parametrize("resize_mode", ["shortest", "longest", "squash"])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_preparing_is_what_open_clip_does(tmp_path, pictures, resize_mode, interpolation):
    folder = write_tiny_checkpoint(tmp_path)
    preprocess = {**CONFIG["preprocess_cfg"], "resize_mode": resize_mode, "interpolation": interpolation}
    (folder / "open_clip_config.json").write_text(json.dumps({**CONFIG, "preprocess_cfg": preprocess}))
    _, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    encoder = load(folder)
    for pixels in pictures:
        prepared = encoder.prepare(pixels)
        assert prepared.dtype == np.float32
        assert prepared.shape == encoder.shape == (3, 64, 64)
        np.testing.assert_array_equal(prepared, transform(Image.fromarray(pixels)).numpy())


def test_embedding_is_what_open_clip_does(folder, encoder, pictures):
    model = open_clip.create_model(f"local-dir:{folder}").eval()
    batch = np.stack([encoder.prepare(pixels) for pixels in pictures])
    with torch.inference_mode():
        expected = model.encode_image(torch.tensor(batch), normalize=True).numpy()
    vectors = encoder.embed(batch)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(pictures), encoder.size) == (8, 32)
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_a_vector_does_not_depend_on_its_batch(encoder, pictures, size):
    prepared = [encoder.prepare(pixels) for pixels in pictures]
    whole = encoder.embed(prepared)
    parts = [encoder.embed(prepared[start : start + size]) for start in range(0, len(prepared), size)]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-5)
    np.testing.assert_allclose(encoder.embed(prepared[::-1])[::-1], whole, atol=1e-5)
    np.testing.assert_array_equal(encoder.embed(prepared), whole, "the same batch, the same bits")


def test_a_read_only_batch_is_embedded(encoder, pictures):
    prepared = encoder.prepare(pictures[0])[None]
    expected = encoder.embed(prepared)
    prepared.flags.writeable = False
    np.testing.assert_array_equal(encoder.embed(prepared), expected)


def test_no_pictures_are_no_vectors(encoder):
    assert encoder.embed([]).shape == (0, 32)


@pytest.mark.parametrize(("precision", "tolerance"), [("bf16", 1e-2), ("fp16", 2e-3)])
def test_less_precision_moves_a_vector_little(folder, encoder, pictures, precision, tolerance):
    coarse = load(folder, precision=precision)
    prepared = [encoder.prepare(pixels) for pixels in pictures]
    cosines = (coarse.embed(prepared) * encoder.embed(prepared)).sum(axis=1)
    assert coarse.key == encoder.key
    assert (cosines > 1 - tolerance).all()
    expected = {"bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    assert coarse.network.visual.conv1.weight.dtype == expected


@pytest.mark.parametrize(
    ("pixels", "says", "reason"),
    [
        (np.zeros((8, 8), np.uint8), r"shape \(8, 8\)", "grey: the decoder gives RGB"),
        (np.zeros((8, 8, 4), np.uint8), r"shape \(8, 8, 4\)", "alpha is the decoder's to flatten"),
        (np.zeros((8, 8, 3), np.float32), "float32", "0..1 or 0..255? never guessed"),
        (np.zeros((0, 8, 3), np.uint8), r"shape \(0, 8, 3\)", "no pixels"),
        (np.zeros((1, MAX_ASPECT + 1, 3), np.uint8), "too thin", "just too long"),
        (np.zeros((50_000, 1, 3), np.uint8), "too thin", "would become gigabytes on the way"),
    ],
)
def test_what_is_no_picture_is_a_row_error(encoder, pixels, says, reason):
    with pytest.raises(ImageError, match=says) as raised:
        encoder.prepare(pixels)
    assert raised.value.hint, reason


def test_the_longest_picture_is_still_prepared(encoder):
    assert encoder.prepare(np.zeros((1, MAX_ASPECT, 3), np.uint8)).shape == encoder.shape


def test_an_unprepared_batch_is_refused(encoder):
    with pytest.raises(ValueError, match=r"have shape \(3, 32, 32\), not \(3, 64, 64\)"):
        encoder.embed(np.zeros((1, 3, 32, 32), np.float32))


def test_the_key_names_weights_and_config_and_not_where_they_lie(folder, encoder, tmp_path):
    assert encoder.key.startswith("tiny-")
    assert set(encoder.key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert load(write_tiny_checkpoint(tmp_path / "moved")).key == encoder.key
    assert load(write_tiny_checkpoint(tmp_path / "other", seed=1)).key != encoder.key
    changed = {**CONFIG, "preprocess_cfg": {**CONFIG["preprocess_cfg"], "interpolation": "bilinear"}}
    (write_tiny_checkpoint(tmp_path / "same") / "open_clip_config.json").write_text(json.dumps(changed))
    assert load(tmp_path / "same").key != encoder.key, "another preprocessing gives other vectors"


def test_pickled_weights_load_and_equal_the_safe_ones(folder, encoder, pictures, tmp_path):
    (tmp_path / "open_clip_config.json").write_text(json.dumps(CONFIG))
    torch.save(load_file(folder / "open_clip_model.safetensors"), tmp_path / "open_clip_pytorch_model.bin")
    prepared = [encoder.prepare(pixels) for pixels in pictures]
    np.testing.assert_array_equal(load(tmp_path).embed(prepared), encoder.embed(prepared))


class Hostile:
    """Runs a command when unpickled without care."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(tmp_path):
    (tmp_path / "open_clip_config.json").write_text(json.dumps(CONFIG))
    ran = tmp_path / "ran"
    torch.save({"visual.proj": Hostile(ran)}, tmp_path / "open_clip_pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be read"):
        load(tmp_path)
    assert not ran.exists()


def cut(path):
    path.write_bytes(path.read_bytes()[:-1000])


def without_a_layer(path):
    state = load_file(path)
    del state["visual.transformer.resblocks.1.mlp.c_fc.weight"]
    save_file(state, path)


def of_another_width(path):
    state = load_file(path)
    state["visual.proj"] = state["visual.proj"][:, :16].contiguous()
    save_file(state, path)


def of_another_picture_size(path):
    # 3 x 3 patches and one class token, where the config says 4 x 4: open_clip would interpolate.
    state = load_file(path)
    state["visual.positional_embedding"] = state["visual.positional_embedding"][:10].contiguous()
    save_file(state, path)


def with_nan(path):
    state = load_file(path)
    state["visual.proj"][0, 0] = float("nan")
    save_file(state, path)


def empty(path):
    path.write_bytes(b"")


def of_a_list(path):
    path.unlink()
    torch.save([1, 2, 3], path.with_suffix(".bin"))


def of_plain_pickle(path):
    path.unlink()
    path.with_suffix(".bin").write_bytes(pickle.dumps({"visual.proj": 1}))


@pytest.mark.parametrize(
    ("damage", "says", "reason"),
    [
        (cut, "cannot be read", "the download broke off"),
        (empty, "cannot be read", "the disk was full"),
        (of_a_list, "cannot be read", "a pickle of something else"),
        (of_plain_pickle, "cannot be", "a pickle that torch did not write"),
        (without_a_layer, "cannot be built", "a missing layer would stay random"),
        (of_another_width, "cannot be built", "another model's weights"),
        (of_another_picture_size, "do not fit their config", "resized in silence, every vector would change"),
        (with_nan, "not finite", "damaged in training"),
    ],
)
def test_bad_weights_are_refused_with_their_reason(tmp_path, damage, says, reason):
    folder = write_tiny_checkpoint(tmp_path)
    damage(folder / "open_clip_model.safetensors")
    with pytest.raises(EncoderError, match=says) as raised:
        load(folder)
    assert raised.value.hint, reason
    assert len(str(raised.value)) < 800, "torch's list of keys is cut"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_cfg": {**CONFIG["model_cfg"], "embed_dim": 16}}, "the weights are wider"),
        ({"model_cfg": {**CONFIG["model_cfg"], "depth": 3}}, "an entry that no model takes"),
        ({"model_cfg": {**CONFIG["model_cfg"], "vision_cfg": []}}, "a list where an object belongs"),
        ({"preprocess_cfg": {"mode": "HSV"}}, "a mode open_clip does not have"),
        ({"preprocess_cfg": {"interpolation": "nearest"}}, "an interpolation open_clip does not have"),
        ({"preprocess_cfg": {"mean": [0.5], "std": "x"}}, "numbers that are none"),
    ],
)
def test_a_config_that_no_model_can_have_is_refused(tmp_path, changes, reason):
    folder = write_tiny_checkpoint(tmp_path)
    (folder / "open_clip_config.json").write_text(json.dumps({**CONFIG, **changes}))
    with pytest.raises(EncoderError) as raised:
        load(folder)
    assert raised.value.hint, reason


@pytest.mark.parametrize(
    ("device", "says", "reason"),
    [
        pytest.param(
            "cuda",
            "no device cuda here",
            "asked for a GPU, none there: never the CPU instead",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU"),
        ),
        ("cuda:99", "no device cuda:99 here", "more than any machine has"),
        ("gpu", "'gpu' is no device", "a word torch does not know"),
        ("", "'' is no device", "nothing at all"),
    ],
)
def test_an_absent_device_is_an_error(folder, device, says, reason):
    with pytest.raises(EncoderError, match=says) as raised:
        load(folder, device=device)
    assert "auto, cpu, cuda" in raised.value.hint, reason


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_gives_the_cpus_vectors(folder, encoder, pictures):
    prepared = [encoder.prepare(pixels) for pixels in pictures]
    np.testing.assert_allclose(
        load(folder, device="cuda").embed(prepared), encoder.embed(prepared), atol=1e-4
    )


def test_numbers_that_are_not_finite_make_the_encoder_unavailable(encoder):
    with pytest.raises(UnavailableError, match="not finite"):
        encoder.embed(np.full((1, *encoder.shape), np.nan, np.float32))


def test_an_encoder_has_only_a_calibration_that_was_measured_for_it(encoder, tmp_path):
    folder = write_tiny_checkpoint(tmp_path / "calibrated")
    assert encoder.calibration is None
    fits = Calibration(encoder=encoder.key, points=((0.0, 0.0), (1.0, 1.0)))
    fits.save(folder / "calibration.json")
    assert load(folder).calibration == fits
    other = tmp_path / "other.json"
    Calibration(encoder="another-0", points=((0.0, 0.0), (1.0, 1.0))).save(other)
    with pytest.raises(EncoderError, match=f"measured for another-0, not for {encoder.key}"):
        load(folder, calibration=other)
    with pytest.raises(EncoderError, match="cannot be read"):
        load(folder, calibration=tmp_path / "absent.json")


def test_the_text_tower_is_not_kept_in_memory(encoder):
    assert [name for name, _ in encoder.network.named_children()] == ["visual"]


def test_importing_the_module_imports_neither_torch_nor_open_clip():
    script = (
        "import sys, vision.encoder; print({'torch', 'open_clip', 'huggingface_hub'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
