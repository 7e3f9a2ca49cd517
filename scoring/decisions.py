"""What reviewers decided on listings, with the evidence as it stood, and what another recipe makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scoring.evidence import Abstained, Exemption, ExemptionKind
from scoring.fusion import fuse
from scoring.recipe import Recipe
from scoring.tiers import Placement, exempt, place, short_circuit

Ruling = Literal["confirmed", "dismissed"]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one signal said, and its weight among those that spoke."""

    signal: str
    score: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What lay before the reviewer: copied out of a scan's result, so that it outlives the scan."""

    scan_id: str
    recipe_version: str
    tier: int
    score: float
    seller_id: str | None
    exemption: ExemptionKind | None
    evidence: tuple[Weighed, ...]
    abstentions: tuple[Abstained, ...]

    @property
    def scores(self) -> dict[str, float]:
        """What each signal said that did not abstain."""
        return {it.signal: it.score for it in self.evidence}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word on one listing: that it infringes (`confirmed`), or that it does not."""

    platform: str
    listing_id: str
    brand: str | None
    ruling: Ruling
    by: str
    at: datetime
    basis: Basis

    @property
    def key(self) -> tuple[str, str]:
        """As `Listing.key`."""
        return (self.platform, self.listing_id)

    @property
    def seller(self) -> tuple[str, str]:
        """Whose it is on its platform; a listing that names no seller is its own."""
        return (self.platform, self.basis.seller_id or f"listing {self.listing_id}")


def heard(basis: Basis, recipe: Recipe) -> dict[str, float]:
    """The evidence that a recipe weighs; what it does not run says nothing."""
    return {name: score for name, score in basis.scores.items() if name in recipe.signals}


def weigh_again(basis: Basis, recipe: Recipe) -> tuple[float, Placement]:
    """The score and the tier that a recipe gives to kept evidence, by the funnel's own rules.

    What was not measured then is not measured now: a signal that abstained, or was not asked, still says
    nothing, also where this recipe would have asked it.
    """
    if basis.exemption == "authorised_seller":
        return 0.0, Placement(4, "none", "cleared")
    scores = heard(basis, recipe)
    score = fuse(scores, _weights(recipe)).score
    placement = place(score, scores, recipe, shortcut=short_circuit(scores, recipe))
    if basis.exemption is not None and scores:
        score *= recipe.second_hand_factor
        placement = exempt(placement, Exemption(basis.exemption, "kept"), score=score, recipe=recipe)
    return score, placement


def _weights(recipe: Recipe) -> Mapping[str, float]:
    return {name: tuning.weight for name, tuning in recipe.signals.items()}
