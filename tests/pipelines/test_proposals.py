"""Thresholds for a goal: which is chosen, on which half, and what the table says."""

import json

import pytest

from pipelines.evaluate import Label
from pipelines.progress import Reporter
from pipelines.proposals import Goal, choose, propose, with_watch
from scoring.errors import SettingsError
from scoring.recipe import Recipe
from tests.pipelines.markets import import_into, jpeg, listing, write_kit, write_market

RECIPE = Recipe.default()
SCORES = [0.9] * 8 + [0.7] * 4 + [0.5] * 4 + [0.3] * 4
"""Of twenty infringing listings."""
LAWFUL = [0.7] * 2 + [0.5] * 6 + [0.1] * 12
LABELS = [Label(verdict="infringing", kind="copy")] * 20 + [Label(verdict="lawful", kind="other")] * 20


def tiers(watch):
    return [2 if score >= watch else 4 for score in SCORES + LAWFUL]


GOALS = [
    (Goal(precision=0.9), 0.75, "the surest keep it; of those that do, the one that finds most"),
    (Goal(precision=0.8), 0.65, "4 more found for 1 more false alarm in the half"),
    (Goal(precision=0.5), 0.45, "everything that may be sent"),
    (Goal(budget=200), 0.85, "8 of 40 at most"),
    (Goal(budget=350), 0.65, "14 of 40 fit"),
    (Goal(budget=1), None, "not even one"),
]


@pytest.mark.parametrize(("goal", "watch", "reason"), GOALS, ids=[str(row[0]) for row in GOALS])
def test_the_threshold_that_finds_most_and_meets_the_goal(goal, watch, reason):
    told = {at: tiers(at) for at in (0.45, 0.55, 0.65, 0.75, 0.85)}
    proposal = choose(goal, RECIPE, LABELS, told)
    if watch is None:
        assert proposal.best is None, reason
        assert "No threshold gives" in proposal.to_text()
        assert proposal.proposed is None
        return
    found = proposal.best.chosen_on.recall
    assert found == max(it.chosen_on.recall for it in proposal.choices if goal.met(it.chosen_on)), reason
    assert proposal.best.chosen_on.recall == next(
        it.chosen_on.recall for it in proposal.choices if it.watch == watch
    )
    assert f"tiers.watch {proposal.best.watch:.2f}" in proposal.to_text()


def test_it_is_chosen_on_one_half_and_reported_on_the_other():
    """Lawful listings that are sent to a person all fall into the half that nothing is chosen on."""
    labels = [Label(verdict="infringing", kind="copy")] * 20 + [Label(verdict="lawful", kind="other")] * 20
    misleading = [2] * 20 + [4, 2] * 10
    proposal = choose(Goal(precision=0.9), RECIPE, labels, {0.65: misleading})
    assert (proposal.best.chosen_on.precision, proposal.best.others.precision) == (1.0, 0.5)
    assert "misses that" in proposal.to_text()


def test_tier_1_stays_above_tier_2():
    assert with_watch(RECIPE, 0.5).tiers.priority == RECIPE.tiers.priority
    assert with_watch(RECIPE, 0.9).tiers.priority == 0.91
    assert Recipe.from_yaml(with_watch(RECIPE, 0.95).to_yaml()).tiers.watch == 0.95


@pytest.mark.parametrize("goal", [{}, {"precision": 0.9, "budget": 5}, {"precision": 1.5}, {"budget": 0}])
def test_a_goal_that_cannot_be(goal):
    with pytest.raises(SettingsError):
        Goal(**goal)


@pytest.mark.ray
def test_a_labelled_file_is_judged_by_every_threshold(ray_session, settings, tmp_path):
    import_into(settings, write_kit(tmp_path / "kit", {"0.jpg": jpeg(0)}))
    pictures = {"copy.jpg": jpeg(0, quality=70), "other.jpg": jpeg(50)}
    copies = [
        listing(f"copy {n}", "copy.jpg", label={"verdict": "infringing", "kind": "copy"}) for n in range(10)
    ]
    named = [
        listing(f"named {n}", "other.jpg", title="Northpine bag", label={"verdict": "lawful", "kind": "name"})
        for n in range(10)
    ]
    labelled = write_market(tmp_path / "shop", copies + named, pictures).removeprefix("file:")
    from pathlib import Path

    proposal = propose(Path(labelled), "acme", Goal(precision=0.95), settings, Reporter(quiet=True))
    by_watch = {it.watch: it.others for it in proposal.choices}
    assert by_watch[0.65].flagged == 10, "a plain name is 0.70: sent to a person today"
    assert (by_watch[0.75].flagged, by_watch[0.75].right) == (5, 5)
    assert proposal.best.watch >= 0.75
    assert json.loads(json.dumps(proposal.to_json()))["proposed"] == proposal.best.watch


def test_too_few_listings_are_refused(settings, tmp_path):
    from pathlib import Path

    lines = [listing("x", label={"verdict": "lawful", "kind": "other"})]
    labelled = write_market(tmp_path, lines).removeprefix("file:")
    with pytest.raises(SettingsError, match="too few"):
        propose(Path(labelled), "acme", Goal(budget=10), settings, Reporter(quiet=True))
