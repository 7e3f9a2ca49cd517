"""A brand's logo lies in the picture: its artwork is found by local features."""

from typing import ClassVar

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstention, Evidence
from scoring.features import GEOMETRY, Features
from scoring.listing import Listing
from scoring.signals.geometry import GEOMETRY_SCALE, example, strongest
from scoring.signals.interface import Example, Signal


class Logo(Signal):
    """Printed and pasted logos, by the geometry of their artwork; trained detectors are not built yet."""

    name: ClassVar[str] = "logo"
    needs: ClassVar[tuple[str, ...]] = (GEOMETRY,)

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the logo of this brand with the most inliers."""
        best = strongest(features, brand, marks=True)
        score = GEOMETRY_SCALE(best.inliers) if best else 0.0
        if best is None or not score:
            return Abstention(f"no logo of {brand.name} was found in a picture")
        mirrored = " (mirrored: a modified mark)" if best.mirrored else ""
        return Evidence(
            score,
            f"picture {best.image + 1} bears a {best.kind} of {brand.name}{mirrored}: "
            f"{best.inliers} points agree on its place",
            best.reference_id,
        )

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The same threshold as geometry's, and no other kind of reference."""
        return (
            example("as few points as are accepted", 8, ReferenceKind.LOGO, "evidence", (0.70, 0.70)),
            example("one point too few", 7, ReferenceKind.LOGO, "abstention"),
            example("packaging is geometry's", 40, ReferenceKind.PACKAGING, "abstention"),
        )
