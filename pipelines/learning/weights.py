"""A tenant's weights from its reviewers' decisions: fitted to one half, measured on the other."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from cluster.recipes import ACTIVE, checked, find_document
from cluster.state import State
from pipelines.learning.comparison import Comparison, compare_on
from pipelines.learning.fit import evidence, fit_weights
from pipelines.learning.halves import halves, teaching
from scoring.errors import RecipeError
from scoring.recipe import Recipe
from scoring.recipe_diff import Difference, differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What decisions come to."""

    candidate: str
    """The recipe's document: the active one with other weights."""
    differences: tuple[Difference, ...]
    fitted_to: int
    """Decisions in the half that it was fitted to."""
    left_out: dict[str, int]
    """Decisions that teach nothing about weights, by the reason."""
    comparison: Comparison

    @property
    def against(self) -> tuple[str, ...]:
        """Why the candidate may not be adopted; nothing where it may."""
        return self.comparison.against if self.differences else ("the weights come out as they are",)

    def require_win(self) -> None:
        """Raise `RecipeError`, with the figures, where the candidate did not win on held-out decisions."""
        if self.against:
            raise RecipeError(
                f"the learned weights are not adopted: {'; '.join(self.against)}.",
                hint="Record more decisions; or use the candidate all the same: counterfoil recipe set.",
            )

    def to_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {
            "fitted_to": self.fitted_to,
            "left_out": self.left_out,
            "differences": [asdict(it) for it in self.differences],
            "comparison": self.comparison.to_json(),
            "against": list(self.against),
        }


def learn_weights(state: State, tenant: str) -> Learned:
    """Fit weights to a tenant's decisions and measure them; nothing is put to use.

    Raises `CatalogError` below the floor of decisions.
    """
    text = find_document(state, tenant, ACTIVE)
    present = checked(text)
    taught = teaching(state.catalog.decisions.of(tenant), present)
    split = halves(taught.decisions, tenant=tenant)
    weights = fit_weights(evidence(split.earlier, present), present)
    document = with_weights(text, present, weights)
    candidate = checked(document)
    return Learned(
        candidate=document,
        differences=differences(present, candidate),
        fitted_to=len(split.earlier),
        left_out=taught.left_out,
        comparison=compare_on(split.later, present, candidate, fitted_to=split.earlier),
    )


def with_weights(text: str, recipe: Recipe, weights: dict[str, float]) -> str:
    """A recipe's text with other weights; its comments are kept where changing the numbers is enough."""
    signals = {name: it.model_copy(update={"weight": weights[name]}) for name, it in recipe.signals.items()}
    meant = recipe.model_copy(update={"signals": signals})
    edited = text
    for name, weight in weights.items():
        edited = re.sub(
            rf"(?m)^(\s+{re.escape(name)}:\s*{{[^}}\n]*?\bweight:\s*)[0-9.]+",
            rf"\g<1>{weight}",
            edited,
            count=1,
        )
    try:
        return edited if Recipe.from_yaml(edited) == meant else meant.to_yaml()
    except RecipeError:
        return meant.to_yaml()
