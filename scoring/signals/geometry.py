"""A reference's artwork lies in the picture: local features agree on one plausible homography."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from scoring.brand import Brand, ReferenceKind
from scoring.evidence import Abstention, Evidence
from scoring.features import GEOMETRY, Features, GeometryMatch, matches
from scoring.listing import Listing
from scoring.reference_kinds import MEANING, KindWeights, discount, weighed
from scoring.regions import Region, centre, inside
from scoring.scale import Scale
from scoring.signals.interface import Example, RegionalSignal

GEOMETRY_SCALE = Scale(((8, 0.70), (20, 0.90), (60, 0.97)))
"""Inliers to score. At 8 a match is accepted: of 636 unrelated photographs none had more than 5 with any of
20 packages, and each of 160 modified copies had 31 or more. It then reaches the watch tier alone. Never
1, because a picture of the genuine article matches just as well."""

_OUTSHINES = 3
"""Times the inliers. A carton's side matched another brand's side by 17 points of barcode and table, and
its own reference by hundreds."""

_OTHERS = (ReferenceKind.LOGO, ReferenceKind.CERTIFICATION)
"""Kinds with a signal of their own. A certification mark is nobody's logo: all lawful goods bear it."""


class GeometrySignal(RegionalSignal):
    """The best match among some kinds of a brand's references; a subclass says which, and the words."""

    needs: ClassVar[tuple[str, ...]] = (GEOMETRY,)
    marks: ClassVar[bool]
    """Whether it looks at logos, or at every other kind of reference but certification marks."""
    kinds: KindWeights = Field(
        default={}, description="factors on the score by kind of reference; a kind not named counts 1"
    )
    shows: ClassVar[str]
    mirrored: ClassVar[str]
    absent: ClassVar[str]

    def weigh(self, listing: Listing, brand: Brand, features: Features) -> Evidence | Abstention:
        """Score the reference of this brand that counts most: by its inliers and what its kind weighs."""
        found = shown(features, brand, marks=self.marks, regions=self.regions)
        best = max(
            found,
            key=lambda it: (self._score(it), it.inliers, -it.image, it.reference_id),
            default=None,
        )
        score = self._score(best) if best else 0.0
        if best is None or not score:
            return Abstention(self.absent.format(brand=brand.name))
        return Evidence(
            score,
            f"picture {best.image + 1} {self.shows} a {best.kind} reference of {brand.name}"
            f"{self.mirrored if best.mirrored else ''}: {best.inliers} points agree on its place, so "
            f"{MEANING[best.kind]}{discount(best.kind, self.kinds)}",
            best.reference_id,
        )

    def _score(self, match: GeometryMatch) -> float:
        return weighed(GEOMETRY_SCALE(match.inliers), match.kind, self.kinds)


class Geometry(GeometrySignal):
    """Works on photos, packaging, patterns, characters and artwork; logos have their own signal."""

    name: ClassVar[str] = "geometry"
    marks: ClassVar[bool] = False
    shows: ClassVar[str] = "shows"
    mirrored: ClassVar[str] = ", mirrored"
    absent: ClassVar[str] = "no picture shows a reference of {brand}"

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The acceptance threshold, just passed and just missed."""
        return (
            example("as few points as are accepted", 8, ReferenceKind.PACKAGING, "evidence", (0.70, 0.70)),
            example("one point too few", 7, ReferenceKind.PACKAGING, "abstention"),
            example("a clear match", 40, ReferenceKind.PHOTO, "evidence", (0.90, 0.97)),
            example("a logo is another signal's", 40, ReferenceKind.LOGO, "abstention"),
            _contested("another brand's reference explains the place far better", 51, "abstention"),
            _contested("another brand's reference explains it a little better", 50, "evidence"),
        )


def shown(
    features: Features, brand: Brand, *, marks: bool, regions: tuple[Region, ...] = ()
) -> list[GeometryMatch]:
    """The matches with a brand's logos, or with its other references, in some regions.

    A match that another brand's reference explains far better is none: barcodes and tables of
    ingredients look alike on everybody's packages. A mark may lie on anything.
    """
    everything = matches(features, GEOMETRY, GeometryMatch)
    return [
        match
        for match in inside(everything, regions)
        if match.brand == brand.name
        and (match.kind is ReferenceKind.LOGO if marks else match.kind not in _OTHERS)
        and (marks or not any(_outshines(other, match) for other in everything))
    ]


def _outshines(other: GeometryMatch, match: GeometryMatch) -> bool:
    """Whether another brand's reference lies in the same place with several times the inliers."""
    if other.brand == match.brand or other.image != match.image:
        return False
    if other.inliers < _OUTSHINES * match.inliers:
        return False
    left, right = min(x for x, _ in other.quad), max(x for x, _ in other.quad)
    top, bottom = min(y for _, y in other.quad), max(y for _, y in other.quad)
    x, y = centre(match.quad)
    return left <= x <= right and top <= y <= bottom


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


def _contested(reason: str, others: int, says: str) -> Example:
    """17 points for Northpine, and more for another brand in the same place."""
    case = example(reason, 17, ReferenceKind.PACKAGING, says)
    (match,) = case.features[GEOMETRY]  # type: ignore[misc]
    rival = replace(match, brand="Fennavel", reference_id="ref-2", inliers=others)
    return replace(case, features={GEOMETRY: (match, rival)})
