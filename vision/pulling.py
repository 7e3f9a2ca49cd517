"""Bringing a checkpoint into the model store, once: from the model hub, a folder or a file."""

import difflib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scoring.errors import EncoderError
from vision.checkpoint_files import (
    BUILTIN,
    CONFIG,
    FORMS,
    HUB_WEIGHTS,
    SAFE_WEIGHTS,
    read_config,
    weights_in,
)
from vision.hub import Hub
from vision.model_store import MANIFEST, Manifest, ModelStore, sha256_of

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "spiece.model",
    "sentencepiece.bpe.model",
)
"""What a text tower that does not use open_clip's own tokenizer reads its words with."""

_HUB = "hf-hub:"

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def check_name(model: str) -> None:
    """Raise EncoderError unless the hub may have a model of that name; it shows the nearest ones."""
    if model.startswith(_HUB):
        return
    import open_clip  # noqa: PLC0415 - takes seconds with torch; commands without an encoder never pay

    names = {f"{architecture}/{tag}" for architecture, tag in open_clip.list_pretrained()}
    if model in names:
        return
    folded = {name.lower(): name for name in sorted(names)}
    near = difflib.get_close_matches(model.lower(), folded, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(folded[name] for name in near)}? {FORMS}" if near else FORMS
    if Path(model).is_dir():
        hint = f"For the folder of that name, write local-dir:{model}."
    raise EncoderError(f"No encoder is called {model!r}.", hint=hint)


def pull(model: str, store: ModelStore, hub: Hub, *, clock: Clock = _now) -> Manifest:
    """Download a model by its name. What is in the store already is replaced.

    Raises EncoderError, or RateLimitedError where the hub asks to wait; the store then is as before.
    """
    check_name(model)
    into = _begin(store, model)
    if model.startswith(_HUB):
        source = _from_repository(model.removeprefix(_HUB), into, hub)
    else:
        source = _by_name(model, into, hub)
    _fetch_tokenizer(into, hub)
    return _admit(store, model, source=source, clock=clock)


def pull_local(path: Path, name: str, store: ModelStore, *, clock: Clock = _now) -> Manifest:
    """Copy a checkpoint's folder, or a file of weights with its config beside it, under a name.

    Raises EncoderError where it is no checkpoint, or the name is the hub's.
    """
    if name == BUILTIN or name.startswith((_HUB, "local-dir:", "/", ".", "~")) or "/" in name or not name:
        raise EncoderError(
            f"{name!r} cannot be a local checkpoint's name: it means something else.",
            hint="Choose a plain one, such as our-shoes.",
        )
    folder = path if path.is_dir() else path.parent
    if not path.exists():
        raise EncoderError(f"There is no {path}.", hint="Name a folder, or a file of weights in it.")
    read_config(folder)
    weights = path if path.is_file() else weights_in(folder)
    shutil.rmtree(store.partial(name), ignore_errors=True)
    into = _begin(store, name)
    for file in (folder / it for it in (CONFIG, "calibration.json", *TOKENIZER_FILES)):
        if file.is_file():
            shutil.copyfile(file, into / file.name)
    shutil.copyfile(weights, into / _kept_as(weights.name))
    return _admit(store, name, source=str(path.resolve()), clock=clock)


def _begin(store: ModelStore, name: str) -> Path:
    into = store.partial(name)
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EncoderError(
            f"The model store {store.root} cannot be written: {error.strerror}.",
            hint="Choose another COUNTERFOIL_HOME, or free some space.",
        ) from error
    return into


def _from_repository(repository: str, into: Path, hub: Hub) -> str:
    config = hub.first_of(repository, (CONFIG,), into, revision=None)
    if config is None:
        raise _without(repository, CONFIG)
    # Config and weights come from the same commit.
    weights = hub.first_of(repository, HUB_WEIGHTS, into, revision=config.commit)
    if weights is None:
        raise _without(repository, *HUB_WEIGHTS)
    return f"{repository}@{config.commit}"


def _by_name(model: str, into: Path, hub: Hub) -> str:
    import open_clip  # noqa: PLC0415 - as above

    architecture, tag = model.split("/")
    pretrained: dict[str, Any] = open_clip.get_pretrained_cfg(architecture, tag)
    repository, _, filename = pretrained.get("hf_hub", "").rpartition("/")
    if not repository:
        raise EncoderError(
            f"{model} is not on the model hub.", hint="Download it by hand, and pull its folder."
        )
    wanted = (filename,) if filename else HUB_WEIGHTS
    weights = hub.first_of(repository, wanted, into, revision=None)
    if weights is None:
        raise _without(repository, *wanted)
    kept = into / _kept_as(weights.path.name)
    if weights.path != kept:
        weights.path.replace(kept)
    config = {"name": model, "model_cfg": open_clip.get_model_config(architecture)}
    if pretrained.get("quick_gelu"):
        config["model_cfg"]["quick_gelu"] = True
    config["preprocess_cfg"] = {
        key: pretrained[key] for key in ("mean", "std", "interpolation", "resize_mode")
    }
    (into / CONFIG).write_text(json.dumps(config, indent=2), encoding="utf-8")
    return f"{repository}@{weights.commit}"


def _fetch_tokenizer(into: Path, hub: Hub) -> None:
    """Nothing where the text tower uses open_clip's own, which its wheel brings."""
    repository = read_config(into)["model_cfg"]["text_cfg"].get("hf_tokenizer_name")
    for file in TOKENIZER_FILES if repository else ():
        hub.first_of(repository, (file,), into, revision=None)


def _kept_as(filename: str) -> str:
    return SAFE_WEIGHTS[0] if filename.endswith(".safetensors") else HUB_WEIGHTS[1]


def _admit(store: ModelStore, name: str, *, source: str, clock: Clock) -> Manifest:
    partial = store.partial(name)
    shutil.rmtree(partial / ".cache", ignore_errors=True)  # the hub library's notes of what it downloaded
    files = sorted(path for path in partial.iterdir() if path.is_file() and path.name != MANIFEST)
    manifest = Manifest(
        name=name,
        source=source,
        pulled_at=clock(),
        weights=weights_in(partial).name,
        files={path.name: sha256_of(path) for path in files},
    )
    store.admit(manifest)
    return manifest


def _without(repository: str, *filenames: str) -> EncoderError:
    return EncoderError(
        f"The repository {repository} on the model hub has none of {', '.join(filenames)}.",
        hint="Choose a repository that open_clip can load.",
    )
