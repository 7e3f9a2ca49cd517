"""The photographs in a brand kit that a mark is trained on: `marks/<name>/*.jpg`, with boxes if wanted."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.kit import PICTURES
from scoring.errors import BrandKitError

BOXES = "boxes.jsonl"

Length = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Box = tuple[Coordinate, Coordinate, Length, Length]


class _Line(BaseModel):
    """One line of boxes.jsonl; other tools' further fields are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    file: str
    boxes_xywh: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class MarkPhotograph:
    """A photograph with the mark on it."""

    path: Path
    boxes: tuple[Box, ...] | None
    """x, y, width and height in pixels. None where nobody said: it is a close crop then."""


def pictures_in(folder: Path) -> tuple[Path, ...]:
    """The pictures directly in a folder; links are not followed. `BrandKitError` where there is none."""
    if not folder.is_dir() or folder.is_symlink():
        raise BrandKitError(f"There is no folder {folder}.", hint="Put the pictures there, or name another.")
    found = tuple(
        entry
        for entry in sorted(folder.iterdir())
        if entry.suffix.lower() in PICTURES and entry.is_file() and not entry.is_symlink()
    )
    if not found:
        raise BrandKitError(f"{folder} holds no picture.", hint=f"It takes {', '.join(PICTURES)}.")
    return found


def read_mark(kit: Path, name: str) -> tuple[MarkPhotograph, ...]:
    """A mark's photographs in a kit, with their boxes; `BrandKitError` says what is wrong with which line.

    A picture that boxes.jsonl does not name has none; one that it names with an empty list does not show the
    mark, and is left out.
    """
    if Path(name).name != name or name in {"", ".", ".."}:
        raise BrandKitError(f"{name!r} cannot name a mark.", hint="Name a folder below marks/ in the kit.")
    folder = kit / "marks" / name
    pictures = pictures_in(folder)
    boxes = _boxes(folder / BOXES, {path.name for path in pictures})
    return tuple(
        MarkPhotograph(path, boxes.get(path.name)) for path in pictures if boxes.get(path.name) != ()
    )


def _boxes(path: Path, pictures: set[str]) -> dict[str, tuple[Box, ...]]:
    if not path.is_file() or path.is_symlink():
        return {}
    boxes: dict[str, tuple[Box, ...]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = _Line.model_validate(json.loads(line))
        except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
            raise BrandKitError(
                f"Line {number} of {path} cannot be read: {type(error).__name__}.",
                hint='Each is {"file": "1.jpg", "boxes_xywh": [[x, y, width, height], …]}, in pixels.',
            ) from error
        if row.file not in pictures:
            raise BrandKitError(
                f"Line {number} of {path} names {row.file!r}, which is not beside it.",
                hint="Add the picture, or take the line out.",
            )
        boxes[row.file] = boxes.get(row.file, ()) + row.boxes_xywh
    return boxes
