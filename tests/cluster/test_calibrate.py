"""`counterfoil calibrate` on drawn pictures, with a real encoder of random weights."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cluster.calibrating import Wanted, fit_calibration
from cluster.encoders import calibrations, load_encoder
from cluster.labelled_pairs import measure_pairs
from cluster.state import State
from counterfoil import app
from scoring.errors import EncoderError, SettingsError
from tests.conftest import settings_at
from tests.vision.tiny_checkpoint import write_tiny_checkpoint

PRODUCTS = 40


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def tiny(checkpoint, tmp_path):
    return settings_at(tmp_path / "home", encoder=str(checkpoint), encoder_device="cpu")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Forty coloured pictures, each with a noisy copy; each is also held against its neighbour."""
    folder = tmp_path_factory.mktemp("pairs")
    rng = np.random.default_rng(1)
    for number in range(PRODUCTS):
        picture = np.kron(rng.integers(0, 256, (4, 4, 3)), np.ones((16, 16, 1))).astype(np.uint8)
        Image.fromarray(picture).save(folder / f"{number}.png")
        noisy = np.clip(picture + rng.normal(0, 8, picture.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / f"{number}-again.png")
    lines = [{"a": f"{it}.png", "b": f"{it}-again.png", "same": True} for it in range(PRODUCTS)]
    lines += [{"a": f"{it}.png", "b": f"{(it + 1) % PRODUCTS}.png", "same": False} for it in range(PRODUCTS)]
    (folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder / "pairs.jsonl"


def test_a_map_is_fitted_and_found_again_by_the_encoder(tiny, pairs, tmp_path):
    assert load_encoder(tiny).calibration is None
    report = fit_calibration(Wanted(pairs=pairs, plot=tmp_path / "it.svg"), State(tiny))
    assert report["fitted"] | {"held_out_error": 0} == {
        "description": f"labelled pairs of {pairs.parent.name}/pairs.jsonl",
        "method": "platt",
        "same": PRODUCTS,
        "different": PRODUCTS,
        "prior": 0.5,
        "held_out_error": 0,
    }
    assert (tmp_path / "it.svg").stat().st_size > 1000
    calibration = load_encoder(tiny).calibration
    assert calibration.encoder == report["encoder"]
    assert calibration.probability(1.0) > 0.8
    assert calibration.probability(-1.0) < 0.2


def test_a_calibration_made_here_comes_before_the_checkpoints_own(checkpoint, pairs, tmp_path):
    settings = settings_at(tmp_path / "home", encoder=str(checkpoint), encoder_device="cpu")
    own = checkpoint / "calibration.json"
    try:
        fit_calibration(Wanted(pairs=pairs, out=own), State(settings))
        shipped = load_encoder(settings).calibration
        fit_calibration(Wanted(pairs=pairs, prior=0.01), State(settings))
        assert load_encoder(settings).calibration.fitted.prior == 0.01
        (calibrations(settings) / f"{shipped.encoder}.json").unlink()
        assert load_encoder(settings).calibration == shipped
    finally:
        own.unlink()


def test_what_cannot_be_read_is_left_out_with_its_reason(tiny, tmp_path):
    Image.new("RGB", (20, 20), "red").save(tmp_path / "red.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    lines = [
        {"a": "red.png", "b": "red.png", "same": True},
        {"a": "red.png", "b": "broken.png", "same": True},
        {"a": "red.png", "b": "gone.png", "same": False},
        {"a": "red.png", "b": "red.png", "same": "perhaps"},
        {"a": "red.png"},
    ]
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\nnot JSON\n\n")
    measured = measure_pairs(tmp_path / "pairs.jsonl", load_encoder(tiny))
    assert (measured.same, measured.cosines) == ([True], [pytest.approx(1, abs=1e-5)])
    left = sorted(text.split(":")[0] for text in measured.left_out)
    assert left == ["broken.png", "gone.png", "line 4", "line 5", "line 6"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"method": "magic"}, "no method"),
        ({"prior": 0.0}, "prior"),
        ({"prior": 1.0}, "prior"),
        ({"category": "bags"}, "a category is a tenant's"),
    ],
)
def test_an_option_that_cannot_be_is_told(tmp_path, changed, says):
    with pytest.raises(SettingsError, match=says):
        Wanted(pairs=tmp_path / "pairs.jsonl", **changed)


def test_without_an_encoder_or_pairs_it_says_so(tiny, pairs, tmp_path):
    with pytest.raises(SettingsError, match="no encoder to calibrate"):
        fit_calibration(Wanted(pairs=pairs), State(settings_at(tmp_path)))
    with pytest.raises(SettingsError, match="cannot be read"):
        fit_calibration(Wanted(pairs=tmp_path / "none.jsonl"), State(tiny))
    (tmp_path / "few.jsonl").write_text("")
    with pytest.raises(EncoderError, match="too few"):
        fit_calibration(Wanted(pairs=tmp_path / "few.jsonl"), State(tiny))


def test_the_command_prints_the_error_and_where_the_map_is(checkpoint, pairs, tmp_path):
    home = {"COUNTERFOIL_HOME": str(tmp_path / "home"), "COUNTERFOIL_ENCODER": str(checkpoint)}
    done = CliRunner().invoke(app, ["calibrate", str(pairs), "--out", str(tmp_path / "map.json")], env=home)
    assert done.exit_code == 0, done.output
    assert "Expected calibration error" in done.output
    assert (tmp_path / "map.json").is_file()


def test_a_tenants_map_is_kept_in_the_catalogue_and_the_one_before_is_measured_too(tiny, pairs):
    state = State(tiny)
    state.catalog.tenants.ensure("acme")
    first = fit_calibration(Wanted(pairs=pairs, tenant="acme", by="ada"), state)
    assert first["error_before"] is None, "there was none"
    second = fit_calibration(Wanted(pairs=pairs, tenant="acme", category="Bags", by="ada"), state)
    assert second["error_before"] < 0.2, "the tenant's own counts in a category without one"
    general, bags = state.catalog.calibrations.of("acme")
    assert (general.category, bags.category, bags.fitted_by) == (None, "bags", "ada")
    assert general.document["encoder"] == first["encoder"]
    assert load_encoder(tiny).calibration is None, "nobody else's verdicts change"


def test_what_is_shown_is_measured_on_pairs_left_out(tiny, pairs):
    report = fit_calibration(Wanted(pairs=pairs), State(tiny))
    assert sum(row["pairs"] for row in report["reliability"]) == 2 * PRODUCTS
    shown = sum(row["pairs"] * abs(row["said"] - row["seen"]) for row in report["reliability"])
    assert shown / (2 * PRODUCTS) == pytest.approx(report["fitted"]["held_out_error"], abs=1e-4)
