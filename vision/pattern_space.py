"""The space in which windows of patterns are compared."""

import io
from dataclasses import dataclass
from typing import Self

import numpy as np

from vision.pattern_windows import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class PatternSpace:
    """A map into a space where windows of one pattern lie close, and of two patterns apart.

    Two layers, learnt from drawn patterns alone (`benchmarks/pattern_space.py`): what light, folds, noise
    and a seam do to a window becomes small, and what tells one pattern from another stays.
    """

    mean: Vectors
    """(D,)."""
    spread: Vectors
    """(D,)."""
    first: Vectors
    """(D + 1, H), the last row added to every window."""
    second: Vectors
    """(H + 1, K), likewise."""

    def __call__(self, vectors: Vectors) -> Vectors:
        """(N, D) to (N, K), each of length 1."""
        hidden = np.maximum((vectors - self.mean) / self.spread @ self.first[:-1] + self.first[-1], 0)
        mapped = hidden @ self.second[:-1] + self.second[-1]
        return np.asarray(
            mapped / np.maximum(np.linalg.norm(mapped, axis=1, keepdims=True), 1e-9), np.float32
        )

    def to_bytes(self) -> bytes:
        """As an npz archive, in half precision."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, **{name: getattr(self, name).astype(np.float16) for name in self.__slots__}
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The inverse of `to_bytes`, but for the precision."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            return cls(**{name: kept[name].astype(np.float32) for name in cls.__slots__})
