"""Another recipe on a labelled set: what would change, listing by listing, and measured once."""

import json
from pathlib import Path

import pytest

from cluster.state import State
from pipelines.progress import Reporter
from pipelines.replay import Replay, replay
from scoring.errors import SettingsError, SourceError
from scoring.recipe import Recipe
from tests.conftest import settings_at
from tests.pipelines.markets import import_into, jpeg, listing, write_kit, write_market

INFRINGING = {"verdict": "infringing", "kind": "copy"}
LAWFUL = {"verdict": "lawful", "kind": "other"}
LINES = (
    listing("copy", "copy.jpg", label=INFRINGING),
    listing("named", "u.jpg", title="Northpine bag", label=LAWFUL),
    listing("unrelated", "u.jpg", label=LAWFUL),
    listing("disguised", "u.jpg", title="N0rthp1ne bag", label=INFRINGING),
)
CANDIDATE = Recipe.from_yaml(
    Recipe.default_text()
    .replace("  - [fingerprint]\n", "")
    .replace("[appearance, geometry", "[fingerprint, appearance, geometry")
    .replace("names: {weight: 0.8", "names: {options: {in_title: 0.45}, weight: 0.8")
)
"""Fingerprints no longer stop the funnel early, and a plain name is worth less."""


@pytest.fixture(scope="module")
def replayed(ray_session, tmp_path_factory) -> tuple[Replay, State]:
    folder = tmp_path_factory.mktemp("replay")
    settings = settings_at(folder / "home")
    kit = write_kit(folder / "kit", {f"{seed}.jpg": jpeg(seed, quality=95) for seed in range(2)})
    import_into(settings, kit)
    pictures = {"copy.jpg": jpeg(0, quality=85), "u.jpg": jpeg(100)}
    labelled = Path(write_market(folder / "shop", LINES, pictures).removeprefix("file:"))
    return replay(labelled, "acme", CANDIDATE, settings, Reporter(quiet=True)), State(settings)


def test_only_what_changes_is_told_with_both_standings(replayed):
    result, _ = replayed
    tiers = {it.listing_id: (it.active.tier, it.candidate.tier, it.better) for it in result.moves}
    assert tiers.pop("named") == (2, 3, True)
    assert set(tiers) <= {"copy"}, "what one recipe measures more may change a score, and no tier"
    assert all(before == after for before, after, _ in tiers.values())


def test_totals_are_those_of_an_evaluation(replayed):
    result, _ = replayed
    assert result.tiers == {"active": {1: 1, 2: 2, 3: 0, 4: 1}, "candidate": {1: 1, 2: 1, 3: 1, 4: 1}}
    assert (result.before.precision.hits, result.before.precision.of) == (2, 3)
    assert (result.after.precision.hits, result.after.precision.of) == (2, 2)


def test_a_trial_has_seen_no_marketplace(replayed):
    _, state = replayed
    assert state.catalog.sightings.count("acme") == (0, 0)


def test_nothing_is_measured_twice(replayed):
    """Two pictures: the candidate asks for geometry on both, the active recipe on one."""
    result, _ = replayed
    assert result.before.summary["model_calls"]["geometry"] == 2


def test_nothing_is_put_to_use(replayed):
    _, state = replayed
    assert state.recipe("acme") == Recipe.default()
    assert state.catalog.recipes.of("acme") == ()


def test_in_words_and_for_programs(replayed):
    result, _ = replayed
    text = result.to_text()
    assert "names: in_title is 0.45 instead of its default." in text
    assert "1 change their tier, 1 of them for the better:" in text
    assert "+ tier 2 → 3 (0.70 → 0.45)  lawful other: named" in text
    shown = json.loads(json.dumps(result.to_json()))
    assert shown["totals"]["candidate"]["precision"]["hits"] == 2


def test_what_is_missing_is_told_before_anything_begins(settings, tmp_path):
    unlabelled = Path(write_market(tmp_path, [listing("x", "x.jpg")]).removeprefix("file:"))
    with pytest.raises(SourceError, match=r"row 1 of .* has no usable label"):
        replay(unlabelled, "acme", CANDIDATE, settings, Reporter(quiet=True))
    State(settings).catalog.tenants.ensure("acme")
    labelled = Path(write_market(tmp_path / "other", LINES).removeprefix("file:"))
    with pytest.raises(SettingsError, match="protects no brand yet"):
        replay(labelled, "acme", CANDIDATE, settings, Reporter(quiet=True))
