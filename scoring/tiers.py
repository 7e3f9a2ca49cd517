"""Which of the four tiers a score and its evidence come to: DESIGN section 3, rules 4 to 7.

Placing is monotone: more of any evidence never leads to a lower tier. Tier 1 therefore asks for a mark
whatever else fired; were it only asked of what looks very much alike, looking more alike would clear.

A signal that its recipe calls `auxiliary` (barcode, gtin, colour, certification) adds to the score like
any other, but however many of them fire, and however high, tier 2 waits for one that is not auxiliary to
fire too. Beside one that did, an auxiliary signal that fired counts as the second that tier 1 asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.evidence import Exemption, Route, Tier
from scoring.recipe import Recipe, ShortCircuit


@dataclass(frozen=True, slots=True)
class Placement:
    """A tier, the queue it goes to, and the rule that decided, in words."""

    tier: Tier
    route: Route
    rule: str


def short_circuit(scores: Mapping[str, float], recipe: Recipe) -> ShortCircuit | None:
    """The first short circuit whose every requirement is met by the evidence so far."""
    for rule in recipe.short_circuits:
        if all(
            name in scores and recipe.signals[name].reaches(scores[name], level)
            for name, level in rule.require.items()
        ):
            return rule
    return None


def fired(scores: Mapping[str, float], recipe: Recipe) -> frozenset[str]:
    """The signals whose evidence reaches at least their moderate level."""
    return frozenset(
        name for name, score in scores.items() if recipe.signals[name].reaches(score, "moderate")
    )


def place(
    score: float, scores: Mapping[str, float], recipe: Recipe, *, shortcut: ShortCircuit | None
) -> Placement:
    """The tier of a fused score, before exemptions.

    Args:
        score: the fused score, 0 to 1.
        scores: what each signal that did not abstain said.
        recipe: thresholds and the signals' roles.
        shortcut: the short circuit that held, if any.
    """
    if shortcut is not None:
        return Placement(1, "priority_review", shortcut.name)
    hot = fired(scores, recipe)
    if score >= recipe.tiers.watch and all(recipe.signals[name].auxiliary for name in hot):
        rule = "auxiliary signals alone never reach tier 2" if hot else "many hints, but no signal has fired"
        return Placement(3, "none", rule)
    if score >= recipe.tiers.priority:
        return _place_high(hot, recipe)
    return _place_by_score(score, recipe)


def _place_high(hot: frozenset[str], recipe: Recipe) -> Placement:
    unmarked = hot.isdisjoint(recipe.marks)
    if unmarked and recipe.look_alike in hot:
        return Placement(2, "review", "looks like the product but bears no mark: a lawful look-alike")
    if len(hot) < 2:
        return Placement(2, "review", "one signal alone is never tier 1")
    if unmarked:
        return Placement(2, "review", "nothing of the brand's own was found: never tier 1")
    return Placement(
        1, "priority_review", f"score of {recipe.tiers.priority} or more from {len(hot)} signals"
    )


def _place_by_score(score: float, recipe: Recipe) -> Placement:
    tiers = recipe.tiers
    if score >= tiers.watch:
        return Placement(2, "review", f"score from {tiers.watch} to {tiers.priority}")
    if score >= tiers.low:
        return Placement(3, "none", f"score from {tiers.low} to {tiers.watch}")
    return Placement(4, "none", f"score below {tiers.low}")


def exempt(placement: Placement, exemption: Exemption, *, score: float, recipe: Recipe) -> Placement:
    """The tier of a second-hand listing: by its lowered score, never 1, and seen by a person.

    Args:
        placement: where the listing would stand without the exemption.
        exemption: why it is thought lawful.
        score: the lowered score.
        recipe: the tiers' thresholds.
    """
    if placement.tier > 2:
        return placement
    lowered = _place_by_score(score, recipe)
    return Placement(lowered.tier, "review", f"second-hand ({exemption.detail}): a person decides")
