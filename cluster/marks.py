"""A tenant's marks from its stores: artwork made ready, detectors read, and the embedding that they need."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from catalog.blobs import BlobStore, DerivedStore
from scoring.brand import Reference, ReferenceKind
from scoring.errors import UnavailableError
from vision.checkpoint import EncoderSpec
from vision.decode import decode
from vision.encoder import Encoder
from vision.marks import Artwork, BuiltIn, CropEmbedder, Detector, MarkIndex, OpenClip
from vision.svg import render_svg

if TYPE_CHECKING:
    from cluster.settings import Settings
    from cluster.state import State

_ARTWORK = "mark-artwork-2"
"""What is kept of a logo's artwork, for the network that it was made ready with."""
_NO_SHAPE = b"none"
"""Kept where a logo has no shape to go by, so that nobody looks again."""


class MarkName(NamedTuple):
    """What a key of the index stands for."""

    brand: str
    mark: str
    detector: str
    reference_id: str | None


@dataclass(frozen=True, slots=True)
class Embedding:
    """Which embedding the settings name. Small: workers load it themselves, once."""

    encoder: EncoderSpec | None
    models: Path

    @classmethod
    def of(cls, settings: "Settings") -> "Embedding":
        """The configured encoder, or the built-in layers where there is none."""
        spec = None
        if settings.encoder is not None:
            spec = EncoderSpec(
                model=settings.encoder, device=settings.encoder_device, precision=settings.encoder_precision
            )
        return cls(spec, settings.home / "models")

    def load(self) -> CropEmbedder:
        """Loaded at the first call in a process; raises what loading raises."""
        return _loaded(self)


@cache
def _loaded(embedding: Embedding) -> CropEmbedder:
    if embedding.encoder is None:
        return BuiltIn()
    return OpenClip(Encoder.load(embedding.encoder, offline=False, cache=embedding.models))


@dataclass(frozen=True, slots=True)
class KnownMarks:
    """The index with the names of its keys. Pickles well."""

    index: MarkIndex
    names: dict[str, MarkName]
    embedding: Embedding

    def embedder(self, key: str) -> CropEmbedder:
        """What a detector was trained on: the built-in layers work always, an encoder while it is configured.

        Raises `UnavailableError` where neither has that key.
        """
        built_in = BuiltIn()
        if key == built_in.key:
            return built_in
        loaded = self.embedding.load()
        if loaded.key != key:
            raise UnavailableError(
                f"A mark's detector was trained on {key}, and {loaded.key} is set now.",
                hint="Train the mark again: counterfoil mark train.",
            )
        return loaded


def gather_marks(state: "State", tenant: str, references: Iterable[Reference]) -> KnownMarks:
    """Every one-colour logo among the references, and the newest detector of every trained mark."""
    blobs, derived = state.blobs(tenant), state.derived(tenant)
    index, names = MarkIndex(), dict[str, MarkName]()
    for reference in references:
        if reference.kind is ReferenceKind.LOGO and (artwork := _artwork(blobs, derived, reference)):
            index.artworks[reference.id] = artwork
            names[reference.id] = MarkName(reference.brand, reference.name, "artwork", reference.id)
    for stored in state.catalog.detectors.of(tenant):
        index.detectors[stored.id] = Detector.from_bytes(blobs.get(stored.sha256))
        names[stored.id] = MarkName(stored.brand, stored.mark, f"v{stored.version}", None)
    return KnownMarks(index, names, Embedding.of(state.settings))


def _artwork(blobs: BlobStore, derived: DerivedStore, reference: Reference) -> Artwork | None:
    kept = derived.get(reference.sha256, _ARTWORK)
    if kept is None:
        data = blobs.get(reference.sha256)
        drawn = render_svg(data) if reference.name.lower().endswith(".svg") else decode(data)
        made = Artwork.of(drawn.pixels)
        kept = _NO_SHAPE if made is None else made.to_bytes()
        derived.put(reference.sha256, _ARTWORK, kept)
    return None if kept == _NO_SHAPE else Artwork.from_bytes(kept)
