"""What a signal can say, and what becomes of it in a verdict."""

from dataclasses import dataclass
from typing import Literal

ExemptionKind = Literal["authorised_seller", "second_hand"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reason to suspect: a score in 0..1 with what it rests on."""

    score: float
    detail: str
    reference_id: str | None = None
    subject: str | None = None
    """What it accuses the listing of, where that is not the brand: a watch class."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"evidence must score between 0 and 1, not {self.score}")


@dataclass(frozen=True, slots=True)
class Abstention:
    """A signal that has nothing to say, and why. It contributes exactly nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class Exemption:
    """A reason to think the listing lawful."""

    kind: ExemptionKind
    detail: str


Outcome = Evidence | Abstention | Exemption


@dataclass(frozen=True, slots=True)
class Contribution:
    """One signal's share of a score. A verdict's contributions add up to its score."""

    signal: str
    score: float
    """What the signal said, 0 to 1."""
    weight: float
    """Its weight after renormalising over the signals that did not abstain."""
    contribution: float
    detail: str


@dataclass(frozen=True, slots=True)
class Abstained:
    """A signal's abstention as a verdict keeps it."""

    signal: str
    reason: str


Route = Literal["priority_review", "review", "none"]
Tier = Literal[1, 2, 3, 4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What Counterfoil thinks of one listing, with everything the thought rests on."""

    tenant: str
    platform: str
    listing_id: str
    tier: Tier
    score: float
    route: Route
    rule: str
    """The rule that set the tier, in words."""
    brand: str | None
    subject: str | None
    """The brand, or the watch class, that the verdict is about."""
    seller_authorised: bool
    exemption: ExemptionKind | None
    reference_id: str | None
    contributions: tuple[Contribution, ...]
    abstentions: tuple[Abstained, ...]
    recipe_version: str
    encoder: str | None
