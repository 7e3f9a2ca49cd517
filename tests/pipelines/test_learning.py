"""Weights from decisions: what is true is found, what is not is refused, and everything can be taken back."""

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from catalog.decisions import NewDecision
from cluster.recipes import roll_back, set_recipe
from cluster.state import State
from pipelines.learn_commands import learn as commands
from pipelines.learning import learn_weights
from pipelines.learning.comparison import compare_on
from pipelines.learning.fit import evidence, fit_weights
from pipelines.learning.halves import LEAST, LEAST_IN_HALF, LEAST_SELLERS, halves, teaching
from pipelines.learning.weights import with_weights
from scoring.errors import CatalogError, CounterfoilError, RecipeError
from scoring.recipe import Recipe
from tests.pipelines.decided import BEGUN, DEFAULT, decision, decisions, true_weights

OTHER = true_weights(names=0.3, appearance=0.4)


def fitted(made, recipe=DEFAULT):
    return fit_weights(evidence(made, recipe), recipe)


class TestFit:
    def test_true_weights_are_recovered(self):
        true = true_weights(names=0.3, appearance=0.4, price=0.3, colour=0.3)  # helpers may not stay behind
        found = fitted(decisions(4000, true))
        for name in ("geometry", "logo", "names", "appearance", "text_in_picture"):
            assert found[name] == pytest.approx(true[name], rel=0.25), name

    def test_present_weights_that_are_true_stay(self):
        found = fitted(decisions(4000, true_weights()))
        for name in ("geometry", "logo", "names", "appearance", "text_in_picture"):
            assert found[name] == pytest.approx(DEFAULT.signals[name].weight, rel=0.2), name

    def test_a_signal_that_no_decision_tells_about_keeps_its_weight(self):
        found = fitted(decisions(500, OTHER))
        assert (found["pattern"], found["fingerprint"]) == (0.8, 1.0)

    def test_few_decisions_move_weights_little(self):
        few, many = (fitted(decisions(number, OTHER))["names"] for number in (60, 4000))
        assert many < few < DEFAULT.signals["names"].weight * 1.2

    def test_an_auxiliary_signal_counts_for_no_more_beside_any_that_may_accuse(self):
        found = fitted(decisions(2000, true_weights(price=4.0, colour=4.0, names=0.5)))
        for helper, theirs in DEFAULT.signals.items():
            for name, tuning in DEFAULT.signals.items():
                if theirs.auxiliary and not tuning.auxiliary:
                    assert found[helper] / found[name] <= theirs.weight / tuning.weight + 0.003, (
                        helper,
                        name,
                    )

    def test_the_heaviest_stays_as_heavy(self):
        found = fitted(decisions(500, OTHER))
        assert max(found.values()) == 1.0
        assert min(found.values()) > 0

    @pytest.mark.parametrize("confirmed", [True, False])
    def test_certain_evidence_and_one_sided_decisions_have_a_fit(self, confirmed):
        made = [decision(n, {"names": 1.0, "logo": 1.0}, confirmed=confirmed) for n in range(50)]
        assert all(np.isfinite(weight) and weight > 0 for weight in fitted(made).values())


