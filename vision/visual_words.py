"""Local descriptors as words: what makes ten thousand references' keypoints quick to look up.

A descriptor's two halves are each given the nearest of 256 centres; the pair is its word, one of 65,536
(the inverted multi-index of Babenko and Lempitsky, 2012). 64 bits say on which side of the word's centre it
lies along 64 directions (the Hamming embedding of Jégou et al., 2008). Centres and directions are
whole numbers, so that words and bits are exact: the same on any machine, in any batch.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Self

import numpy as np
import numpy.typing as npt

CENTRES = 256
"""Centres of a half. With 512 fewer keypoints are visited, but finding the words takes that much longer."""
WORDS = CENTRES * CENTRES

Descriptors = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint16]
Signatures = npt.NDArray[np.uint64]
Whole = npt.NDArray[np.int32]

_HALF = 64
_NEAREST = 8
"""Centres of each half whose pairs are considered for further words."""


@dataclass(frozen=True, slots=True, eq=False)
class VisualWords:
    """The vocabulary."""

    centres: npt.NDArray[np.uint8]
    """(2, 256, 64): of the descriptors' halves."""
    directions: npt.NDArray[np.int8]
    """(64, 128) of 1 and -1, orthogonal."""

    def words(self, descriptors: Descriptors, *, nearest: int = 1) -> Words:
        """(N, nearest): each descriptor's word and the next ones, in no order."""
        first, second = (self._distances(descriptors, half) for half in (0, 1))
        if nearest == 1:
            return np.asarray((first.argmin(1) * CENTRES + second.argmin(1))[:, None], np.uint16)
        rows = len(descriptors)
        a, b = _smallest(first, _NEAREST), _smallest(second, _NEAREST)
        pairs = np.take_along_axis(first, a, 1)[:, :, None] + np.take_along_axis(second, b, 1)[:, None, :]
        chosen = _smallest(pairs.reshape(rows, -1), nearest)
        one, other = np.divmod(chosen, _NEAREST)
        return np.asarray(
            np.take_along_axis(a, one, 1) * CENTRES + np.take_along_axis(b, other, 1), np.uint16
        )

    def signatures(self, descriptors: Descriptors, words: Words) -> Signatures:
        """(N, K) signatures of (N, 128) descriptors as members of (N, K) words."""
        along = self.directions.T.astype(np.float32)
        seen = descriptors.astype(np.float32) @ along
        middles = [self.centres[half].astype(np.float32) @ along[half * _HALF :][:_HALF] for half in (0, 1)]
        one, other = np.divmod(words, np.uint16(CENTRES))
        beyond = seen[:, None, :] > middles[0][one] + middles[1][other]
        return np.ascontiguousarray(np.packbits(beyond, axis=-1)).view(np.uint64)[..., 0]

    def _distances(self, descriptors: Descriptors, half: int) -> Whole:
        """(N, 256) squared distances to a half's centres, less the descriptor's own square."""
        centres = self.centres[half].astype(np.float32)
        part = descriptors[:, half * _HALF :][:, :_HALF].astype(np.float32)
        # Below 2**24, so float32 holds every one of these whole numbers exactly.
        return np.asarray((centres * centres).sum(1) - 2 * (part @ centres.T), np.int32)

    def to_bytes(self) -> bytes:
        """As an npz archive."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, centres=self.centres, directions=self.directions)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The inverse of `to_bytes`."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            return cls(kept["centres"], kept["directions"])


def _smallest(values: Whole, count: int) -> npt.NDArray[np.intp]:
    """(N, count): where each row's smallest are; of equal ones the first, whatever partitions them."""
    width = values.shape[1]
    ranked = values.astype(np.int64) * width + np.arange(width)
    return np.asarray(np.argpartition(ranked, count, axis=1)[:, :count])


@lru_cache(maxsize=1)
def visual_words() -> VisualWords:
    """The vocabulary that is shipped, read once in each process."""
    return VisualWords.from_bytes((resources.files("vision") / "visual_words.npz").read_bytes())
