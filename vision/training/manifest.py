"""Which pictures the encoder may learn from: a YAML list of folders, each with its licence.

- {folder: /data/produce, licence: MIT, identity: folder, except: ["packaged/*"]}
- {folder: /data/logos, licence: CC0-1.0, identity: artwork}
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from scoring.errors import EncoderError

Licence = Literal["MIT", "CC0-1.0", "CC-BY-4.0", "Apache-2.0", "BSD-3-Clause", "own"]
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


class Source(BaseModel):
    """One folder of pictures, and what makes two of them the same product."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    folder: Path
    licence: Licence = Field(description="Only licences that allow a model to be given away are accepted.")
    identity: Literal["folder", "picture", "artwork"] = Field(
        description="Pictures below one sub-folder show one product; or each its own; or they are SVG marks."
    )
    without: tuple[str, ...] = Field(
        default=(), alias="except", description="Patterns of relative paths that are left out."
    )

    def files(self) -> Iterator[tuple[str, Path]]:
        """(identity, file) of everything in it, in a fixed order."""
        for path in sorted(self.folder.rglob("*")):
            inside = path.relative_to(self.folder)
            wanted = {".svg"} if self.identity == "artwork" else PICTURES
            if path.suffix.lower() not in wanted or any(fnmatch(str(inside), it) for it in self.without):
                continue
            yield (inside.parts[0] if self.identity == "folder" else str(inside)), path


def read_manifest(path: Path) -> tuple[Source, ...]:
    """The sources that a manifest names. EncoderError where it or one of its folders cannot be read."""
    hint = "A manifest is a YAML list of {folder, licence, identity: folder|picture|artwork, except: []}."
    try:
        sources = TypeAdapter(tuple[Source, ...]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise EncoderError(f"The manifest {path} cannot be used: {error}", hint=hint) from error
    for source in sources:
        if not source.folder.is_dir():
            raise EncoderError(f"The manifest {path} names {source.folder}, which is no folder.", hint=hint)
    return sources
