"""The goods bear a brand's signature pattern: its texture covers a part of a picture."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Evidence
from scoring.features import PATTERNS, Features, PatternMatch, matches
from scoring.listing import Listing
from scoring.scale import Scale
from scoring.signals.interface import Example, Signal

_SCALE = Scale(((0.80, 0.40), (0.98, 0.65), (0.99, 0.85), (1.0, 0.95)))
"""Probability to score. On the development half of the scenarios every pattern laid on goods came to 0.99 or
more but two, while fruit in a heap came to 0.9 with one of three patterns."""


class Pattern(Signal):
    """A pattern is the same whatever it is printed on, so it is looked for in windows, not as a picture.

    A texture is not a text: a weaver may come to much the same check by himself. So even a certain match
    scores at most `most`, and one on little of the picture less.
    """

    name: ClassVar[str] = "pattern"
    needs: ClassVar[tuple[str, ...]] = (PATTERNS,)

    floor: float = Field(default=0.8, ge=0, le=1, description="a less probable match says nothing")
    most: float = Field(default=0.92, gt=0, le=1, description="what a certain match on much of it scores")
    on_little: float = Field(default=0.8, gt=0, le=1, description="factor where it covers less than `little`")
    little: float = Field(default=0.04, ge=0, le=1, description="share of the picture that is little")

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the most telling place of a pattern of this brand."""
        found = [match for match in matches(features, PATTERNS, PatternMatch) if match.brand == brand.name]
        best = max(
            found,
            key=lambda it: (self._score(it), it.probability, -it.image, it.reference_id),
            default=None,
        )
        if best is None or best.probability < self.floor:
            return Abstention(f"no pattern of {brand.name} was found in a picture")
        return Evidence(
            self._score(best),
            f"picture {best.image + 1} bears a pattern of {brand.name} on {best.share:.0%} of it "
            f"(probability {best.probability:.2f}, by its texture)",
            best.reference_id,
        )

    def _score(self, match: PatternMatch) -> float:
        factor = self.on_little if match.share < self.little else 1.0
        return round(factor * min(self.most, _SCALE(match.probability)), 12)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The floor, little and much of a picture, and another brand's pattern."""

        def case(
            reason: str, probability: float, share: float, says: str, *score: float, owner: str = "Northpine"
        ) -> Example:
            match = PatternMatch(
                reference_id="ref-1",
                brand=owner,
                similarity=0.8,
                probability=probability,
                share=share,
                quad=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)),
            )
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
                brand=Brand(name="Northpine"),
                features={PATTERNS: (match,)},
                says=says,
                score=(score[0], score[0]) if score else None,
            )

        return (
            case("certain, on much of the picture", 1.0, 0.3, "evidence", 0.92),
            case("certain, on just enough of it", 1.0, 0.04, "evidence", 0.92),
            case("certain, but on a pocket", 1.0, 0.039, "evidence", 0.736),
            case("from here on a person watches", 0.98, 0.3, "evidence", 0.65),
            case("as probable as is said", 0.8, 0.3, "evidence", 0.40),
            case("a little less", 0.799, 0.3, "abstention"),
            case("another brand's pattern", 1.0, 0.3, "abstention", owner="Fennavel"),
        )
