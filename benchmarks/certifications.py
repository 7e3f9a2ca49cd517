"""Certification marks found in photographs, by their height, and false alarms."""

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks._report import options, photographs, show
from tests.scenarios.certified_goods import MARKS, certified
from tests.scenarios.promises import packages, unrelated
from vision.certifications import CertificationIndex, shipped_artwork
from vision.decode import decode

HEIGHTS = (12, 16, 20, 24, 36, 60, 100)
"""Pixels of the whole mark."""
_SIDE = 900


def measure(data: Path, *, each: int, others: int) -> dict[str, Any]:
    """As many pictures of every mark at every height, and pictures without any."""
    index = CertificationIndex(shipped_artwork())
    paths = unrelated(data)
    scenes = [_large(decode(path.read_bytes()).pixels) for path in paths[:30]]
    by_height: dict[str, float] = {}
    lying: dict[str, float] = {}
    by_mark = dict.fromkeys(MARKS, 0)
    for height in HEIGHTS:
        hits = turned = 0
        for place, mark in enumerate(MARKS):
            for number in range(each):
                rng = np.random.default_rng([1, number, height, place])
                picture = certified(mark, scenes[number % len(scenes)], rng, height=height)
                hit = any(found.key == mark for found in index.search(picture))
                hits += hit
                otherwise = np.ascontiguousarray(np.rot90(picture, 1 + number % 3))
                turned += any(found.key == mark for found in index.search(otherwise))
                by_mark[mark] += hit and height >= 24
        by_height[f"{height} px"] = hits / each / len(MARKS)
        lying[f"{height} px"] = turned / each / len(MARKS)
    shops = [path for package in packages(data) for path in sorted((package / "photos").iterdir())]
    without = [*paths[30 : 30 + others], *shops[:: max(1, len(shops) // max(1, others))][:others]]
    alarms = 0
    begun = time.process_time()
    for path in without:
        alarms += bool(index.search(decode(path.read_bytes()).pixels))
    spent = time.process_time() - begun
    tall = sum(height >= 24 for height in HEIGHTS)
    return {
        "recall by height": by_height,
        "recall on their side or upside down": lying,
        "recall by mark, 24 px or more": {mark: hits / each / tall for mark, hits in by_mark.items()},
        "false alarms": f"{alarms} of {len(without)} photographs",
        "milliseconds a photograph": 1e3 * spent / len(without),
    }


def _large(pixels: np.ndarray) -> np.ndarray:
    factor = max(1.0, _SIDE / max(pixels.shape))
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", each=6, others=150)
    show(asked, measure(photographs(asked), each=asked.each, others=asked.others))
