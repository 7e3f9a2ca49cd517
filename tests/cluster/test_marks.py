"""From a kit on disk to a mark found in a listing's picture: trained, kept, versioned, measured."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from catalog.detectors import NewDetector
from cluster.commands import run_import
from cluster.library import build_library
from cluster.mark_training import TrainingRequest, run_training
from cluster.measure import look, measure
from cluster.state import State
from counterfoil import app
from scoring.errors import CatalogError
from scoring.features import APPEARANCE, MARKS, Unavailable
from tests.conftest import settings_at
from tests.scenarios.composited_marks import ink, paste_mark
from tests.vision.marks.drawn_marks import arrow, cloth
from tests.vision.tiny_checkpoint import write_tiny_checkpoint


def jpeg(pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def bearing(seed: int):
    return paste_mark(cloth(seed), ink(arrow()), np.random.default_rng(seed))


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """A brand with its logo's artwork, and photographs to train on."""
    kit = tmp_path_factory.mktemp("kit")
    (kit / "brand.yaml").write_text("brand: Northpine\n", encoding="utf-8")
    logo = kit / "references" / "logo"
    logo.mkdir(parents=True)
    Image.fromarray(arrow()).save(logo / "arrow.png")
    marks = kit / "marks" / "arrow"
    marks.mkdir(parents=True)
    rows = []
    for seed in range(5):
        there = bearing(seed)
        height, width = there.pixels.shape[:2]
        corners = np.array(there.quad) * (width, height)
        (x, y), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        (marks / f"{seed}.jpg").write_bytes(jpeg(there.pixels))
        rows.append(json.dumps({"file": f"{seed}.jpg", "boxes_xywh": [[x, y, right - x, bottom - y]]}))
    (marks / "boxes.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return kit


def test_a_mark_from_kit_to_evidence(kit, settings):
    run_import(kit, "acme", settings, quiet=True)
    state = State(settings)
    before = state.stamp("acme")
    stored = run_training(TrainingRequest(mark="arrow", tenant="acme", kit=kit), settings)
    assert (stored.id, stored.embedding[:9]) == ("Northpine/arrow v1", "ppocr-det")
    assert stored.worth["recall"] >= 0.8
    assert state.stamp("acme") != before  # whoever serves the tenant builds its library anew
    library = build_library(state, "acme")
    picture = look(jpeg(bearing(9).pixels), library).picture
    found = measure(MARKS, picture.pixels, library)
    assert sorted((match.mark, match.detector) for match in found) == [
        ("arrow", "v1"),
        ("arrow.png", "artwork"),
    ]
    assert found == measure(MARKS, picture.pixels, build_library(state, "acme"))  # from what is kept
    listed = CliRunner().invoke(
        app, ["mark", "list", "--tenant", "acme"], env={"COUNTERFOIL_HOME": str(settings.home)}
    )
    assert "Northpine/arrow v1" in listed.output
    assert "photographs held back" in listed.output


def test_without_marks_nothing_is_measured_and_the_reason_is_known(tmp_path, settings):
    (tmp_path / "brand.yaml").write_text("brand: Northpine\n", encoding="utf-8")
    photo = tmp_path / "references" / "photo"
    photo.mkdir(parents=True)
    (photo / "1.jpg").write_bytes(jpeg(cloth(3)))
    run_import(tmp_path, "acme", settings, quiet=True)
    library = build_library(State(settings), "acme")
    assert "counterfoil mark train" in library.unavailable[MARKS].reason
    assert library.missing.keys() == {APPEARANCE}, "an encoder would have been used, a mark is not missed"


def test_versions_are_counted_and_the_highest_is_in_use(kit, settings):
    run_import(kit, "acme", settings, quiet=True)
    detectors = State(settings).catalog.detectors
    made = NewDetector(brand="Northpine", mark="a", sha256="0" * 64, embedding="e", worth={})
    assert [detectors.add("acme", made).version for _ in range(2)] == [1, 2]
    assert [one.version for one in detectors.of("acme")] == [2]
    assert [one.version for one in detectors.history("acme")] == [1, 2]
    with pytest.raises(CatalogError):
        detectors.add("acme", NewDetector(brand="Nobody", mark="a", sha256="", embedding="e", worth={}))


def test_a_clip_checkpoint_takes_configuration_alone(kit, tmp_path):
    plain = settings_at(tmp_path / "home")
    run_import(kit, "acme", plain, quiet=True)
    clip = settings_at(tmp_path / "home", encoder=str(write_tiny_checkpoint(tmp_path / "tiny")))
    stored = run_training(TrainingRequest(mark="arrow", tenant="acme", kit=kit), clip)
    assert not stored.embedding.startswith("ppocr-det")
    picture = bearing(9).pixels
    assert not isinstance(measure(MARKS, picture, build_library(State(clip), "acme")), Unavailable)
    # Without it the detector cannot judge, and says which embedding it lacks.
    gone = measure(MARKS, picture, build_library(State(plain), "acme"))
    assert isinstance(gone, Unavailable)
    assert stored.embedding in gone.reason
