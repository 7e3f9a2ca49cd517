"""The photographs that marks are measured on, dealt into what may be learned from and what is reported on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph with marks on it."""

    path: Path
    brand: str
    few_shot: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Negatives:
    """Pictures without the marks: half to train on, half to report on."""

    train: tuple[Path, ...]
    train_shoes: tuple[Path, ...]
    report: tuple[Path, ...]
    report_shoes: tuple[Path, ...]

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Produce in a fixed random order, shoes by turns."""
        kinds = folder / "grocery" / "produce"
        produce = sorted(map(str, kinds.glob("*/photos/*.jpg"))) + sorted(map(str, kinds.glob("*/*.jpg")))
        chosen = tuple(Path(one) for one in np.random.default_rng(0).permutation(produce))
        shoes = tuple(sorted((folder / "shoes").glob("*.jpg")))
        return cls(chosen[:100:2], shoes[::4], chosen[100:220], shoes[1::2])


def photographs(folder: Path) -> tuple[Photograph, ...]:
    """Those that `boxes.jsonl` names."""
    rows = map(json.loads, (folder / "boxes.jsonl").read_text("utf-8").splitlines())
    return tuple(
        Photograph(
            folder / row["file"],
            row["brand"],
            row["few_shot"],
            tuple((x, y, w, h) for x, y, w, h in row["boxes_xywh"]),
        )
        for row in rows
    )
