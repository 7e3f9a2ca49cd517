"""How alike two pictures are, in one number, from what was measured between them."""

from dataclasses import dataclass
from typing import Literal

from scoring.signals.geometry import GEOMETRY_SCALE

Confidence = Literal["high", "medium", "low"]
FoundBy = Literal["fingerprint", "geometry", "appearance"]

SAME = 8
"""Differing bits of 64 up to which two fingerprints show the same picture: none of 396,000 pairs of different
pictures lies within 8."""
CLOSE = 10
"""... and up to which they are worth telling of: 8 of those pairs lie within 10."""
_HIGH, _MEDIUM = 0.85, 0.65
"""The default recipe's lines: from the one a verdict is of high confidence, from the other watched."""
LEAST = 0.40
"""Its lowest line: less likely neighbours are not shown."""

HOW_SCORED = (
    "`similarity_score` is the strongest of what was measured. **fingerprint**: dHash and pHash differ in d "
    f"of 64 bits; 1 - d/80 up to {SAME} bits (1.00 to 0.90), 0.50 and 0.40 at 9 and 10. **geometry**: so "
    "many local features agree on where the one picture lies in the other; 0.70 at 8 of them, 0.90 at 20, "
    "0.97 from 60. **appearance**: the encoder's calibrated probability that both show the same product, "
    f"from {LEAST:.2f}, of references only. `confidence` is high from {_HIGH}, medium from {_MEDIUM}."
)
"""For the API's documentation."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """A score in 0..1, and what it rests on."""

    score: float
    found_by: FoundBy
    detail: str

    @property
    def confidence(self) -> Confidence:
        """How much the score is worth."""
        if self.score >= _HIGH:
            return "high"
        return "medium" if self.score >= _MEDIUM else "low"


def by_fingerprint(distance: int) -> Similarity | None:
    """By differing bits of 64; None beyond `CLOSE`.

    >>> by_fingerprint(8).confidence, by_fingerprint(9).confidence, by_fingerprint(11)
    ('high', 'low', None)
    """
    if distance > CLOSE:
        return None
    score = 1 - distance / 80 if distance <= SAME else round(1.4 - distance / 10, 2)
    return Similarity(score, "fingerprint", f"fingerprints differ in {distance} of 64 bits")


def by_geometry(inliers: int, *, mirrored: bool) -> Similarity | None:
    """By the points that agree on a place; None where they are too few for any.

    >>> by_geometry(7, mirrored=False), by_geometry(8, mirrored=False).confidence
    (None, 'medium')
    """
    score = GEOMETRY_SCALE(inliers)
    if not score:
        return None
    turned = ", mirrored" if mirrored else ""
    return Similarity(score, "geometry", f"{inliers} points agree on its place in the picture{turned}")


def by_appearance(probability: float | None) -> Similarity | None:
    """By a calibrated probability of the same product; None where it is low, or unknown.

    >>> by_appearance(None), by_appearance(0.39), by_appearance(0.9).confidence
    (None, None, 'high')
    """
    if probability is None or probability < LEAST:
        return None
    return Similarity(probability, "appearance", f"the same product with a probability of {probability:.2f}")
