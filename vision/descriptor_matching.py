"""Which keypoints of a picture are which of a reference's, and of its mirror image's.

A mirror image need not be described: SIFT's vector of a mirrored patch is the vector of the patch with
its components swapped in 64 pairs. With the pairs' sums and differences apart, one matrix product of
the usual size gives the similarities with both: their sum is the picture's, their difference the mirror
image's.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from vision.local_features import NORM, LocalFeatures

Floats = npt.NDArray[np.float32]

# A vector's components are [row 4][column 4][direction 8] in the keypoint's own frame, whose first axis
# is its angle: a mirror turns the rows over and the directions round.
_INDEX = np.arange(128).reshape(4, 4, 8)
_MIRRORED = _INDEX[::-1][:, :, -np.arange(8) % 8].reshape(-1)
_FIRST = np.flatnonzero(np.arange(128) < _MIRRORED)
_SECOND = _MIRRORED[_FIRST]


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """Descriptors as sums and differences of their mirrored pairs; a reference's are halved.

    A product of two pairs is half the product of their sums plus half that of their differences. A half
    is exact in binary, so nothing is rounded.
    """

    sums: Floats
    """(N, 64)."""
    differences: Floats
    """(N, 64)."""
    squares: Floats
    """(N,) squared norms of the descriptors."""

    @classmethod
    def of(cls, descriptors: npt.NDArray[np.uint8], *, factor: float) -> Self:
        """The halves of (N, 128) descriptors: factor 1 for a picture's, 0.5 for a reference's."""
        whole = descriptors.astype(np.float32)
        first, second = np.float32(factor) * whole[:, _FIRST], np.float32(factor) * whole[:, _SECOND]
        return cls(first + second, first - second, (whole * whole).sum(axis=1))

    def chosen(self, rows: npt.NDArray[np.int64]) -> Self:
        """Some of them."""
        return type(self)(self.sums[rows], self.differences[rows], self.squares[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """One-to-one matches, the most distinct first."""

    picture: npt.NDArray[np.intp]
    reference: npt.NDArray[np.intp]


def mirrored(features: LocalFeatures) -> LocalFeatures:
    """What the picture's mirror image would be described as."""
    frames = features.frames.copy()
    frames[:, 0] = features.size[0] - 1 - frames[:, 0]
    frames[:, 3] = np.float32(np.pi) - frames[:, 3]
    return LocalFeatures(frames, features.descriptors[:, _MIRRORED], features.size)


def scratch(pictures: int, references: int) -> Floats:
    """Room for `similarities` of so many keypoints. Fresh memory for each reference costs twice the sums."""
    return np.empty((3, pictures * references), dtype=np.float32)


def similarities(picture: Halves, reference: Halves, *, room: Floats) -> tuple[Floats, Floats]:
    """(P, R) inner products with the reference, and with its mirror image: views of `room`."""
    shape = len(picture.sums), len(reference.sums)
    sums, differences, mirrored = (part[: shape[0] * shape[1]].reshape(shape) for part in room)
    np.matmul(picture.sums, reference.sums.T, out=sums)
    np.matmul(picture.differences, reference.differences.T, out=differences)
    np.subtract(sums, differences, out=mirrored)
    np.add(sums, differences, out=sums)
    return sums, mirrored


def distinct_pairs(similar: Floats, picture: Halves, reference: Halves, *, ratio: float) -> Pairs:
    """Pairs that are each other's nearest and clearly nearer than the runner-up on both sides.

    With `ratio` below 1 they are one to one: a keypoint with a nearer partner elsewhere fails on that side.
    `similar` is changed on the way and put back. A runner-up's squared norm is taken as 512²: rounding
    moves it by half a per cent.
    """
    rows = np.arange(len(similar))
    best = similar.argmax(axis=1)
    nearest = similar[rows, best]
    similar[rows, best] = -np.inf
    runner_up = similar.max(axis=1)
    similar[rows, best] = nearest
    distance = np.maximum(picture.squares + reference.squares[best] - 2 * nearest, 0)
    along_row = _ratio(distance, picture.squares + NORM**2 - 2 * runner_up)
    kept = np.flatnonzero(along_row <= ratio)
    columns = similar[:, best[kept]]
    columns[kept, np.arange(len(kept))] = -np.inf
    along_column = _ratio(
        distance[kept], reference.squares[best[kept]] + NORM**2 - 2 * columns.max(axis=0, initial=-np.inf)
    )
    worse = np.maximum(along_row[kept], along_column)
    order = np.argsort(worse, kind="stable")
    order = order[worse[order] <= ratio]
    return Pairs(kept[order], best[kept[order]])


def _ratio(nearest: Floats, runner_up: Floats) -> npt.NDArray[np.float64]:
    """Of the distances, from their squares; 1 where the runner-up is as near, be it at distance 0."""
    ratio = np.sqrt(nearest.astype(np.float64) / np.maximum(runner_up, 1.0))
    return np.where(runner_up <= nearest, 1.0, ratio)
