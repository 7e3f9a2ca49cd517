"""Cosines of labelled pairs of pictures, by the encoder that the settings name.

A pairs file holds one JSON object a line: `{"a": "one.jpg", "b": "other.jpg", "same": true}`, paths
beside the file. A line or picture that cannot be used is told and left out.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.errors import RowError, SettingsError
from vision.adapter import Adapter
from vision.decode import decode
from vision.encoder import Encoder

_BATCH = 16

Vectors = npt.NDArray[np.float32]


class LabelledPair(BaseModel):
    """One line of a pairs file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: str = Field(min_length=1, description="A picture's path.")
    b: str = Field(min_length=1, description="Another's.")
    same: bool = Field(description="Whether both show one product.", strict=True)


@dataclass(slots=True)
class Measured:
    """Pairs with their cosines, and what was left out."""

    cosines: list[float] = field(default_factory=list)
    same: list[bool] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@dataclass(slots=True)
class EmbeddedPairs:
    """Pairs whose pictures could both be read, with every picture's vector."""

    pairs: list[LabelledPair] = field(default_factory=list)
    vectors: dict[str, Vectors] = field(default_factory=dict)
    """By the picture's name in the file."""
    left_out: list[str] = field(default_factory=list)


def embed_pairs(
    path: Path, encoder: Encoder, *, tell: Callable[[int, int], None] = lambda *_: None
) -> EmbeddedPairs:
    """Embed every picture of a pairs file once; SettingsError where the file cannot be read."""
    found = EmbeddedPairs()
    pairs = list(_pairs(path, found.left_out))
    files = sorted({name for pair in pairs for name in (pair.a, pair.b)})
    ready: dict[str, Vectors] = {}
    for number, name in enumerate(files, 1):
        try:
            ready[name] = encoder.prepare(decode((path.parent / name).read_bytes()).pixels)
        except (OSError, RowError) as error:
            found.left_out.append(f"{name}: {error}")
        if len(ready) == _BATCH or number == len(files):
            found.vectors |= dict(zip(ready, encoder.embed(list(ready.values())), strict=True))
            ready = {}
        tell(number, len(files))
    found.pairs = [pair for pair in pairs if pair.a in found.vectors and pair.b in found.vectors]
    return found


def measure_pairs(
    path: Path,
    encoder: Encoder,
    *,
    adapter: Adapter | None = None,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Measured:
    """The pairs' cosines, by the encoder or by an adapter of it; SettingsError where it cannot be read."""
    found = embed_pairs(path, encoder, tell=tell)
    vectors = found.vectors
    if adapter is not None and vectors:
        vectors = dict(zip(vectors, adapter.apply(np.stack(list(vectors.values()))), strict=True))
    return Measured(
        [float(vectors[pair.a] @ vectors[pair.b]) for pair in found.pairs],
        [pair.same for pair in found.pairs],
        found.left_out,
    )


def _pairs(path: Path, left_out: list[str]) -> Iterator[LabelledPair]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the pairs file {path} cannot be read: {error}.",
            hint='Each of its lines is like {"a": "one.jpg", "b": "other.jpg", "same": true}.',
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield LabelledPair.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError) as error:
            what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            left_out.append(f"line {number}: {what}")
