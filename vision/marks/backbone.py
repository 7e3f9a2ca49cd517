"""The network that marks are found with: the first layers of the text detector that rapidocr carries.

It was trained to tell strokes of any script and size from everything else, on photographs; marks are strokes.
Measured on crops of five brands' marks in photographs against each brand's ten examples, at one false
crop in a thousand: gradient histograms find 63 % (whitened), these layers 83 to 87 %.

Two depths are read: `fine` (8 pixels a cell) to search whole pictures, `deep` (16 pixels a cell) to judge a
crop. Both are centred and whitened by statistics of drawn scenes (`benchmarks/mark_statistics.py`), so that
what every picture is full of counts little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

import numpy as np
import numpy.typing as npt
import onnxruntime

from vision.marks.onnx_part import part_of
from vision.wheel_models import one_thread, wheel_model

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

MODEL = "PP-OCRv6_det_small.onnx"
FINE, DEEP = "p2o.pd_op.add.27.0", "p2o.pd_op.add.40.0"
FINE_CELL = 8
"""Pixels a cell of `fine`; `deep` has twice as many."""
STATISTICS = "statistics.npz"

_MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
_SPREAD = np.array([0.229, 0.224, 0.225], np.float32) * 255
"""What the network was trained with, in the order of its channels: blue, green, red."""
_BATCH = 16


@dataclass(frozen=True, slots=True)
class Whitening:
    """Centres and decorrelates a layer's channels, and keeps those of the most variance."""

    mean: Floats
    axes: Floats
    """(channels, kept)."""

    def __call__(self, cells: Floats) -> Floats:
        """(…, channels) to (…, kept)."""
        return np.asarray((cells - self.mean) @ self.axes, np.float32)


class Layers:
    """Both depths, one thread each: a worker has one core, and sums come out alike everywhere."""

    def __init__(self, model: bytes) -> None:
        self.key = f"ppocr-det-{sha256(model).hexdigest()[:8]}"
        """Names the vectors: another model's do not compare."""
        self._fine = one_thread(part_of(model, {FINE}))
        self._deep = one_thread(part_of(model, {DEEP}))

    def fine(self, pictures: Sequence[Pixels] | Pixels) -> Floats:
        """(N, H, W, 3) RGB to (N, H/8, W/8, 96), not whitened."""
        return _run(self._fine, FINE, pictures)

    def deep(self, pictures: Sequence[Pixels] | Pixels) -> Floats:
        """(N, H, W, 3) RGB to (N, H/16, W/16, 192), not whitened."""
        return _run(self._deep, DEEP, pictures)


def _run(session: onnxruntime.InferenceSession, name: str, pictures: Sequence[Pixels] | Pixels) -> Floats:
    done = []
    for start in range(0, len(pictures), _BATCH):
        batch = np.asarray(pictures[start : start + _BATCH])
        planes = np.empty((len(batch), 3, *batch.shape[1:3]), np.float32)
        for channel in range(3):  # plane by plane: over an axis of three, numpy takes three times as long
            np.subtract(batch[..., 2 - channel], _MEAN[channel], out=planes[:, channel], dtype=np.float32)
            planes[:, channel] /= _SPREAD[channel]
        done.append(np.asarray(session.run([name], {"x": planes})[0], np.float32).transpose(0, 2, 3, 1))
    return np.concatenate(done)


def model_bytes() -> bytes:
    """The text detector; `UnavailableError` where rapidocr's wheel does not bring it."""
    return wheel_model(MODEL, purpose="find marks").read_bytes()


@cache
def layers() -> Layers:
    """The network, read once a process (0.3 s)."""
    return Layers(model_bytes())


@cache
def whitenings() -> tuple[Whitening, Whitening]:
    """For `fine` (32 of 96 channels kept) and for `deep` (64 of 192)."""
    with (resources.files("vision.marks") / STATISTICS).open("rb") as file, np.load(file) as kept:
        return (
            Whitening(kept["fine_mean"], kept["fine_axes"]),
            Whitening(kept["deep_mean"], kept["deep_axes"]),
        )
