"""What it means that a picture shows a reference, by the reference's kind: a weight, and words for it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from scoring.brand import ReferenceKind

KindWeights = Mapping[ReferenceKind, Annotated[float, Field(gt=0, le=1)]]
"""Factors on a score, by kind; a kind that is not named counts in full.

At most 1, so that a weight can only tell less of what was measured: no kind makes a weak match strong.
"""

MEANING: Mapping[ReferenceKind, str] = {
    ReferenceKind.PHOTO: "its photograph, or the article in it, is shown by somebody else",
    ReferenceKind.PACKAGING: "its packaging is on sale, as fakes show it and honest resale too",
    ReferenceKind.PATTERN: "its pattern is on the goods",
    ReferenceKind.CHARACTER: "its character is on the goods, which takes a licence",
    ReferenceKind.ARTWORK: "its artwork is on the goods, which takes a licence",
    ReferenceKind.LOGO: "its logo is on the goods",
    ReferenceKind.CERTIFICATION: "the goods claim to be certified",
    ReferenceKind.NEGATIVE: "it says nothing",
}
"""What a found reference says of the goods, for the person who decides."""


def weighed(score: float, kind: ReferenceKind, weights: KindWeights) -> float:
    """The score of a reference of this kind.

    >>> weighed(0.9, ReferenceKind.PACKAGING, {ReferenceKind.PACKAGING: 0.5})
    0.45
    >>> weighed(0.9, ReferenceKind.ARTWORK, {ReferenceKind.PACKAGING: 0.5})
    0.9
    """
    return round(score * weights.get(kind, 1.0), 12)


def discount(kind: ReferenceKind, weights: KindWeights) -> str:
    """What to add to a piece of evidence whose kind counts less.

    >>> discount(ReferenceKind.PACKAGING, {ReferenceKind.PACKAGING: 0.5})
    '; packaging references count 0.5'
    >>> discount(ReferenceKind.ARTWORK, {})
    ''
    """
    weight = weights.get(kind, 1.0)
    return "" if weight == 1.0 else f"; {kind} references count {weight:g}"
