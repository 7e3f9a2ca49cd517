"""Building a checkpoint's network, and proving that its weights are what it computes with."""

import json
import re
from copy import deepcopy
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Literal

from scoring.errors import EncoderError
from vision.checkpoint import Checkpoint, EncoderSpec, Precision
from vision.checkpoint_files import CONFIG

if TYPE_CHECKING:
    import torch

_SMALLEST_TEXT = {"context_length": 4, "vocab_size": 8, "width": 8, "heads": 1, "layers": 1}
"""Stands in for a text tower that is another library's and that nobody needs for pictures."""


def find_device(name: str) -> "torch.device":
    """A device by its name, the best there is for `auto`; EncoderError where it is not here."""
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


def precision_on(wanted: Precision, kind: str, *, has_bf16: bool) -> Literal["fp32", "fp16", "bf16"]:
    """What a model computes in on a kind of device.

    A CPU keeps fp32 under `auto`: bf16 was measured on one kind of CPU and the built-in network alone, where
    it is about twice as fast (docs/measured.md); `python -m benchmarks.encoder_speed` tells of another.

    >>> precision_on("auto", "cuda", has_bf16=True), precision_on("auto", "cuda", has_bf16=False)
    ('bf16', 'fp32')
    >>> precision_on("auto", "cpu", has_bf16=True), precision_on("fp16", "cuda", has_bf16=True)
    ('fp32', 'fp16')
    """
    if wanted != "auto":
        return wanted
    return "bf16" if kind == "cuda" and has_bf16 else "fp32"


def precision_here(wanted: Precision, device: "torch.device") -> Literal["fp32", "fp16", "bf16"]:
    """The same for a device of this machine."""
    import torch  # noqa: PLC0415

    has_bf16 = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return precision_on(wanted, device.type, has_bf16=has_bf16)


def memory_on(device: "torch.device") -> "torch.memory_format":
    """How pictures and convolutions lie in a device's memory: with the channels last, but for mps.

    Tensor cores want it, and on a CPU the built-in network is 1.1 to 2.5 times as fast with it, its vectors
    the same (docs/measured.md); attention does not care.
    """
    import torch  # noqa: PLC0415

    return torch.contiguous_format if device.type == "mps" else torch.channels_last


def build(
    checkpoint: Checkpoint, spec: EncoderSpec, device: "torch.device", *, words: bool = False
) -> "torch.nn.Module":
    """The network of a checkpoint, with its text tower only where `words` are wanted.

    Raises EncoderError where config and weights do not make one.
    """
    import open_clip  # noqa: PLC0415 - takes seconds with torch; commands without an encoder never pay

    hint = "Get the checkpoint anew, or check that its config is the one the weights were trained with."
    try:
        state = open_clip.factory.load_state_dict(str(checkpoint.weights))
    except Exception as error:  # whatever safetensors, pickle and zip raise for a file that is not theirs
        raise EncoderError(
            f"The weights {checkpoint.weights} cannot be read: {brief(error)}", hint=hint
        ) from error
    foreign = "hf_model_name" in checkpoint.model_config["text_cfg"]
    try:
        if foreign and not words:
            model = _pictures_alone(checkpoint, spec, device, state)
        else:
            model = open_clip.create_model(
                f"local-dir:{checkpoint.folder}",
                precision=precision_here(spec.precision, device),
                device=device,
                require_pretrained=True,
                pretrained_text=False,
            )
    except Exception as error:  # whatever its constructors raise for a config or weights they cannot use
        raise EncoderError(f"The encoder {spec.model} cannot be built: {brief(error)}", hint=hint) from error
    _check_loaded(model, state, weights=checkpoint.weights)
    # Where only pictures are embedded, the text tower would be half the memory of a ViT-B-32.
    for name, _ in list(model.named_children()):
        if name != "visual" and not words:
            delattr(model, name)
    return model.to(memory_format=memory_on(device)).eval().requires_grad_(False)  # noqa: FBT003 - torch's signature


def _pictures_alone(
    checkpoint: Checkpoint, spec: EncoderSpec, device: "torch.device", state: "dict[str, torch.Tensor]"
) -> "torch.nn.Module":
    """The picture tower of a model whose text tower only another library, and its downloads, could build."""
    import open_clip  # noqa: PLC0415 - as above

    config = deepcopy(dict(checkpoint.model_config))
    for key in ("custom_text", "multimodal_cfg"):
        config.pop(key, None)
    model: torch.nn.Module = open_clip.CustomTextCLIP(**config | {"text_cfg": dict(_SMALLEST_TEXT)})
    towers = {name: tensor for name, tensor in state.items() if name.startswith("visual.")}
    rest = {name: tensor for name, tensor in model.state_dict().items() if not name.startswith("visual.")}
    model.load_state_dict(towers | rest)
    open_clip.factory._set_model_device_and_precision(  # noqa: SLF001 - what create_model itself does
        model, device, precision_here(spec.precision, device), "timm_model_name" in config["vision_cfg"]
    )
    written = json.loads((checkpoint.folder / CONFIG).read_text(encoding="utf-8"))
    preprocess = open_clip.transform.merge_preprocess_dict(
        open_clip.transform.PreprocessCfg(), written.get("preprocess_cfg") or {}
    )
    visual: Any = model.visual
    open_clip.model.set_model_preprocess_cfg(model, preprocess | {"size": visual.image_size})
    return model


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


def brief(error: Exception) -> str:
    """A foreign error, cut short."""
    # torch lists every key that does not fit: hundreds of lines for another model's weights.
    return shorten(str(error) or type(error).__name__, 300, placeholder=" …")
