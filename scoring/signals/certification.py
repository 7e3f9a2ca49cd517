"""A picture bears a certification mark: safety is claimed for goods that something else made suspect."""

from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand
from scoring.evidence import Abstention, Evidence
from scoring.features import CERTIFICATIONS, CertificationMatch, Features, matches
from scoring.listing import Listing
from scoring.signals.interface import Example, Signal

_PLACE = ((0.4, 0.4), (0.5, 0.4), (0.5, 0.5), (0.4, 0.5))


class Certification(Signal):
    """Lawful goods of every maker bear such marks, and a forged one looks like a genuine one.

    So it accuses nobody: it is asked only where other signals have fired, scores below anything that
    counts as fired, and tells a person what to check. A mark that the brand names as its own (`kind:
    certification` in brand.yaml, or a reference) weighs a little more than any other.
    """

    name: ClassVar[str] = "certification"
    needs: ClassVar[tuple[str, ...]] = (CERTIFICATIONS,)

    named: float = Field(default=0.15, ge=0, le=1, description="a mark that the brand names as its goods'")
    other: float = Field(default=0.05, ge=0, le=1, description="any other mark")
    certain_height: float = Field(
        default=30.0, gt=0, description="pixels; a smaller mark is told as uncertain, for most are missed"
    )

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Tell the marks, largest first; the score is that of the most telling one."""
        found = [
            it
            for it in matches(features, CERTIFICATIONS, CertificationMatch)
            if it.brand in (None, brand.name)
        ]
        if not found:
            return Abstention("no certification mark was found in a picture")
        ours = brand.certifications
        found.sort(key=lambda it: (not _named(it, ours), -it.height, it.image, it.mark))
        said = ", ".join(self._said(it) for it in found[:3])
        best = found[0]
        return Evidence(
            self.named if _named(best, ours) else self.other,
            f"{said}: a person checks whether the goods are certified",
            best.reference_id,
        )

    def _said(self, it: CertificationMatch) -> str:
        doubt = "; small, uncertain" if it.height < self.certain_height else ""
        return f"{it.mark} on picture {it.image + 1} ({it.height:.0f} pixels high{doubt})"

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Named or not, large or small, one's own artwork or another brand's."""
        brand = Brand.model_validate(
            {"name": "Northpine", "marks": [{"text": "CE", "kind": "certification"}]}
        )

        def case(
            reason: str, says: str, mark: str, height: float, *score: float, owner: str | None = None
        ) -> Example:
            match = CertificationMatch(
                mark=mark,
                height=height,
                likeness=0.9,
                quad=_PLACE,
                brand=owner,
                reference_id="ref-1" if owner else None,
            )
            return Example(
                reason=reason,
                listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
                brand=brand,
                features={CERTIFICATIONS: (match,)},
                says=says,
                score=(score[0], score[0]) if score else None,
            )

        nothing = case("no mark", "abstention", "CE", 30)
        return (
            case("a mark that the brand names", "evidence", "CE", 30, 0.15),
            case("a mark that it does not name", "evidence", "UL", 30, 0.05),
            case("a small one counts as much, and is told as uncertain", "evidence", "CE", 12, 0.15),
            case("the brand's own artwork", "evidence", "seal.svg", 40, 0.15, owner="Northpine"),
            case("another brand's artwork", "abstention", "seal.svg", 40, owner="Fennavel"),
            Example(
                reason=nothing.reason,
                listing=nothing.listing,
                brand=brand,
                features={CERTIFICATIONS: ()},
                says="abstention",
            ),
        )


def _named(it: CertificationMatch, ours: frozenset[str]) -> bool:
    return it.brand is not None or it.mark.casefold() in ours
