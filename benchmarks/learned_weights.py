"""How many decisions it takes to learn weights, and how often what is adopted was worth it.

Made-up tenants, whose reviewers go by weights that are known: the recipe's own, or two of them lowered.

    python -m benchmarks.learned_weights --tenants 40 --seed 101
"""

from itertools import product
from typing import Any

from benchmarks._report import options, show
from pipelines.learning.comparison import compare_on
from pipelines.learning.fit import evidence, fit_weights
from pipelines.learning.halves import halves
from scoring.errors import CatalogError
from scoring.recipe import Recipe
from tests.pipelines.decided import decisions, true_weights

TRUTHS = {
    "the recipe's own weights": true_weights(),
    "names and logo at 0.6 of theirs": true_weights(names=0.6, logo=0.6),
    "names at 0.3, appearance at 0.4 of theirs": true_weights(names=0.3, appearance=0.4),
}
NUMBERS = (300, 600, 1200, 2400)


def main() -> None:
    """Print the figures."""
    asked = options("Learning weights.", tenants=40, seed=101)
    seeds = range(asked.seed, asked.seed + asked.tenants)
    figures: dict[str, Any] = {
        f"{truth}, {number} decisions": _told(truth, number, seeds)
        for truth, number in product(TRUTHS, NUMBERS)
    }
    show(asked, figures)


def _told(truth: str, number: int, seeds: range) -> dict[str, Any]:
    refused = adopted = 0
    changes = []
    for seed in seeds:
        present = Recipe.default()
        try:
            split = halves(decisions(number, TRUTHS[truth], seed=seed), tenant="made-up")
        except CatalogError:
            refused += 1
            continue
        weights = fit_weights(evidence(split.earlier, present), present)
        signals = {
            name: it.model_copy(update={"weight": weights[name]}) for name, it in present.signals.items()
        }
        candidate = present.model_copy(update={"signals": signals})
        compared = compare_on(split.later, present, candidate, fitted_to=split.earlier)
        adopted += not compared.against
        changes.append(compared.changes["log_loss"].by)
    return {
        "below the floor": refused,
        "adopted": adopted,
        "of": len(seeds),
        "mean change of log loss": sum(changes) / len(changes) if changes else None,
    }


if __name__ == "__main__":
    main()
