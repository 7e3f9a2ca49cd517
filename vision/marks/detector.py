"""A trained detector of one mark: templates to search with, and a head to judge what was found."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from zipfile import BadZipFile

import numpy as np

from scoring.errors import CatalogError
from vision.marks.backbone import Floats, Pixels
from vision.marks.embedding import SIDE
from vision.marks.windows import Place, Pyramid, Template, crop, dump_templates, load_templates

CANDIDATES = 4
"""Places of a picture that the head judges: with more, false alarms grow faster than marks are found."""
CROP = 1.25
"""A crop's side over the mark's longer side."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A linear judgement of embeddings and likeness, in units of what pictures without the mark reach."""

    weights: Floats
    """(size,), on embeddings."""
    bias: float
    likeness: float
    """What a cosine of 1 adds."""

    def judge(self, embeddings: Floats, places: Sequence[Place]) -> Floats:
        """Each place's standing, (N,): any number, higher where the mark is likelier."""
        likeness = np.array([place.likeness for place in places], np.float32)
        return np.asarray(embeddings @ self.weights + self.bias + self.likeness * likeness, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """Everything that finds one mark. Arrays only: it is read without running anything from the file."""

    embedding: str
    """The key of the embedder that it was trained on."""
    templates: tuple[Template, ...]
    head: Head
    slope: float
    offset: float
    """Standing to probability: a logistic curve, from cross-validation."""
    accept: float
    """The least probability that is a find."""

    def probabilities(self, embeddings: Floats, places: Sequence[Place]) -> Floats:
        """Of each place's bearing the mark, (N,), where half of all pictures did."""
        standing = self.head.judge(embeddings, places)
        return np.asarray(
            1 / (1 + np.exp(-np.clip(self.slope * standing + self.offset, -50, 50))), np.float32
        )

    def to_bytes(self) -> bytes:
        """One .npz of arrays."""
        buffer = io.BytesIO()
        numbers = (self.head.bias, self.head.likeness, self.slope, self.offset, self.accept)
        np.savez_compressed(
            buffer,
            embedding=np.array(self.embedding),
            weights=self.head.weights,
            numbers=np.array(numbers, np.float64),
            **dump_templates(self.templates),  # type: ignore[arg-type]
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The inverse of `to_bytes`; `CatalogError` where the bytes are anything else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                bias, likeness, slope, offset, accept = kept["numbers"].tolist()
                return cls(
                    embedding=str(kept["embedding"]),
                    templates=load_templates(kept),
                    head=Head(kept["weights"].astype(np.float32), bias, likeness),
                    slope=slope,
                    offset=offset,
                    accept=accept,
                )
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise CatalogError(
                f"These bytes are no detector of this version: {error}.",
                hint="Train the mark again: counterfoil mark train.",
            ) from error


def square(picture: Pixels | Pyramid, place: Place) -> Pixels:
    """The crop that a place is judged by: (SIDE, SIDE, 3)."""
    return crop(picture, (place.x, place.y), side=place.size * CROP, to=SIDE)