class TestHalves:
    def test_no_seller_is_in_both_and_the_earlier_come_first(self):
        made = decisions(600, OTHER)
        split = halves(made[::-1], tenant="acme")
        assert {it.seller for it in split.earlier}.isdisjoint(it.seller for it in split.later)
        assert max(it.at for it in split.earlier) < min(it.at for it in split.later)
        assert len(split.earlier) == pytest.approx(300, abs=4)

    def test_decisions_of_one_moment_are_not_split_by_their_order(self):
        ordered = sorted(decisions(600, OTHER), key=lambda it: it.ruling)
        made = [replace(it, at=BEGUN, listing_id=f"{n:04}") for n, it in enumerate(ordered)]
        split = halves(made, tenant="acme")
        assert sum(it.ruling == "confirmed" for it in split.later) > LEAST_IN_HALF

    def test_the_floor_names_what_is_missing(self):
        made = [decision(n, {"names": 0.7}, confirmed=n < 70) for n in range(70 + LEAST - 1)]
        with pytest.raises(CatalogError) as refused:
            halves(made, tenant="acme")
        assert f"{LEAST - 70} more confirmed (70 of {LEAST})" in str(refused.value)
        assert f"1 more dismissed ({LEAST - 1} of {LEAST})" in str(refused.value)

    def test_exactly_enough_is_enough(self):
        made = [decision(n, {"names": 0.7}, confirmed=n % 2 == 0) for n in range(2 * LEAST)]
        assert len(halves(made, tenant="acme").later) == LEAST

    @pytest.mark.parametrize(
        ("seller", "confirmed", "says", "reason"),
        [
            (lambda n: "one", lambda n: n % 2 == 0, "more later sellers", "one seller"),
            (lambda n: f"s{n % 12}", lambda n: n % 2 == 0, "more earlier sellers", "six sellers in a half"),
            (lambda n: f"s{n}", lambda n: n < 100, "more confirmed among the later", "one outcome in a half"),
        ],
        ids=lambda case: case if isinstance(case, str) and " " in case else "",
    )
    def test_a_half_that_cannot_be_measured_is_refused(self, seller, confirmed, says, reason):
        made = [
            decision(n, {"names": 0.7}, confirmed=confirmed(n), seller=seller(n)) for n in range(2 * LEAST)
        ]
        with pytest.raises(CatalogError, match=says):
            halves(made, tenant="acme")

    def test_listings_without_a_seller_are_each_their_own(self):
        made = [decision(n, {"names": 0.7}, confirmed=n % 2 == 0) for n in range(2 * LEAST)]
        alone = [replace(it, basis=replace(it.basis, seller_id=None)) for it in made]
        assert len({it.seller for it in alone}) == len(alone) > LEAST_SELLERS

    def test_what_teaches_nothing_is_left_out_and_counted(self):
        made = [
            decision(1, {"names": 0.7}, confirmed=True),
            decision(2, {"names": 0.7}, confirmed=False, exemption="second_hand"),
            replace(it := decision(3, {"names": 0.7}, confirmed=True), basis=replace(it.basis, evidence=())),
        ]
        taught = teaching(made, DEFAULT)
        assert [it.listing_id for it in taught.decisions] == ["1"]
        assert taught.left_out == {"second hand exemption": 1, "no evidence that the recipe weighs": 1}


class TestComparison:
    def test_a_recipe_does_not_win_against_itself(self):
        made = decisions(400, OTHER)
        compared = compare_on(made[200:], DEFAULT, DEFAULT, fitted_to=made[:200])
        assert {(it.by, it.low, it.high) for it in compared.changes.values()} == {(0.0, 0.0, 0.0)}
        assert compared.against

    def test_better_order_below_the_tiers_does_not_win(self):
        """Weights that tell better, under tiers that nothing reaches: every recall would be lost."""
        made = decisions(2000, OTHER)
        learned = fitted(made[:1000])
        signals = {
            name: it.model_copy(update={"weight": learned[name]}) for name, it in DEFAULT.signals.items()
        }
        tiers = DEFAULT.tiers.model_copy(update={"priority": 0.9999, "watch": 0.9998})
        unreachable = DEFAULT.model_copy(update={"signals": signals, "tiers": tiers})
        [why] = compare_on(made[1000:], DEFAULT, unreachable, fitted_to=made[:1000]).against
        assert why.startswith("recall at tiers 1 and 2 may fall")

    def test_a_comparison_is_the_same_each_time(self):
        made = decisions(400, OTHER)
        candidate = Recipe.from_yaml(with_weights(Recipe.default_text(), DEFAULT, fitted(made[:200])))
        one, two = (compare_on(made[200:], DEFAULT, candidate, fitted_to=made[:200]) for _ in range(2))
        assert one == two


