"""What a crop that may hold a mark is judged by: the built-in layers, or an open_clip encoder."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from vision.encoder import Encoder
from vision.marks.backbone import Floats, Pixels, layers, whitenings

SIDE = 96
"""Pixels of a crop. Six cells of `deep` along each side."""


class CropEmbedder(Protocol):
    """Square crops to vectors of length 1."""

    @property
    def key(self) -> str:
        """Names the vectors; a detector works with those it was trained on."""

    def embed(self, crops: Sequence[Pixels]) -> Floats:
        """(N, SIDE, SIDE, 3) RGB to (N, size)."""


class BuiltIn:
    """The deep layer of the network that the search uses; it needs no checkpoint."""

    @property
    def key(self) -> str:
        """The network's."""
        return layers().key

    def embed(self, crops: Sequence[Pixels]) -> Floats:
        """2,304 numbers a crop."""
        cells = whitenings()[1](layers().deep(crops))
        flat = cells.reshape(len(cells), -1)
        return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), np.float32)


class OpenClip:
    """Any open_clip encoder, as the settings name it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def key(self) -> str:
        """The encoder's."""
        return self._encoder.key

    def embed(self, crops: Sequence[Pixels]) -> Floats:
        """As many numbers a crop as the encoder gives."""
        return self._encoder.embed([self._encoder.prepare(crop) for crop in crops])
