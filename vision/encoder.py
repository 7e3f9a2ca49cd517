"""Pictures to vectors, with any model that open_clip can load."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from scoring.errors import EncoderError, ImageError, UnavailableError
from vision.calibration import Calibration
from vision.checkpoint import Checkpoint, EncoderSpec, find

if TYPE_CHECKING:
    import torch

# open_clip scales the shorter side first and crops after: a strip of 1 x 50,000 pixels would become
# 224 x 11,200,000 (7.5 GB) on the way. At 100 : 1 it is 15 MB, and no product picture is that long.
MAX_ASPECT = 100


class Encoder:
    """A loaded model. Deterministic, and a vector is the same to 1e-5 in any batch (fp32)."""

    __slots__ = ("_device", "_dtype", "_model", "_transform", "calibration", "key", "shape", "size", "spec")

    def __init__(
        self, *, model: "torch.nn.Module", checkpoint: Checkpoint, spec: EncoderSpec, device: "torch.device"
    ) -> None:
        import open_clip  # noqa: PLC0415 - takes seconds with torch; commands without an encoder never pay
        import torch  # noqa: PLC0415

        self._model: Any = model
        self._device = device
        self._dtype = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[spec.precision]
        self.spec: EncoderSpec = spec
        preprocess: dict[str, Any] = open_clip.get_model_preprocess_cfg(model)
        self.key: str = _key(checkpoint, preprocess)
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
                f"The encoder {spec.model} cannot embed a picture on {device}: {_brief(error)}",
                hint="Check its preprocess_cfg, choose another precision or device, or get it anew.",
            ) from error
        self.calibration: Calibration | None = _calibration(spec, checkpoint, self.key)

    @classmethod
    def load(
        cls, spec: EncoderSpec, *, offline: bool, cache: Path | None = None, hub: str | None = None
    ) -> Self:
        """The encoder of `spec`, its weights proven to be the checkpoint's own.

        The first call imports torch and open_clip, 8 to 11 s on two shared cores. `offline` forbids
        downloading; `cache` is where downloads lie (None: the hub library's own place); `hub` is
        another address of the model hub, such as a mirror. Threads are torch's: the caller sets them.

        Raises EncoderError where the checkpoint, the hub or the device is missing or unfit.
        """
        device = _device(spec.device)
        checkpoint = find(spec, offline=offline, cache=cache, hub=hub)
        return cls(model=_build(checkpoint, spec, device), checkpoint=checkpoint, spec=spec, device=device)

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
        # A copy: Ray lends read-only arrays, which torch may not share.
        batch = torch.tensor(np.asarray(prepared, np.float32))
        if batch.shape[1:] != self.shape:
            raise ValueError(f"prepared pictures have shape {tuple(batch.shape[1:])}, not {self.shape}")
        # TF32 convolutions would move a GPU's vectors from a CPU's by 1e-3, and autotuning from run to run.
        exact = torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=True, allow_tf32=False
        )
        with torch.inference_mode(), exact:
            features = self._model.encode_image(batch.to(self._device, self._dtype))
            vectors = torch.nn.functional.normalize(features.float(), dim=-1).cpu().numpy()
        if not np.isfinite(vectors).all():
            raise UnavailableError(
                f"The encoder {self.key} gave numbers that are not finite.",
                hint="Its weights are damaged, or need precision fp32 or bf16.",
            )
        return np.asarray(vectors, np.float32)


def _device(name: str) -> "torch.device":
    import torch  # noqa: PLC0415

    hint = "Use auto, cpu, cuda, cuda:N or mps."
    present = ["cpu", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        present.append("mps")
    if name == "auto":
        return torch.device(next((kind for kind in ("cuda:0", "mps") if kind in present), "cpu"))
    if not re.fullmatch(r"cpu|cuda(:\d+)?|mps", name):
        raise EncoderError(f"{name!r} is no device.", hint=hint)
    exact = "cuda:0" if name == "cuda" else name
    if exact not in present:
        raise EncoderError(f"There is no device {name} here, only {', '.join(present)}.", hint=hint)
    return torch.device(exact)


def _build(checkpoint: Checkpoint, spec: EncoderSpec, device: "torch.device") -> "torch.nn.Module":
    import open_clip  # noqa: PLC0415

    hint = "Get the checkpoint anew, or check that its config is the one the weights were trained with."
    try:
        state = open_clip.factory.load_state_dict(str(checkpoint.weights))
    except Exception as error:  # whatever safetensors, pickle and zip raise for a file that is not theirs
        raise EncoderError(
            f"The weights {checkpoint.weights} cannot be read: {_brief(error)}", hint=hint
        ) from error
    try:
        model: torch.nn.Module = open_clip.create_model(
            checkpoint.architecture,
            pretrained=None if checkpoint.is_folder else str(checkpoint.weights),
            precision=spec.precision,
            device=device,
            force_quick_gelu=checkpoint.quick_gelu,
            force_preprocess_cfg=dict(checkpoint.preprocess),
            require_pretrained=True,
            pretrained_text=False,
        )
    except Exception as error:  # whatever its constructors raise for a config or weights they cannot use
        raise EncoderError(f"The encoder {spec.model} cannot be built: {_brief(error)}", hint=hint) from error
    _check_loaded(model, state, weights=checkpoint.weights)
    # Only pictures are embedded: the text tower is half the memory of a ViT-B-32.
    for name, _ in list(model.named_children()):
        if name != "visual":
            delattr(model, name)
    return model.eval().requires_grad_(False)  # noqa: FBT003 - torch's signature


def _check_loaded(model: "torch.nn.Module", state: dict[str, "torch.Tensor"], *, weights: Path) -> None:
    # open_clip resizes position embeddings to the config's picture size, and where it finds no weights
    # it builds random ones: what is in the model is compared with what is in the file.
    loaded = model.state_dict()
    for name in sorted(state.keys() & loaded.keys()):
        ours, theirs = loaded[name].cpu(), state[name]
        # open_clip reshapes the scalars logit_scale and logit_bias, which no embedding depends on.
        if not name.startswith("logit_") and (
            ours.shape != theirs.shape
            or not ours.isclose(theirs.to(ours.dtype), rtol=0, atol=0, equal_nan=True).all()
        ):
            raise EncoderError(
                f"The weights {weights} do not fit their config: {name} is {tuple(theirs.shape)} in the file "
                f"and {tuple(ours.shape)} in the model.",
                hint="Check that the config is the one the weights were trained with.",
            )


def _brief(error: Exception) -> str:
    # torch lists every key that does not fit: hundreds of lines for another model's weights.
    return shorten(str(error) or type(error).__name__, 300, placeholder=" …")


def _key(checkpoint: Checkpoint, preprocess: dict[str, Any]) -> str:
    with checkpoint.weights.open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256")
    digest.update(json.dumps([checkpoint.model_config, preprocess], sort_keys=True).encode())
    name = re.sub(r"[^a-z0-9]+", "-", checkpoint.name.lower()).strip("-")[:48]
    return f"{name}-{digest.hexdigest()[:12]}"


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
