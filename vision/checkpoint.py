"""Where an encoder's config and weights lie: a local folder, or the model store, filled from the hub."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scoring.errors import EncoderError
from vision.checkpoint_files import BUILTIN, CALIBRATION, read_config, weights_in
from vision.hub import Hub
from vision.known_models import full_name
from vision.model_store import ModelStore
from vision.pulling import check_name, pull

Precision = Literal["fp32", "fp16", "bf16", "auto"]
_BUILTIN_FOLDER = Path(__file__).parent / "builtin"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSpec:
    """Which encoder, and how to run it.

    `model` is `builtin`, a name that open_clip knows (`ViT-B-32/laion2b_s34b_b79k`) or a short one of
    `known_models`, a hub repository (`hf-hub:OWNER/NAME`), the name that a local checkpoint was pulled
    under, or a folder with `open_clip_config.json` and weights: `local-dir:PATH`, or a path that starts
    with `/`, `.` or `~`. A name is never looked up as a folder, nor a folder as a name, so the same spec
    means the same model on every machine.
    """

    model: str
    device: str = "auto"
    """`auto` (the first of cuda, mps, cpu that is there), `cpu`, `cuda`, `cuda:N` or `mps`."""
    precision: Precision = "fp32"
    """`auto` is bf16 on a CUDA device that computes in it, and fp32 everywhere else."""
    calibration: Path | None = None
    """A calibration file; None: the one in `calibrations`, else the checkpoint's own, where there is one."""
    calibrations: Path | None = None
    """A folder of calibrations made here, each named after its encoder's key."""

    @property
    def folder(self) -> Path | None:
        """The checkpoint's folder; None for a name."""
        if self.model == BUILTIN:
            return _BUILTIN_FOLDER
        if self.model.startswith("local-dir:"):
            return Path(self.model.removeprefix("local-dir:")).expanduser()
        return Path(self.model).expanduser() if self.model.startswith(("/", ".", "~")) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Files on this machine that open_clip can load."""

    name: str
    folder: Path
    weights: Path
    model_config: Mapping[str, Any]
    calibration: Path | None = None
    sha256: str | None = None
    """What the weights' hash must be; None for a folder that nobody pulled."""


def find(spec: EncoderSpec, *, offline: bool, cache: Path | None, hub: str | None) -> Checkpoint:
    """The checkpoint of `spec`, pulled into the store at `cache` first where it is a name and not there.

    What is there is never asked for again, so a model cannot change between two replicas' starts.

    Raises EncoderError for a name that nobody knows, and for files that are missing, changed or invalid.
    """
    if spec.folder is not None:
        return _in_folder(spec.folder, name=None)
    name = full_name(spec.model)
    store = ModelStore(cache or Path.home() / ".cache" / "counterfoil" / "models")
    kept = store.get(name)
    if kept is None:
        check_name(name)
        if offline:
            raise EncoderError(
                f"The encoder {name} is not on this machine, and downloading is off.",
                hint=f"Pull it once: counterfoil models pull {name}",
            )
        kept = pull(name, store, Hub(endpoint=hub))
    # The hub's names have a slash in them. What was pulled from a folder keeps the name in its config, and so
    # the key, calibration and vectors that it had there.
    found = _in_folder(store.verify(kept), name=name.removeprefix("hf-hub:") if "/" in name else None)
    return Checkpoint(
        name=found.name,
        folder=found.folder,
        weights=found.folder / kept.weights,
        model_config=found.model_config,
        calibration=found.calibration,
        sha256=kept.files[kept.weights],
    )


def _in_folder(folder: Path, *, name: str | None) -> Checkpoint:
    config = read_config(folder)
    return Checkpoint(
        name=name or str(config.get("name") or "local"),
        folder=folder,
        weights=weights_in(folder),
        model_config=config["model_cfg"],
        calibration=folder / CALIBRATION if (folder / CALIBRATION).is_file() else None,
    )
