"""Pulled checkpoints on this machine: a folder each, with the hash of every file in it."""

import hashlib
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.errors import EncoderError

MANIFEST = "manifest.json"
_PARTIAL = ".partial"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What was pulled, whence and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="What settings and commands call it.")
    source: str = Field(description="Where it came from: a hub repository at a commit, or a path.")
    pulled_at: datetime
    weights: str = Field(description="Which of the files holds the weights.")
    files: dict[str, Sha256] = Field(description="Every other file of the folder, with its SHA-256.")


class ModelStore:
    """A folder of checkpoints. What is in it was complete and right once; each load proves it anew."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, name: str) -> Path:
        """Where a model of that name lies, or would lie."""
        return self.root / _slug(name)

    def partial(self, name: str) -> Path:
        """Where it is put together; what a broken download left there is gone on with."""
        return self.root / _PARTIAL / _slug(name)

    def get(self, name: str) -> Manifest | None:
        """What the store knows of a model; EncoderError where its manifest is damaged."""
        path = self.folder(name) / MANIFEST
        return _read(path) if path.is_file() else None

    def all(self) -> tuple[Manifest, ...]:
        """Every model in the store, by name; EncoderError where a manifest is damaged."""
        return tuple(sorted(map(_read, self.root.glob(f"*/{MANIFEST}")), key=lambda it: it.name))

    def verify(self, manifest: Manifest) -> Path:
        """The model's folder, its small files proven unchanged; EncoderError names one that is not.

        The weights are left to whoever loads them: they are hashed there anyway, for the encoder's key.
        """
        folder = self.folder(manifest.name)
        for file, expected in manifest.files.items():
            if file != manifest.weights:
                check_file(folder / file, expected)
        return folder

    def admit(self, manifest: Manifest) -> Path:
        """Take over what `partial` holds, all at once: nobody ever sees half a model."""
        partial, folder = self.partial(manifest.name), self.folder(manifest.name)
        (partial / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            # Another process was quicker, or this one replaces what was damaged: the old one steps aside.
            aside = partial.with_name(f"{partial.name}.old")
            shutil.rmtree(aside, ignore_errors=True)
            folder.replace(aside)
            partial.replace(folder)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            partial.replace(folder)
        return folder


def _read(path: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EncoderError(
            f"The manifest {path} cannot be used: {error}.", hint=f"Remove {path.parent} and pull it anew."
        ) from error


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in hex; EncoderError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(
            f"{path} cannot be read: {error.strerror}.", hint="Pull the model anew."
        ) from error


def check_file(path: Path, expected: str) -> None:
    """Raise EncoderError where a file is not what was pulled."""
    check_hash(path, sha256_of(path), expected)


def check_hash(path: Path, found: str, expected: str) -> None:
    """The same for a file whose SHA-256 is known already."""
    if found != expected:
        raise EncoderError(
            f"{path} is not what was pulled: its SHA-256 is {found[:12]}…, not {expected[:12]}….",
            hint="It was changed or damaged. Pull the model anew with --again.",
        )


def _slug(name: str) -> str:
    """A folder's name. The digits keep `a/b-c` and `a-b/c` apart."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
