"""References' repeating patterns found in pictures by their texture, wherever they are and however large."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import resources

import numpy as np
import numpy.typing as npt

from scoring.scale import Scale
from vision.pattern_space import PatternSpace
from vision.pattern_windows import Boxes, Pixels, Vectors, views, windows

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
Scores = npt.NDArray[np.float64]

SHARES = (0.14, 0.24, 0.42)
"""Sides of a picture's windows as shares of its short side: the smallest still holds a pocket's worth."""

WITNESSES = 2
"""The most similar windows whose mean decides."""

LIKELY = 0.5
"""Less probable patterns are not reported."""

PROBABILITY = Scale(((0.76, 0.1), (0.84, 0.5), (0.86, 0.85), (0.93, 1.0)))
"""Similarity to probability (`python -m benchmarks.patterns`): at 0.84 two of 88 photographs of people and
goods resemble one of twelve patterns, at 0.82 it was eight, and no other photograph nor goods with another of
them do. What stays alike beyond 0.86 are other drawings in the very same colours, 1 in 15."""


_SHIPPED = resources.files("vision") / "pattern_space.npz"

SPACE_VERSION = sha256(_SHIPPED.read_bytes()).hexdigest()[:12]
"""Names the space that is shipped: textures of another one are of no use in it."""


@lru_cache(maxsize=1)
def pattern_space() -> PatternSpace:
    """The space that is shipped, read once in each process."""
    return PatternSpace.from_bytes(_SHIPPED.read_bytes())


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternHit:
    """A reference's pattern on a part of a picture."""

    key: str
    similarity: float
    """Mean of the `WITNESSES` most similar windows' cosines, -1 to 1."""
    probability: float
    share: float
    """Of the picture's area that similar windows cover."""
    quad: Quad
    """The rectangle around them, from the top left, clockwise, as fractions of width and height."""


class PatternIndex:
    """References to look for. Picklable; what `match` says of one does not depend on the others."""

    def __init__(self, *, space: PatternSpace | None = None) -> None:
        self._space = space or pattern_space()
        self._known: dict[str, Vectors] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, key: str, texture: Vectors) -> None:
        """Look for a reference with this `texture` from now on."""
        self._known[key] = texture

    def match(self, pixels: Pixels) -> list[PatternHit]:
        """The patterns that (H, W, 3) RGB pixels show, the most probable first."""
        if not self._known:
            return []
        seen = windows(pixels, SHARES)
        vectors = self._space(seen.vectors)
        found = [
            hit
            for key, known in self._known.items()
            if (hit := _judged(key, vectors, known, seen.boxes)) is not None
        ]
        return sorted(found, key=lambda hit: (-hit.probability, -hit.similarity, hit.key))


def _judged(key: str, vectors: Vectors, known: Vectors, boxes: Boxes) -> PatternHit | None:
    """What the windows say of one reference, where it is likelier than not."""
    cosines = nearest(vectors, known)
    similarity = float(np.sort(cosines)[-WITNESSES:].mean())
    says = np.array([PROBABILITY(float(cosine)) for cosine in cosines])
    probability = PROBABILITY(similarity)
    if probability < LIKELY:
        return None
    bearing = boxes[says >= LIKELY]
    if not len(bearing):
        bearing = boxes[[int(says.argmax())]]
    left, top = (float(edge) for edge in bearing[:, :2].min(axis=0))
    right, bottom = (float(edge) for edge in bearing[:, 2:].max(axis=0))
    return PatternHit(
        key=key,
        similarity=similarity,
        probability=probability,
        share=_covered(bearing),
        quad=((left, top), (right, top), (right, bottom), (left, bottom)),
    )


def texture(pixels: Pixels, *, space: PatternSpace | None = None) -> Vectors:
    """(N, K): a reference's windows at every size and angle, in the pattern space."""
    return (space or pattern_space())(views(pixels))


def nearest(vectors: Vectors, known: Vectors) -> Scores:
    """(N,) cosine of each window with the most similar view of a reference."""
    return np.asarray((vectors @ known.T).max(axis=1), np.float64)


def _covered(boxes: Boxes) -> float:
    """Share of the picture under any of the boxes, on a grid of hundredths."""
    grid = np.zeros((100, 100), dtype=np.bool_)
    for left, top, right, bottom in np.rint(boxes * 100).astype(int):
        grid[top:bottom, left:right] = True
    return float(grid.mean())
