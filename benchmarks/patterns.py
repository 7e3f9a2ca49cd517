"""Signature patterns: goods found that bear them, on much and on little, and false alarms.

Twenty-four drawn patterns are owned; those with odd numbers tuned the thresholds, those with even numbers
are reported. Goods are drawn, before drawn walls and real photographs, or real shoes with a pattern printed
on. What must not be found: other drawings in the same colours, other patterns of the same family, plain
cloth, each of the other owned patterns, and real photographs. Then each reported pattern is trained on
ten further photographs and looked for again.
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
from vision.pattern_head import Example, PatternHead, train_head
from vision.pattern_index import SHARES, WITNESSES, PatternIndex, nearest, pattern_space, texture
from vision.pattern_windows import Vectors, windows

_REFERENCE, _REPEAT = 600, 100
"""Side of a reference and of its repeat, in pixels."""


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
    for other in range(2):
        rng = np.random.default_rng([32, number, other])
        yield "same colours", photograph(pattern.sibling(other), rng)
        yield "same family", photograph(pattern.recoloured(other), rng)
    yield "plain cloth", photograph(None, np.random.default_rng([33, number]))


def measure(data: Path, *, half: str, strangers: int) -> dict[str, Any]:
    """Shares of the photographs in which the pattern was found, and what it cost."""
    patterns = owned(half)
    index = PatternIndex()
    sheets = [texture(it.sheet(_REFERENCE, _REFERENCE, period=_REPEAT)) for it in patterns]
    for pattern, sheet in zip(patterns, sheets, strict=True):
        index.add(pattern.name, sheet)
    heads = _heads(patterns, sheets)
    trained = PatternIndex()
    for pattern, sheet, head in zip(patterns, sheets, heads, strict=True):
        trained.add(pattern.name, sheet, head=head)
    found: dict[str, dict[str, list[bool]]] = {"untrained": defaultdict(list), "trained": defaultdict(list)}
    spent: list[float] = []
    for number, pattern in enumerate(patterns):
        for kind, shot in goods(data, pattern, 2 * number + (half != "tune"), half=half):
            begun = time.process_time()
            hits = {"untrained": [hit.key for hit in index.match(shot.pixels)]}
            spent.append(1e3 * (time.process_time() - begun))
            hits["trained"] = [hit.key for hit in trained.match(shot.pixels)]
            for how, keys in hits.items():
                found[how][kind].append(pattern.name in keys)
                if kind in {"much", "little"}:
                    found[how]["each other owned pattern"] += [
                        other.name in keys for other in patterns if other is not pattern
                    ]
    photos = unrelated(data)[0 if half == "tune" else 1 :: 2][:strangers]
    photos += [path for it in packages(data) for path in sorted((it / "photos").iterdir())[:2]]
    for path in photos:
        pixels = _pixels(path)
        for how, one in (("untrained", index), ("trained", trained)):
            found[how][f"real photographs, any of {len(patterns)}"].append(bool(one.match(pixels)))
    return {
        "patterns": len(patterns),
        "photographs": len(spent) + len(photos),
        "CPU milliseconds a picture": statistics.median(spent),
        **{how: {kind: float(np.mean(them)) for kind, them in kinds.items()} for how, kinds in found.items()},
        "cross-validated precision": float(np.mean([head.report.precision for head in heads])),
        "cross-validated recall": float(np.mean([head.report.recall for head in heads])),
    }


def _heads(patterns: list[Pattern], sheets: list[Vectors]) -> list[PatternHead]:
    """Each by ten photographs of goods that bear it, and two of each other pattern."""
    shots = [
        [
            photograph(pattern, np.random.default_rng([77, number, shot]), share=LARGE if shot % 2 else SMALL)
            for shot in range(10)
        ]
        for number, pattern in enumerate(patterns)
    ]
    strangers = pattern_space().others
    heads = []
    for number, sheet in enumerate(sheets):
        examples = [
            _example(shot, sheet, bears=other == number)
            for other, taken in enumerate(shots)
            for shot in (taken if other == number else taken[:2])
        ]
        others = (strangers, nearest(strangers, sheet))
        heads.append(train_head(examples, others=others, witnesses=WITNESSES))
    return heads


def _example(shot: Shot, known: Vectors, *, bears: bool) -> Example:
    seen = windows(shot.pixels, SHARES)
    vectors = pattern_space()(seen.vectors)
    height, width = shot.borne.shape
    inside = np.array(
        [
            shot.borne[
                int(top * height) : int(bottom * height), int(left * width) : int(right * width)
            ].mean()
            for left, top, right, bottom in seen.boxes
        ]
    )
    cosines = nearest(vectors, known)
    if not bears:
        return Example(vectors, cosines, np.zeros(len(vectors), np.bool_))
    clear = (inside >= 0.7) | (inside <= 0.1)
    return Example(vectors[clear], cosines[clear], inside[clear] >= 0.7)


def _boxes(data: Path) -> dict[str, tuple[float, float, float, float]]:
    rows = [json.loads(line) for line in (data / "shoes" / "boxes.jsonl").read_text("utf-8").splitlines()]
    return {row["file"]: tuple(row["boxes"][0]["xyxy"]) for row in rows if row["boxes"]}


def _pixels(path: Path) -> Pixels:
    return np.asarray(Image.open(path).convert("RGB"))


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", strangers=100)
    show(asked, measure(photographs(asked), half="report", strangers=asked.strangers))
