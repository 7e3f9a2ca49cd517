"""The picture is a reference's, or a view of it: the perceptual hash says so."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstention, Evidence
from scoring.features import FINGERPRINT, Features, FingerprintMatch, matches
from scoring.listing import Listing
from scoring.reference_kinds import KindWeights, discount, weighed
from scoring.signals.interface import Example, Signal


class Fingerprint(Signal):
    """Vision has confirmed the distance; a match is near certain, so it scores near 1."""

    name: ClassVar[str] = "fingerprint"
    needs: ClassVar[tuple[str, ...]] = (FINGERPRINT,)

    per_bit: float = Field(default=0.01, gt=0, le=0.015, description="what each differing bit of 64 costs")
    kinds: KindWeights = Field(
        default={}, description="factors on the score by kind of reference; a kind not named counts 1"
    )

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the match with a reference of this brand that counts most."""
        found = [
            match for match in matches(features, FINGERPRINT, FingerprintMatch) if match.brand == brand.name
        ]
        if not found:
            return Abstention(f"no picture has the fingerprint of a reference of {brand.name}")
        best = min(
            found, key=lambda match: (-self._score(match), match.distance, match.image, match.reference_id)
        )
        view = "" if best.view == "whole" else f" ({best.view})"
        return Evidence(
            self._score(best),
            f"picture {best.image + 1} is a {best.kind} reference of {brand.name}{view}, copied: "
            f"{best.distance} bits of 64 apart{discount(best.kind, self.kinds)}",
            best.reference_id,
        )

    def _score(self, match: FingerprintMatch) -> float:
        return weighed(1.0 - self.per_bit * match.distance, match.kind, self.kinds)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Distance sets the score; another brand's reference is nobody's evidence here."""
        brand = Brand(name="Northpine")
        listing = Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",))

        def match(distance: int, *, owner: str = "Northpine") -> dict[str, tuple[FingerprintMatch, ...]]:
            return {
                FINGERPRINT: (
                    FingerprintMatch(
                        reference_id="ref-1",
                        brand=owner,
                        kind=ReferenceKind.PACKAGING,
                        distance=distance,
                        view="whole",
                    ),
                )
            }

        def case(
            reason: str, features: Features, says: str, score: tuple[float, float] | None = None
        ) -> Example:
            return Example(
                reason=reason, listing=listing, brand=brand, features=features, says=says, score=score
            )

        return (
            case("the very picture", match(0), "evidence", (1.0, 1.0)),
            case("re-encoded: a few bits differ", match(4), "evidence", (0.95, 0.97)),
            case("another brand's picture", match(0, owner="Other"), "abstention"),
            case("measured, nothing found", {FINGERPRINT: ()}, "abstention"),
        )
