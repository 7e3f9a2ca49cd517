"""The picture looks like a reference: nearest neighbours among embeddings."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstention, Evidence
from scoring.features import APPEARANCE, AppearanceMatch, Features, matches
from scoring.listing import Listing
from scoring.reference_kinds import KindWeights, discount, weighed
from scoring.scale import Scale
from scoring.signals.interface import Example, Signal

UNCALIBRATED = Scale(((0.88, 0.40), (0.92, 0.65), (0.94, 0.85), (1.0, 1.0)))
"""Raw CLIP cosine to score where an encoder has no calibration: published practice calls 0.94 the same
image, 0.92 the same product and warns of everything below 0.88; each is put on the tier it deserves."""


class Appearance(Signal):
    """Calibrated probability of the same product, or the published thresholds, and it says which."""

    name: ClassVar[str] = "appearance"
    needs: ClassVar[tuple[str, ...]] = (APPEARANCE,)

    floor: float = Field(default=0.40, ge=0, le=1, description="below this a resemblance says nothing")
    kinds: KindWeights = Field(
        default={}, description="factors on the score by kind of reference; a kind not named counts 1"
    )

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the reference of this brand that counts most: by its nearness and what its kind weighs."""
        found = [
            match for match in matches(features, APPEARANCE, AppearanceMatch) if match.brand == brand.name
        ]
        if not found:
            return Abstention(f"no reference of {brand.name} is among the nearest")
        best = max(
            found, key=lambda match: (self._score(match), match.cosine, -match.image, match.reference_id)
        )
        calibrated = best.probability is not None
        score = self._score(best)
        how = f"cosine {best.cosine:.3f} by {best.encoder}{'' if calibrated else ', uncalibrated'}"
        if score < self.floor:
            return Abstention(f"no reference of {brand.name} looks like it (nearest: {how})")
        return Evidence(
            score,
            f"picture {best.image + 1} looks like a {best.kind} reference of {brand.name} ({how})"
            f"{discount(best.kind, self.kinds)}",
            best.reference_id,
        )

    def _score(self, match: AppearanceMatch) -> float:
        measured = match.probability if match.probability is not None else UNCALIBRATED(match.cosine)
        return weighed(measured, match.kind, self.kinds)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The published thresholds, each just passed and just missed, and a calibrated encoder."""
        brand = Brand(name="Northpine")
        listing = Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",))

        def case(reason: str, cosine: float, probability: float | None, says: str, *score: float) -> Example:
            match = AppearanceMatch(
                reference_id="ref-1",
                brand="Northpine",
                kind=ReferenceKind.PHOTO,
                cosine=cosine,
                probability=probability,
                encoder="vit-b-32",
            )
            return Example(
                reason=reason,
                listing=listing,
                brand=brand,
                features={APPEARANCE: (match,)},
                says=says,
                score=(score[0], score[1]) if score else None,
            )

        return (
            case("the same image by the published threshold", 0.94, None, "evidence", 0.85, 0.85),
            case("the same product by the published threshold", 0.92, None, "evidence", 0.65, 0.65),
            case("just under the floor of shared style", 0.8799, None, "abstention"),
            case(
                "a calibrated encoder's probability counts, not its cosine",
                0.50,
                0.97,
                "evidence",
                0.97,
                0.97,
            ),
            case("calibrated and improbable", 0.95, 0.10, "abstention"),
        )
