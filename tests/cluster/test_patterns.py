"""From a kit's pattern to a verdict, and from its photographs to a classifier, without Ray."""

import json

import numpy as np
import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner

from catalog.intake import import_kit
from cluster.commands import pattern as commands
from cluster.inspect import inspect
from cluster.library import build_library
from cluster.measure import MEASURES, listing_features, look, measure
from cluster.patterns import train_patterns
from cluster.state import State
from scoring.errors import BrandKitError
from scoring.features import PATTERNS, PatternMatch, Unavailable
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from tests.scenarios.drawn_patterns import Pattern
from tests.scenarios.patterned_goods import LARGE, SMALL, photograph

TENANT = "acme"
CHECK = Pattern("tartan", 11, 21)


@pytest.fixture
def kit(tmp_path):
    """A brand with one pattern, six photographs of goods that bear it, and six pictures of other things."""
    folder = tmp_path / "kit"
    for name in ("references/pattern", "references/photo", "patterns/check"):
        (folder / name).mkdir(parents=True)
    (folder / "brand.yaml").write_text(yaml.safe_dump({"brand": "Northpine"}))
    save(CHECK.sheet(400, 400, period=80), folder / "references" / "pattern" / "check.png")
    rows = []
    for seed in range(6):
        rng = np.random.default_rng([3, seed])
        shot = photograph(CHECK, rng, share=LARGE if seed % 2 else SMALL, side=400)
        save(shot.pixels, folder / "patterns" / "check" / f"{seed}.png")
        ys, xs = np.nonzero(shot.borne > 0.5)
        x, y = int(xs.min()), int(ys.min())
        box = [x, y, int(xs.max()) - x, int(ys.max()) - y]
        rows.append(json.dumps({"file": f"{seed}.png", "boxes_xywh": [box]}))
        other = photograph(CHECK.recoloured(seed) if seed % 2 else None, rng, side=400)
        save(other.pixels, folder / "references" / "photo" / f"{seed}.png")
    (folder / "patterns" / "check" / "boxes.jsonl").write_text("\n".join(rows))
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
    assert not match.trained


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
    _, features = judged(library, np.full((300, 300, 3), 90, np.uint8), tmp_path)
    assert PATTERNS not in features
    assert PATTERNS in MEASURES


def test_a_trained_classifier_is_kept_and_used_and_noticed(settings, kit, tmp_path):
    state = imported(settings, kit)
    before = state.stamp(TENANT)
    (trained,) = train_patterns(state, TENANT, kit)
    assert trained.name == "check"
    assert (trained.report.with_pattern, trained.report.without) == (6, 6)
    assert trained.report.precision >= 0.8
    assert state.stamp(TENANT) != before, "a scorer that is running must build its library anew"
    _, features = judged(
        build_library(state, TENANT), photograph(CHECK, np.random.default_rng([8, 2])).pixels, tmp_path
    )
    (match,) = features[PATTERNS]
    assert match.trained


def test_photographs_of_no_reference_are_refused(settings, kit):
    (kit / "patterns" / "check").rename(kit / "patterns" / "cheque")
    with pytest.raises(BrandKitError, match=r"cheque.*Imported are: check"):
        train_patterns(imported(settings, kit), TENANT, kit)


def test_a_kit_without_photographs_is_refused(settings, kit):
    (kit / "patterns").rename(kit.parent / "elsewhere")
    with pytest.raises(BrandKitError, match="patterns/NAME/"):
        train_patterns(imported(settings, kit), TENANT, kit)


@pytest.mark.parametrize(
    "line", ["{", "[1]", '{"file": "0.png"}', '{"file": "0.png", "boxes_xywh": [["a"]]}']
)
def test_boxes_that_cannot_be_read_are_refused(settings, kit, line):
    (kit / "patterns" / "check" / "boxes.jsonl").write_text(line)
    with pytest.raises(BrandKitError, match=r"boxes\.jsonl cannot be read"):
        train_patterns(imported(settings, kit), TENANT, kit)


def test_the_command_says_how_good_it_is(settings, kit, monkeypatch):
    imported(settings, kit)
    monkeypatch.setenv("COUNTERFOIL_HOME", str(settings.home))
    told = CliRunner().invoke(commands, ["train", str(kit), "--tenant", TENANT])
    assert told.exit_code == 0, told.output
    assert "check: precision" in told.output
    asked = CliRunner().invoke(commands, ["train", str(kit), "--tenant", TENANT, "--json"])
    assert json.loads(asked.output)[0]["report"]["with_pattern"] == 6
