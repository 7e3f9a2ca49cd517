"""The two networks: loaded once in a process, when first asked for.

They are PP-OCRv6 "small" (Apache-2.0), as the wheel of RapidOCR brings them, and are run here by
onnxruntime itself: docs/decisions/0012-our-own-pipeline-for-text.md says why. Loaded they take about
60 MB of a process, and some 70 MB more while they read.
"""

from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime

from vision.wheel_models import one_thread, wheel_model

Tensor = npt.NDArray[np.float32]

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"


class Network(NamedTuple):
    """A network with one input and one output."""

    session: onnxruntime.InferenceSession
    entry: str

    def __call__(self, tensor: Tensor) -> Tensor:
        """What the network makes of one tensor."""
        (result,) = self.session.run(None, {self.entry: tensor})
        return result  # type: ignore[no-any-return]  # onnxruntime knows only of values


class Recogniser(NamedTuple):
    """The network that reads a line, with its letters: 0 is no letter, the last is a space."""

    network: Network
    letters: tuple[str, ...]


_LOADING = Lock()
"""Held while a network is asked for: threads that ask at once would otherwise each load their own."""


def detector() -> Network:
    """(1, 3, H, W) in -1..1, sides multiples of 32, to (1, 1, H, W) probabilities of text."""
    with _LOADING:
        return _detector()


def recogniser() -> Recogniser:
    """(1, 3, 48, W) in -1..1 to (1, W / 8, letters) probabilities."""
    with _LOADING:
        return _recogniser()


@lru_cache(maxsize=1)
def _detector() -> Network:
    return load(_DETECTOR)


@lru_cache(maxsize=1)
def _recogniser() -> Recogniser:
    network = load(_RECOGNISER)
    written = network.session.get_modelmeta().custom_metadata_map["character"]
    return Recogniser(network, ("", *written.splitlines(), " "))


def load(name: str) -> Network:
    """One of the networks in RapidOCR's wheel, on one thread; `UnavailableError` where it is not there."""
    session = one_thread(wheel_model(name, purpose="read text"))
    return Network(session, session.get_inputs()[0].name)
