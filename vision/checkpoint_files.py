"""A checkpoint's folder: its config, and which file of it holds the weights."""

import json
from pathlib import Path
from typing import Any

from scoring.errors import EncoderError

CONFIG = "open_clip_config.json"
CALIBRATION = "calibration.json"
BUILTIN = "builtin"
"""The name of the encoder that ships with Counterfoil: docs/model-card.md says what it is."""

SAFE_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors")
# The order in which open_clip itself chooses among several files (factory._find_checkpoint_in_dir).
WEIGHTS = (*SAFE_WEIGHTS, "open_clip_pytorch_model.bin", "model.safetensors", "pytorch_model.bin")
HUB_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")

FORMS = (
    f"Give {BUILTIN}, ARCHITECTURE/TAG, such as ViT-B-32/laion2b_s34b_b79k, hf-hub:OWNER/NAME, "
    "a pulled model's name, or a folder's path. `counterfoil models list` shows some."
)


def read_config(folder: Path) -> dict[str, Any]:
    """A folder's `open_clip_config.json`: `model_cfg`, `preprocess_cfg` and optionally a `name`.

    Raises EncoderError where it is missing or does not describe a model.
    """
    if not folder.is_dir():
        raise EncoderError(f"There is no encoder folder {folder}.", hint=FORMS)
    path = folder / CONFIG
    hint = f"A checkpoint's folder holds {CONFIG} with model_cfg and preprocess_cfg, beside the weights."
    if not path.is_file():
        raise EncoderError(f"The encoder folder {folder} has no {CONFIG}.", hint=hint)
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"The encoder's config {path} is not JSON: {error}.", hint=hint) from error
    model = config.get("model_cfg") if isinstance(config, dict) else None
    if not isinstance(model, dict):
        raise EncoderError(f"The encoder's config {path} has no model_cfg.", hint=hint)
    missing = [key for key in ("embed_dim", "vision_cfg", "text_cfg") if key not in model]
    if missing:
        raise EncoderError(f"The encoder's config {path} lacks {', '.join(missing)} in model_cfg.", hint=hint)
    # open_clip drops what it does not know, so a misspelt `interpolation` would change every vector.
    known = {"size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color"}
    unknown = sorted(set(config.get("preprocess_cfg") or {}) - known)
    if unknown:
        raise EncoderError(
            f"The encoder's config {path} has unknown entries in preprocess_cfg: {', '.join(unknown)}.",
            hint=f"It may hold {', '.join(sorted(known))}.",
        )
    return config


def weights_in(folder: Path) -> Path:
    """The file of weights in a checkpoint's folder; EncoderError where there is none, or no telling."""
    found = sorted(path.name for path in folder.iterdir() if path.suffix in {".safetensors", ".bin", ".pth"})
    preferred = [name for name in WEIGHTS if name in found]
    if preferred:
        return folder / preferred[0]
    if len(found) == 1 and not found[0].endswith(".pth"):
        return folder / found[0]
    hint = f"Put one file of weights there and call it {SAFE_WEIGHTS[0]}."
    if not found:
        raise EncoderError(f"The encoder folder {folder} has a config but no weights.", hint=hint)
    raise EncoderError(
        f"The encoder folder {folder} does not say which weights to load: {', '.join(found)}.", hint=hint
    )
