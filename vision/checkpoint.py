"""Where an encoder's config and weights lie: a local folder, or the model hub and its cache."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scoring.errors import EncoderError

Precision = Literal["fp32", "fp16", "bf16"]
CONFIG = "open_clip_config.json"
CALIBRATION = "calibration.json"
BUILTIN = "builtin"
"""The name of the encoder that ships with Counterfoil: docs/model-card.md says what it is."""
_BUILTIN_FOLDER = Path(__file__).parent / "builtin"

SAFE_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors")
# The order in which open_clip itself chooses among several files (factory._find_checkpoint_in_dir).
WEIGHTS = (*SAFE_WEIGHTS, "open_clip_pytorch_model.bin", "model.safetensors", "pytorch_model.bin")
HUB_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")

_FORMS = (
    f"Give {BUILTIN}, ARCHITECTURE/TAG, such as ViT-B-32/laion2b_s34b_b79k, hf-hub:OWNER/NAME, "
    "or a folder's path."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSpec:
    """Which encoder, and how to run it.

    `model` is `builtin`, a name that open_clip knows (`ViT-B-32/laion2b_s34b_b79k`), a hub
    repository (`hf-hub:OWNER/NAME`), or a folder with `open_clip_config.json` and weights: `local-dir:PATH`,
    or a path that starts with `/`, `.` or `~`. A name is never looked up as a folder, nor a folder
    as a name, so the same spec means the same model on every machine.
    """

    model: str
    device: str = "auto"
    """`auto` (the first of cuda, mps, cpu that is there), `cpu`, `cuda`, `cuda:N` or `mps`."""
    precision: Precision = "fp32"
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
    """Files on this machine that open_clip can load, and what it must be told beside them."""

    name: str
    architecture: str
    """What open_clip calls it: a built-in name, or `local-dir:PATH`."""
    weights: Path
    model_config: Mapping[str, Any]
    preprocess: Mapping[str, Any] = field(default_factory=dict)
    quick_gelu: bool = False
    calibration: Path | None = None

    @property
    def is_folder(self) -> bool:
        """Whether open_clip reads config and weights from one folder."""
        return self.architecture.startswith("local-dir:")


def find(spec: EncoderSpec, *, offline: bool, cache: Path | None, hub: str | None) -> Checkpoint:
    """The checkpoint of `spec`, downloaded first where it lies on the hub and not in `cache`.

    Raises EncoderError for a name that nobody knows, and for files that are missing or invalid.
    """
    if spec.folder is not None:
        return _in_folder(spec.folder, name=None)
    fetch = _Hub(offline=offline, cache=cache, endpoint=hub)
    if spec.model.startswith("hf-hub:"):
        repository = spec.model.removeprefix("hf-hub:")
        config = fetch.first_of(repository, (CONFIG,), revision=None)
        # A snapshot's folder is named after its commit: config and weights come from the same one.
        fetch.first_of(repository, HUB_WEIGHTS, revision=config.parent.name)
        return _in_folder(config.parent, name=repository)
    return _by_name(spec.model, fetch)


def _in_folder(folder: Path, *, name: str | None) -> Checkpoint:
    config = read_config(folder)
    return Checkpoint(
        name=name or str(config.get("name") or "local"),
        architecture=f"local-dir:{folder}",
        weights=_weights_in(folder),
        model_config=config["model_cfg"],
        calibration=folder / CALIBRATION if (folder / CALIBRATION).is_file() else None,
    )


def read_config(folder: Path) -> dict[str, Any]:
    """A folder's `open_clip_config.json`: `model_cfg`, `preprocess_cfg` and optionally a `name`.

    Raises EncoderError where it is missing or does not describe a model.
    """
    if not folder.is_dir():
        raise EncoderError(f"There is no encoder folder {folder}.", hint=_FORMS)
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


def _weights_in(folder: Path) -> Path:
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


def _by_name(model: str, fetch: "_Hub") -> Checkpoint:
    import open_clip  # noqa: PLC0415 - takes seconds with torch; commands without an encoder never pay

    names = {f"{architecture}/{tag}" for architecture, tag in open_clip.list_pretrained()}
    if model not in names:
        folded = {name.lower(): name for name in sorted(names)}
        near = difflib.get_close_matches(model.lower(), folded, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(folded[name] for name in near)}? {_FORMS}" if near else _FORMS
        if Path(model).is_dir():
            hint = f"For the folder of that name, write local-dir:{model}."
        raise EncoderError(f"No encoder is called {model!r}.", hint=hint)
    architecture, tag = model.split("/")
    pretrained: dict[str, Any] = open_clip.get_pretrained_cfg(architecture, tag)
    repository, _, filename = pretrained["hf_hub"].rpartition("/")
    return Checkpoint(
        name=model,
        architecture=architecture,
        weights=fetch.first_of(repository, (filename,) if filename else HUB_WEIGHTS, revision=None),
        model_config=open_clip.get_model_config(architecture),
        preprocess={key: pretrained[key] for key in ("mean", "std", "interpolation", "resize_mode")},
        quick_gelu=pretrained.get("quick_gelu", False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hub:
    """Files of the model hub: from the cache where they are there, else downloaded into it.

    What is cached is not asked for again, so a model cannot change between two replicas' starts.
    """

    offline: bool
    cache: Path | None
    endpoint: str | None

    def first_of(self, repository: str, filenames: tuple[str, ...], *, revision: str | None) -> Path:
        """The first of these files that `repository` has; EncoderError where it can have none."""
        import huggingface_hub as hub  # noqa: PLC0415 - lazy for the same reason as open_clip
        from huggingface_hub import errors  # noqa: PLC0415

        try:
            for filename in filenames:
                cached = hub.try_to_load_from_cache(repository, filename, self.cache, revision)
                if isinstance(cached, str):
                    return Path(cached)
            if self.offline:
                raise EncoderError(
                    f"The encoder {repository} is not on this machine, and downloading is off.",
                    hint="Allow downloading once, or copy the checkpoint here and give its folder.",
                )
            for filename in filenames:
                url = hub.hf_hub_url(repository, filename, revision=revision, endpoint=self.endpoint)
                try:
                    # Asked first because the download itself retries a dead hub for 23 s, noisily.
                    hub.get_hf_file_metadata(url, endpoint=self.endpoint)
                except errors.RemoteEntryNotFoundError:
                    continue
                return Path(
                    hub.hf_hub_download(
                        repository, filename, revision=revision, cache_dir=self.cache, endpoint=self.endpoint
                    )
                )
        except errors.RepositoryNotFoundError as error:
            raise EncoderError(
                f"The model hub has no repository {repository}, or does not show it to you.", hint=_FORMS
            ) from error
        except errors.HFValidationError as error:
            raise EncoderError(f"{repository!r} is no repository's name.", hint=_FORMS) from error
        # `errors` names the HTTPError of whichever httpx the hub library speaks through.
        except (errors.HTTPError, OSError) as error:  # type: ignore[attr-defined]
            raise EncoderError(
                f"The encoder {repository} cannot be downloaded from the model hub: {error}.",
                hint="Check the connection, or copy the checkpoint to this machine and give its folder.",
            ) from error
        raise EncoderError(
            f"The repository {repository} on the model hub has none of {', '.join(filenames)}.",
            hint="Choose a repository that open_clip can load.",
        )
