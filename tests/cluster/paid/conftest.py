"""A tenant with references, and a paid service on this machine."""

import pytest
from google.cloud.vision_v1 import AnnotateImageResponse

from cluster.settings import GoogleVision
from cluster.state import State
from tests.conftest import settings_at
from tests.contracts.image_annotator import FakeImageAnnotator, logo
from tests.pipelines.markets import TENANT, import_into, jpeg, write_kit


@pytest.fixture
def server():
    """Names Northpine's logo in every picture."""
    answer = AnnotateImageResponse(logo_annotations=[logo("Northpine")])
    with FakeImageAnnotator(lambda pixels: answer) as server:
        yield server


@pytest.fixture
def paying(server, tmp_path):
    """Settings whose paid service is the server."""
    vision = GoogleVision(endpoint=server.endpoint, daily_units=50)
    return settings_at(tmp_path / "home", google_vision=vision)


@pytest.fixture
def state(paying, tmp_path):
    """A catalogue with two references; nothing is turned on."""
    import_into(paying, write_kit(tmp_path / "kit", {f"{n}.jpg": jpeg(n) for n in range(2)}))
    state = State(paying)
    yield state
    state.catalog.close()


@pytest.fixture
def on(state):
    """The same, everything turned on."""
    features = ["vision_logo", "vision_text", "vision_web", "vision_objects"]
    state.catalog.opt_ins.turn(TENANT, features, on=True, by="ada")
    return state
