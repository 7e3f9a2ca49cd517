"""Captions of listings' pictures, by the CoCa that the settings name: one in each process that measures."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Self

import numpy as np
import numpy.typing as npt

from cluster.settings import Settings
from scoring.errors import CounterfoilError, UnavailableError
from vision.captions import Captioner
from vision.checkpoint import EncoderSpec
from vision.encoder import Encoder


@dataclass(frozen=True, slots=True)
class Captions:
    """Which network writes, and where it lies. Small: it travels with the library."""

    spec: EncoderSpec
    cache: Path
    hub: str | None

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """As the settings name it; None where they name none."""
        if settings.captions is None:
            return None
        spec = EncoderSpec(
            model=settings.captions, device=settings.encoder_device, precision=settings.encoder_precision
        )
        return cls(spec, settings.models, settings.hub)

    def write(self, pixels: npt.NDArray[np.uint8]) -> tuple[str, str]:
        """The network's key, and its caption of a picture, (H, W, 3) uint8.

        Raises what loading the network raised, which is tried once in a process.
        """
        captioner = _loaded(self)
        (caption,) = captioner.captions(captioner.encoder.prepare(pixels)[np.newaxis])
        return captioner.encoder.key, caption


_turn = Lock()
_known: dict[Captions, Captioner | CounterfoilError] = {}
"""Of this process: a CoCa of ViT-B-32 is a gigabyte."""


def _loaded(wanted: Captions) -> Captioner:
    with _turn:
        if wanted not in _known:
            try:
                encoder = Encoder.load(
                    wanted.spec, offline=False, cache=wanted.cache, hub=wanted.hub, words=True
                )
                _known[wanted] = Captioner(encoder)
            except CounterfoilError as error:
                _known[wanted] = error
        found = _known[wanted]
    if isinstance(found, CounterfoilError):
        raise UnavailableError(f"no caption can be written: {found}") from found
    return found
