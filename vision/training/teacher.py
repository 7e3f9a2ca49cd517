"""A teacher: what an Apache-2.0 MobileNet in TFLite form sees in some of the views.

Needs `ai-edge-litert`, which the product does not: it is installed for training alone. Its quantised
features of four quarters of a picture are kept, reduced to `WIDTH` whitened numbers each.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from scoring.errors import EncoderError
from vision.training.views import read_views

WIDTH = 256
QUARTERS = 4


class Teacher:
    """A TFLite network that ends in a map of 7 x 7 features."""

    def __init__(self, model: Path) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - for training alone
        except ImportError as error:
            raise EncoderError(
                "A teacher needs the package ai-edge-litert.",
                hint="pip install ai-edge-litert, or train without.",
            ) from error
        try:
            self._net: Any = Interpreter(str(model), experimental_preserve_all_tensors=True, num_threads=1)
            self._net.allocate_tensors()
        except ValueError as error:
            raise EncoderError(
                f"The teacher {model} cannot be opened: {error}.", hint="Name a .tflite file."
            ) from error
        self._input = self._net.get_input_details()[0]
        maps = [
            it
            for it in self._net.get_tensor_details()
            if len(it["shape"]) == 4 and tuple(it["shape"][1:3]) == (7, 7)
        ]
        if not maps or tuple(self._input["shape"]) != (1, 224, 224, 3) or self._input["dtype"] != np.uint8:
            raise EncoderError(
                f"The teacher {model} is no quantised MobileNet.", hint="It takes 224 x 224 uint8."
            )
        self._map = max(maps, key=lambda it: (it["shape"][3], it["index"]))

    def look(self, view: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(4, C): the mean of each quarter of its last map, quarters overlapping by one cell."""
        shown = cv2.resize(view, (224, 224), interpolation=cv2.INTER_CUBIC)
        self._net.set_tensor(self._input["index"], shown[None])
        self._net.invoke()
        scale, zero = self._map["quantization"]
        seen = (self._net.get_tensor(self._map["index"])[0].astype(np.float32) - zero) * scale
        return np.stack([seen[y, x].mean((0, 1)) for y, x in _QUARTERS])


_HALVES = (slice(0, 4), slice(3, 7))
_QUARTERS = [(y, x) for y in _HALVES for x in _HALVES]


def teach(folder: Path, model: Path, *, tell: Callable[[int, int], None] = lambda *_: None) -> None:
    """Write the teacher's features of every view beside the views, whitened over all of them."""
    shards, _ = read_views(folder)
    done = folder / "teacher.npy"
    if done.exists():
        return
    teacher = Teacher(model)
    for number, shard in enumerate(shards):
        path = folder / f"taught-{number:05}.npy"
        if not path.exists():
            seen = np.stack([[teacher.look(view) for view in group] for group in shard])
            part = path.with_suffix(".part")
            with part.open("wb") as file:
                np.save(file, seen.astype(np.float16))
            part.replace(path)
        tell(number + 1, len(shards))
    raw = np.concatenate([np.load(path) for path in sorted(folder.glob("taught-*.npy"))]).astype(np.float32)
    np.save(done, whiten(raw.reshape(-1, raw.shape[-1])).reshape(*raw.shape[:-1], WIDTH).astype(np.float16))


def whiten(features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The `WIDTH` strongest directions of (N, C), flattened a quarter of the way to equal strength.

    Rows have length 1. On drawn packages and produce that training left out, the teacher found 0.40 and 0.45
    first by them so, 0.35 and 0.44 not flattened, 0.40 and 0.41 flattened halfway.
    """
    centred = features - features.mean(0)
    strengths, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    strongest = np.argsort(strengths)[::-1][:WIDTH]
    kept = centred @ axes[:, strongest] / np.maximum(strengths[strongest], 1e-8) ** 0.125
    return np.asarray(kept / np.maximum(np.linalg.norm(kept, axis=1, keepdims=True), 1e-8), np.float32)
