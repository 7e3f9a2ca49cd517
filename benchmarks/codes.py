"""Barcodes and matrix codes read in photographs, by symbology and by the size of their modules."""

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp

from benchmarks._report import options, photographs, show
from tests.scenarios.printed_codes import CODES, Camera, photographed
from tests.scenarios.promises import unrelated
from vision.codes import read_codes
from vision.decode import decode

MODULES = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
"""Pixels to the thinnest bar or to a square; an EAN-13 is 95 of them wide, without its margins."""
_SIDE = 900


def measure(data: Path, *, each: int) -> dict[str, Any]:
    """As many pictures of every symbology at every size, turned, tilted, blurred, lit and compressed."""
    scenes = [_large(decode(path.read_bytes()).pixels) for path in unrelated(data)[:40]]
    figures: dict[str, Any] = {}
    first = total = 0
    seconds = {"one pass over the whole": 0.0, "as shipped": 0.0}
    for place, (name, draw) in enumerate(CODES.items()):
        recall = {}
        for module in MODULES:
            hits = 0
            for number in range(each):
                rng = np.random.default_rng([number, place, int(100 * module)])
                code, camera = draw(rng), _camera(rng, module=module)
                picture = photographed(code, scenes[number % len(scenes)], camera, rng)
                grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
                begun = time.process_time()
                plain = zxingcpp.read_barcodes(grey)
                halfway = time.process_time()
                hits += any(found.text == code.text for found in read_codes(picture))
                seconds["one pass over the whole"] += halfway - begun
                seconds["as shipped"] += time.process_time() - halfway
                first += any(found.text == code.text for found in plain)
                total += 1
            recall[f"{module:g} px"] = hits / each
        figures[f"recall, {name}"] = recall
    others = [decode(path.read_bytes()).pixels for path in unrelated(data)[40:240]]
    begun = time.process_time()
    read = [len(read_codes(pixels)) for pixels in others]
    spent = time.process_time() - begun
    return {
        **figures,
        "all, one plain pass": first / total,
        "cost, times a plain pass": seconds["as shipped"] / seconds["one pass over the whole"],
        "milliseconds a picture": 1e3 * seconds["as shipped"] / total,
        "milliseconds a picture without a code": 1e3 * spent / len(read),
        "codes read in other pictures": f"{sum(read)} in {len(read)}",
    }


def _camera(rng: np.random.Generator, *, module: float) -> Camera:
    """Somebody's phone: any of four ways up, up to 25° askew, and never quite still."""
    return Camera(
        module=module,
        turn=float(rng.choice([0, 90, 180, 270]) + rng.uniform(-25, 25)),
        tilt=float(rng.uniform(0, 0.06)),
        blur=float(rng.uniform(0, 0.8)),
        contrast=float(rng.uniform(0.4, 1)),
        glare=float(rng.uniform(0, 0.3)),
        inverted=bool(rng.random() < 0.1),
        quality=int(rng.integers(60, 95)),
    )


def _large(pixels: np.ndarray) -> np.ndarray:
    factor = max(1.0, _SIDE / max(pixels.shape))
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", each=16)
    show(asked, measure(photographs(asked), each=asked.each))
