"""From a kit's pattern to a verdict, without Ray."""

import numpy as np
import pytest
import yaml
from PIL import Image

from catalog.intake import import_kit
from cluster.inspect import inspect
from cluster.library import build_library
from cluster.measure import MEASURES, listing_features, look, measure
from cluster.state import State
from scoring.features import PATTERNS, PatternMatch, Unavailable
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from tests.scenarios.drawn_patterns import Pattern
from tests.scenarios.patterned_goods import photograph

TENANT = "acme"
CHECK = Pattern("tartan", 11, 21)


@pytest.fixture
def kit(tmp_path):
    """A brand with one pattern, and a photograph of something else."""
    folder = tmp_path / "kit"
    for name in ("references/pattern", "references/photo"):
        (folder / name).mkdir(parents=True)
    (folder / "brand.yaml").write_text(yaml.safe_dump({"brand": "Northpine"}))
    save(CHECK.sheet(400, 400, period=80), folder / "references" / "pattern" / "check.png")
    other = photograph(CHECK.recoloured(1), np.random.default_rng([3, 1]), side=400)
    save(other.pixels, folder / "references" / "photo" / "other.png")
    return folder


def save(pixels, path):
    Image.fromarray(pixels).save(path)


def imported(settings, kit) -> State:
    state = State(settings)
    import_kit(state.catalog, state.blobs(TENANT), kit, TENANT, inspect=inspect)
    return state


def judged(library, pixels, tmp_path):
    save(pixels, tmp_path / "shown.png")
    seen = look((tmp_path / "shown.png").read_bytes(), library)
    features = dict(seen.features)
    funnel = Funnel(library.recipe)
    listing = Listing(platform="shop", listing_id="1", title="A scarf")
    while isinstance(
        answer := funnel.judge(listing, library.brands, listing_features([features], library), tenant=TENANT),
        Needs,
    ):
        features |= {name: measure(name, seen.picture.pixels, library) for name in answer.features}
    return answer, features


def test_a_pattern_on_goods_is_evidence(settings, kit, tmp_path):
    library = build_library(imported(settings, kit), TENANT)
    shot = photograph(CHECK, np.random.default_rng([8, 2]))
    verdict, features = judged(library, shot.pixels, tmp_path)
    assert [it.signal for it in verdict.contributions] == ["pattern"]
    assert verdict.tier <= 2
    assert "bears a pattern of Northpine" in verdict.contributions[0].detail
    (match,) = features[PATTERNS]
    assert isinstance(match, PatternMatch)


def test_plain_cloth_is_none(settings, kit, tmp_path):
    library = build_library(imported(settings, kit), TENANT)
    shot = photograph(None, np.random.default_rng([8, 3]))
    verdict, features = judged(library, shot.pixels, tmp_path)
    assert features[PATTERNS] == ()
    assert "pattern" in {it.signal for it in verdict.abstentions}


def test_without_a_pattern_nothing_is_measured(settings, kit, tmp_path):
    (kit / "references" / "pattern" / "check.png").unlink()
    library = build_library(imported(settings, kit), TENANT)
    assert isinstance(library.unavailable[PATTERNS], Unavailable)
    assert PATTERNS not in library.missing, "no pattern is owned, so none is missed"
    _, features = judged(library, np.full((300, 300, 3), 90, np.uint8), tmp_path)
    assert PATTERNS not in features
    assert PATTERNS in MEASURES
