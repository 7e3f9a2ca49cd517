"""A reference's artwork lies in the picture: local features agree on one plausible homography."""

from typing import ClassVar

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstention, Evidence
from scoring.features import GEOMETRY, Features, GeometryMatch
from scoring.listing import Listing
from scoring.scale import Scale
from scoring.signals.interface import Example, Signal

GEOMETRY_SCALE = Scale(((8, 0.70), (20, 0.90), (60, 0.97)))
"""Inliers to score. At 8 a match is accepted (measured on unrelated photographs: no false alarm) and
reaches the watch tier alone; never 1, because a picture of the genuine article matches just as well."""

_MARKS = (ReferenceKind.LOGO, ReferenceKind.CERTIFICATION)


class Geometry(Signal):
    """Works on photos, packaging, patterns, characters and artwork; logos have their own signal."""

    name: ClassVar[str] = "geometry"
    needs: ClassVar[tuple[str, ...]] = (GEOMETRY,)

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the reference of this brand with the most inliers."""
        best = strongest(features, brand, marks=False)
        score = GEOMETRY_SCALE(best.inliers) if best else 0.0
        if best is None or not score:
            return Abstention(f"no picture shows a reference of {brand.name}")
        mirrored = ", mirrored" if best.mirrored else ""
        return Evidence(
            score,
            f"picture {best.image + 1} shows a {best.kind} of {brand.name}{mirrored}: "
            f"{best.inliers} points agree on its place",
            best.reference_id,
        )

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The acceptance threshold, just passed and just missed."""
        return (
            example("as few points as are accepted", 8, ReferenceKind.PACKAGING, "evidence", (0.70, 0.70)),
            example("one point too few", 7, ReferenceKind.PACKAGING, "abstention"),
            example("a clear match", 40, ReferenceKind.PHOTO, "evidence", (0.90, 0.97)),
            example("a logo is another signal's", 40, ReferenceKind.LOGO, "abstention"),
        )


def strongest(features: Features, brand: Brand, *, marks: bool) -> GeometryMatch | None:
    """The match with the most inliers among a brand's marks, or among its other references."""
    matches = [
        match
        for match in features[GEOMETRY]  # type: ignore[union-attr]  # the funnel has excluded Unavailable
        if isinstance(match, GeometryMatch) and match.brand == brand.name and (match.kind in _MARKS) is marks
    ]
    return max(matches, key=lambda match: (match.inliers, -match.image, match.reference_id), default=None)


def example(
    reason: str, inliers: int, kind: ReferenceKind, says: str, score: tuple[float, float] | None = None
) -> Example:
    """A case with one geometry match on one picture."""
    match = GeometryMatch(
        reference_id="ref-1",
        brand="Northpine",
        kind=kind,
        inliers=inliers,
        mirrored=False,
        quad=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)),
    )
    return Example(
        reason=reason,
        listing=Listing(platform="ebay", listing_id="1", images=("https://img.example/1.jpg",)),
        brand=Brand(name="Northpine"),
        features={GEOMETRY: (match,)},
        says=says,
        score=score,
    )
