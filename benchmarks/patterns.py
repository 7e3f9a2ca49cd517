"""Signature patterns: goods found that bear them, on much and on little, and false alarms.

Twenty-four drawn patterns are owned; those with odd numbers tuned the thresholds, those with even numbers
are reported. Goods are drawn, before drawn walls and real photographs, or real shoes with a pattern printed
on. What must not be found: other drawings in the same colours, other patterns of the same family, plain
cloth, each of the other owned patterns, and real photographs, a photograph counting once if it resembles any
pattern. `--half tune` shows the half that the threshold was set on.
"""

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from benchmarks._report import options, photographs, show
from tests.scenarios.drawn_patterns import Pattern, Pixels, protected
from tests.scenarios.patterned_goods import LARGE, SMALL, Shot, photograph, printed_on
from tests.scenarios.promises import packages, unrelated
from vision.pattern_index import SHARES, WITNESSES, PatternIndex, nearest, pattern_space, texture
from vision.pattern_windows import Vectors, windows

_REFERENCE, _REPEAT = 600, 100
"""Side of a reference and of its repeat, in pixels."""

_THRESHOLDS = (0.80, 0.82, 0.84, 0.86)
"""Similarities from which a pattern counts as found; 0.82 is the one that is shipped."""

_EVERY = 4
"""Of the 350 photographs with logos, every fourth."""


def owned(half: str) -> list[Pattern]:
    """Every second pattern: `tune` or `report`."""
    return protected()[0 if half == "tune" else 1 :: 2]


def goods(data: Path, pattern: Pattern, number: int, *, half: str) -> Iterator[tuple[str, Shot]]:
    """Photographs for one pattern, by what they are."""
    at = 0 if half == "tune" else 1
    others = unrelated(data)[at::2]
    produce = [path for path in others if "produce" in path.parts]
    boxes = _boxes(data)
    shoes = [path for path in others if boxes.get(path.name)]
    for shot in range(4):
        backdrop = _pixels(produce[(number * 4 + shot) % len(produce)]) if shot % 2 else None
        for kind, share in (("much", LARGE), ("little", SMALL)):
            rng = np.random.default_rng([31, number, 2 * shot + (kind == "little")])
            if shot < 3:
                yield kind, photograph(pattern, rng, share=share, backdrop=backdrop)
            else:
                shoe = shoes[(number * 7 + shot) % len(shoes)]
                yield kind, printed_on(_pixels(shoe), boxes[shoe.name], pattern, rng, share=share)
    for other in range(6):
        rng = np.random.default_rng([32, number, other])
        yield "same colours", photograph(pattern.sibling(other), rng)
        if other < 2:
            yield "same family", photograph(pattern.recoloured(other), rng)
    yield "plain cloth", photograph(None, np.random.default_rng([33, number]))


def measure(data: Path, *, half: str, strangers: int) -> dict[str, Any]:
    """Shares of the photographs in which a pattern was found, at each threshold, and what looking cost."""
    patterns = owned(half)
    index = PatternIndex()
    sheets = {it.name: texture(it.sheet(_REFERENCE, _REFERENCE, period=_REPEAT)) for it in patterns}
    for name, sheet in sheets.items():
        index.add(name, sheet)
    similar: dict[str, list[float]] = defaultdict(list)
    spent: list[float] = []
    for number, pattern in enumerate(patterns):
        for kind, shot in goods(data, pattern, 2 * number + (half != "tune"), half=half):
            begun = time.process_time()
            index.match(shot.pixels)
            spent.append(1e3 * (time.process_time() - begun))
            seen = _similarities(shot.pixels, sheets)
            similar[kind].append(seen[pattern.name])
            if kind in {"much", "little"}:
                similar["each other owned pattern"] += [seen[it.name] for it in patterns if it is not pattern]
    photos = {
        "fruit, vegetables and shoes": unrelated(data)[0 if half == "tune" else 1 :: 2][:strangers],
        "packages in shops": [it for box in packages(data) for it in sorted((box / "photos").iterdir())[:2]],
        "people and goods with logos": sorted((data / "logos-in-photos").rglob("*.jpg"))[::_EVERY],
    }
    for kind, paths in photos.items():
        similar[kind] = [max(_similarities(_pixels(path), sheets).values()) for path in paths]
    return {
        "patterns": len(patterns),
        "CPU milliseconds a picture": statistics.median(spent),
        "pictures": {kind: len(them) for kind, them in similar.items()},
        **{
            f"found at {least}": {
                kind: float(np.mean(np.array(them) >= least)) for kind, them in similar.items()
            }
            for least in _THRESHOLDS
        },
    }


def _similarities(pixels: Pixels, sheets: dict[str, Vectors]) -> dict[str, float]:
    """To each pattern, as `PatternIndex` measures it."""
    vectors = pattern_space()(windows(pixels, SHARES).vectors)
    return {
        name: float(np.sort(nearest(vectors, known))[-WITNESSES:].mean()) for name, known in sheets.items()
    }


def _boxes(data: Path) -> dict[str, tuple[float, float, float, float]]:
    rows = [json.loads(line) for line in (data / "shoes" / "boxes.jsonl").read_text("utf-8").splitlines()]
    return {row["file"]: tuple(row["boxes"][0]["xyxy"]) for row in rows if row["boxes"]}


def _pixels(path: Path) -> Pixels:
    return np.asarray(Image.open(path).convert("RGB"))


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", strangers=100, half="report")
    show(asked, measure(photographs(asked), half=asked.half, strangers=asked.strangers))