def test_a_candidate_s_comments_are_kept():
    weights = dict.fromkeys(DEFAULT.signals, 0.123)
    text = with_weights(Recipe.default_text(), DEFAULT, weights)
    assert "# A texture says less than artwork" in text
    assert {it.weight for it in Recipe.from_yaml(text).signals.values()} == {0.123}
    written_anew = with_weights(json.dumps(DEFAULT.model_dump(mode="json")), DEFAULT, weights)
    assert Recipe.from_yaml(written_anew) == Recipe.from_yaml(text)


@pytest.fixture
def state(settings):
    state = State(settings)
    with state.catalog:
        for tenant in ("acme", "rival"):
            state.catalog.tenants.ensure(tenant)
        yield state


def keep(state, made, tenant="acme"):
    fields = ("platform", "listing_id", "brand", "ruling", "by", "basis", "at")
    kept = [NewDecision(**{name: getattr(it, name) for name in fields}) for it in made]
    state.catalog.decisions.keep(tenant, kept)


@pytest.fixture
def run(state, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTERFOIL_HOME", str(settings.home))

    def run(*args, tenant="acme", code=0):
        out = tmp_path / "candidate.yaml"
        answer = CliRunner().invoke(commands, ["weights", "--tenant", tenant, "--out", str(out), *args])
        assert answer.exit_code == code, answer.output
        return answer

    return run


def test_what_wins_is_adopted_and_taken_back(state, run, tmp_path):
    keep(state, decisions(2000, OTHER))
    assert "It wins: --adopt uses it." in run().stdout
    assert state.recipe("acme") == DEFAULT, "nothing is used before it is adopted"
    said = run("--adopt", "--by", "ann").stdout
    assert "Tenant acme is judged by acme@1 (version 1) from now on." in said
    assert "recipe set --tenant acme --version default" in said
    kept = state.recipe("acme").signals["names"].weight
    assert kept == Recipe.from_yaml((tmp_path / "candidate.yaml").read_text()).signals["names"].weight < 0.6
    assert state.recipe("rival") == DEFAULT
    roll_back(state, "acme", "default", by="bob")
    assert state.recipe("acme") == DEFAULT
    assert [(it.version, it.by) for it in state.catalog.recipes.changes("acme")] == [
        ("1", "ann"),
        (None, "bob"),
    ]


def test_without_a_win_nothing_is_adopted(state, run):
    keep(state, decisions(600, true_weights()))
    refused = run("--adopt", code=1)
    assert isinstance(refused.exception, RecipeError)
    assert "its log loss is not surely lower" in str(refused.exception)
    assert "precision, tiers 1-2" in refused.stdout, "the figures are shown all the same"
    assert state.catalog.recipes.of("acme") == ()


def test_below_the_floor_nothing_is_written(state, run, tmp_path):
    keep(state, decisions(50, OTHER))
    refused = run(code=1).exception
    assert isinstance(refused, CounterfoilError)
    assert "too few decisions" in str(refused)
    assert not (tmp_path / "candidate.yaml").exists()


def test_a_tenant_s_own_recipe_is_where_learning_begins(state):
    """Weights learned by another tenant, or from the default, are not drawn towards."""
    mine = Recipe.default_text().replace("logo: {weight: 1.0", "logo: {weight: 0.2")
    set_recipe(state, "acme", mine, by="ann")
    keep(state, decisions(2000, {**true_weights(), "logo": 0.2}, recipe=state.recipe("acme")))
    learned = learn_weights(state, "acme")
    assert Recipe.from_yaml(learned.candidate).signals["logo"].weight < 0.3
    with pytest.raises(CatalogError, match="too few"):
        learn_weights(state, "rival")


def test_for_programs(state, run):
    made = [replace(it, at=it.at + timedelta(days=1)) for it in decisions(2000, OTHER)]
    keep(state, made)
    said = json.loads(run("--adopt", "--json").stdout)
    assert (said["adopted"], said["back"], said["comparison"]["wins"]) == ("1", "default", True)
    assert said["comparison"]["changes"]["log_loss"]["high"] < 0
