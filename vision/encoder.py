"""Pictures to vectors, with any model that open_clip can load."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from scoring.errors import EncoderError, ImageError, UnavailableError
from vision.building import brief, build, find_device, memory_on, precision_here
from vision.calibration import Calibration
from vision.checkpoint import Checkpoint, EncoderSpec, find
from vision.model_store import check_hash
from vision.words import Words, check_words

if TYPE_CHECKING:
    import torch

# open_clip scales the shorter side first and crops after: a strip of 1 x 50,000 pixels would become
# 224 x 11,200,000 (7.5 GB) on the way. At 100 : 1 it is 15 MB, and no product picture is that long.
MAX_ASPECT = 100


class Encoder:
    """A loaded model. Deterministic, and a vector is the same to 1e-5 in any batch (fp32)."""

    __slots__ = (
        "_dtype",
        "_transform",
        "calibration",
        "device",
        "key",
        "network",
        "shape",
        "size",
        "spec",
        "words",
    )

    def __init__(
        self,
        *,
        model: "torch.nn.Module",
        checkpoint: Checkpoint,
        digest: "hashlib._Hash",
        spec: EncoderSpec,
        device: "torch.device",
    ) -> None:
        import open_clip  # noqa: PLC0415 - takes seconds with torch; commands without an encoder never pay
        import torch  # noqa: PLC0415

        self.network: Any = model
        """open_clip's own; with its text tower only where `words` are there."""
        self.words: Words | None = None
        """Its text tower, where it was asked for."""
        self.device: torch.device = device
        """Where it computes."""
        self._dtype = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[
            precision_here(spec.precision, device)
        ]
        self.spec: EncoderSpec = spec
        preprocess: dict[str, Any] = open_clip.get_model_preprocess_cfg(model)
        self.key: str = _key(checkpoint, digest, preprocess)
        """Names the vectors: name and hash of config and weights, in [a-z0-9-]. The same checkpoint has
        the same key wherever it lies. Device and precision are not in it: their vectors compare."""
        try:
            self._transform = open_clip.transform.image_transform_v2(
                open_clip.transform.PreprocessCfg(**preprocess), is_train=False
            )
            # One picture through the model shows now, not in the middle of a scan, what cannot work.
            probe = self.prepare(np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3))
            self.shape: tuple[int, ...] = probe.shape
            """What `prepare` returns: (3, height, width)."""
            self.size: int = 0
            """Width of an embedding."""
            self.size = self.embed(probe[None]).shape[1]
        except Exception as error:  # whatever open_clip and torch raise for numbers they cannot use
            raise EncoderError(
                f"The encoder {spec.model} cannot embed a picture on {device}: {brief(error)}",
                hint="Check its preprocess_cfg, choose another precision or device, or get it anew.",
            ) from error
        self.calibration: Calibration | None = _calibration(spec, checkpoint, self.key)

    @classmethod
    def load(
        cls,
        spec: EncoderSpec,
        *,
        offline: bool,
        cache: Path | None = None,
        hub: str | None = None,
        words: bool = False,
    ) -> Self:
        """The encoder of `spec`, its weights proven to be the checkpoint's own, and what was pulled.

        The first call imports torch and open_clip, 8 to 11 s on two shared cores. `offline` forbids
        downloading; `cache` is the model store; `hub` is another address of the model hub, such as a
        mirror; `words` keeps its text tower. Threads are torch's: the caller sets them.

        Raises EncoderError where the checkpoint, the hub or the device is missing or unfit.
        """
        device = find_device(spec.device)
        checkpoint = find(spec, offline=offline, cache=cache, hub=hub)
        digest = _digest(checkpoint)
        if checkpoint.sha256 is not None:
            check_hash(checkpoint.weights, digest.hexdigest(), checkpoint.sha256)
        if words:
            check_words(checkpoint)
        model = build(checkpoint, spec, device, words=words)
        encoder = cls(model=model, checkpoint=checkpoint, digest=digest, spec=spec, device=device)
        if words:
            encoder.words = Words(model, checkpoint, device)
        return encoder

    def prepare(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """A picture, (height, width, 3) RGB, as the checkpoint wants it: `shape`, float32.

        Raises ImageError for an array that is no RGB picture, or one too long and thin.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
            raise ImageError(
                f"An encoder cannot read {pixels.dtype} of shape {pixels.shape}.",
                hint="It takes uint8 RGB of shape (height, width, 3), as the decoder gives it.",
            )
        short, long = sorted(pixels.shape[:2])
        if long > MAX_ASPECT * short:
            raise ImageError(
                f"The picture is {long} by {short} pixels, too thin to embed.",
                hint=f"The longer side may be {MAX_ASPECT} times the shorter.",
            )
        prepared: npt.NDArray[np.float32] = self._transform(Image.fromarray(pixels)).numpy()
        return prepared

    def embed(
        self, prepared: Sequence[npt.NDArray[np.float32]] | npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Prepared pictures, (N, *shape), as N vectors of length 1: (N, size), float32.

        Raises UnavailableError where the model gives numbers that are not finite.
        """
        import torch  # noqa: PLC0415

        if len(prepared) == 0:
            return np.empty((0, self.size), np.float32)
        # TF32 convolutions would move a GPU's vectors from a CPU's by 1e-3, and autotuning from run to run.
        exact = torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=True, allow_tf32=False
        )
        with torch.inference_mode(), exact:
            features = self.network.encode_image(self.batch(prepared))
            vectors = torch.nn.functional.normalize(features.float(), dim=-1).cpu().numpy()
        if not np.isfinite(vectors).all():
            raise UnavailableError(
                f"The encoder {self.key} gave numbers that are not finite.",
                hint="Its weights are damaged, or need precision fp32 or bf16.",
            )
        return np.asarray(vectors, np.float32)

    def read(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Texts as vectors of length 1, (N, size), beside those of pictures; EncoderError without `words`."""
        if self.words is None:
            raise EncoderError(
                f"The encoder {self.key} was loaded for pictures alone.", hint="Load its words."
            )
        return self.words.embed(texts)

    def batch(self, prepared: Sequence[npt.NDArray[np.float32]] | npt.NDArray[np.float32]) -> "torch.Tensor":
        """Prepared pictures, (N, *shape), where the network is and as precise as it is."""
        import torch  # noqa: PLC0415

        # A copy: Ray lends read-only arrays, which torch may not share.
        batch = torch.tensor(np.asarray(prepared, np.float32))
        if batch.shape[1:] != self.shape:
            raise ValueError(f"prepared pictures have shape {tuple(batch.shape[1:])}, not {self.shape}")
        return batch.to(self.device, self._dtype, memory_format=memory_on(self.device))


def _digest(checkpoint: Checkpoint) -> "hashlib._Hash":
    """Of the weights: what proves them, and what the encoder's key begins with. 4 s a GB on a slow core."""
    with checkpoint.weights.open("rb") as weights:
        return hashlib.file_digest(weights, "sha256")


def _key(checkpoint: Checkpoint, weights: "hashlib._Hash", preprocess: dict[str, Any]) -> str:
    digest = weights.copy()
    digest.update(json.dumps([checkpoint.model_config, preprocess], sort_keys=True).encode())
    return f"{key_name(checkpoint.name)}-{digest.hexdigest()[:12]}"


def key_name(name: str) -> str:
    """How an encoder's key begins; twelve digits of a hash follow.

    >>> key_name("ViT-B-32/laion2b_s34b_b79k")
    'vit-b-32-laion2b-s34b-b79k'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48]


def _calibration(spec: EncoderSpec, checkpoint: Checkpoint, key: str) -> Calibration | None:
    ours = spec.calibrations / f"{key}.json" if spec.calibrations is not None else None
    path = spec.calibration or (ours if ours is not None and ours.is_file() else checkpoint.calibration)
    if path is None:
        return None
    calibration = Calibration.load(path)
    if calibration.encoder != key:
        raise EncoderError(
            f"The calibration {path} was measured for {calibration.encoder}, not for {key}.",
            hint="Cosines of two encoders do not compare: calibrate this one, or remove the file.",
        )
    return calibration
