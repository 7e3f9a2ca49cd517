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
from vision.decode import decode
from vision.encoder import Encoder

_BATCH = 16


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


def measure_pairs(
    path: Path, encoder: Encoder, *, tell: Callable[[int, int], None] = lambda *_: None
) -> Measured:
    """Embed every picture of the file once, and compare pairs; SettingsError where it cannot be read."""
    measured = Measured()
    pairs = list(_pairs(path, measured.left_out))
    files = sorted({name for pair in pairs for name in (pair.a, pair.b)})
    vectors: dict[str, npt.NDArray[np.float32]] = {}
    ready: dict[str, npt.NDArray[np.float32]] = {}
    for number, name in enumerate(files, 1):
        try:
            ready[name] = encoder.prepare(decode((path.parent / name).read_bytes()).pixels)
        except (OSError, RowError) as error:
            measured.left_out.append(f"{name}: {error}")
        if len(ready) == _BATCH or number == len(files):
            vectors |= dict(zip(ready, encoder.embed(list(ready.values())), strict=True))
            ready = {}
        tell(number, len(files))
    for pair in pairs:
        if pair.a in vectors and pair.b in vectors:
            measured.cosines.append(float(vectors[pair.a] @ vectors[pair.b]))
            measured.same.append(pair.same)
    return measured


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
