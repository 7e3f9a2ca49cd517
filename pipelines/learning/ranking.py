"""How often the right reference comes first: what a reviewer sees of an encoder, which pairs do not say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.learning.fit import Array
from pipelines.learning.projection import Told
from vision.adapter import Adapter, Vectors
from vision.union import roots, unite

_AT_A_TIME = 512
"""Pictures that are ranked together: against 10,000 references, 20 MB of cosines."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Pictures and the references that each of them is looked for among.

    Those are the references of all pairs, held out or not, as a search has them all. Pictures that pairs call
    the same, directly or through others, show one product.
    """

    pictures: Vectors
    references: Vectors
    right: npt.NDArray[np.bool_]
    """(pictures, references) which show the picture's product."""
    itself: npt.NDArray[np.bool_]
    """(pictures, references) which are the very picture: it is not looked for among itself."""

    @classmethod
    def of(cls, held: Told, known: Sequence[Told]) -> "Ranking":
        """Of the held-out pairs, in their order; `known` are all pairs, these among them."""
        numbers: dict[bytes, int] = {}
        ends = [
            (
                [numbers.setdefault(it.tobytes(), len(numbers)) for it in told.a],
                [numbers.setdefault(it.tobytes(), len(numbers)) for it in told.b],
            )
            for told in known
        ]
        parents = np.arange(len(numbers), dtype=np.uint32)
        for told, (ones, others) in zip(known, ends, strict=True):
            same = told.same > 0
            if same.any():
                unite(parents, np.array(ones, np.uint32)[same], np.array(others, np.uint32)[same])
        products = roots(parents, np.arange(len(numbers), dtype=np.uint32))
        everything = np.concatenate([told.b for told in known])
        whose, places = np.unique(np.concatenate([others for _, others in ends]), return_index=True)
        asked = np.array([numbers[it.tobytes()] for it in held.a])
        return cls(
            held.a.astype(np.float32),
            everything[places].astype(np.float32),
            products[asked][:, None] == products[whose],
            asked[:, None] == whose,
        )

    def firsts(self, adapter: Adapter | None) -> Array:
        """1.0 for each picture whose nearest other reference shows its product, 0.0 for the rest."""
        pictures, references = self.pictures, self.references
        if adapter is not None:
            pictures, references = adapter.apply(pictures), adapter.apply(references)
        first = np.empty(len(pictures))
        for at in range(0, len(pictures), _AT_A_TIME):
            rows = slice(at, at + _AT_A_TIME)
            cosines = np.where(self.itself[rows], -np.inf, pictures[rows] @ references.T)
            first[rows] = self.right[rows][np.arange(len(cosines)), cosines.argmax(axis=1)]
        return first
