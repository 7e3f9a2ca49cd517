"""Geometry stage by stage: milliseconds a picture, real photographs against twenty packages."""

import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2

from benchmarks._report import options, photographs, show
from tests.scenarios.promises import packages, unrelated
from vision.decode import decode
from vision.fingerprint import query_views, reference_views
from vision.fingerprint_index import FingerprintIndex
from vision.geometry import GeometryIndex, describe


def measure(data: Path, *, pictures: int) -> dict[str, Any]:
    """Half of the pictures are shop photographs of the packages, half are of other things."""
    geometry, fingerprints = GeometryIndex(), FingerprintIndex()
    for package in packages(data):
        pixels = decode((package / "iconic.jpg").read_bytes()).pixels
        geometry.add(package.name, describe(pixels))
        fingerprints.add(package.name, reference_views(pixels))
    shops = [path for package in packages(data) for path in sorted((package / "photos").iterdir())]
    half = pictures // 2
    chosen = {
        "shop photographs": shops[:: max(1, len(shops) // half)][:half],
        "others": unrelated(data)[:half],
    }
    stages: dict[str, list[float]] = defaultdict(list)
    found: dict[str, float] = {}
    for name, paths in chosen.items():
        hits = 0
        for path in paths:
            begun = time.perf_counter()
            pixels = decode(path.read_bytes()).pixels
            decoded = time.perf_counter()
            fingerprints.search(query_views(pixels))
            looked = time.perf_counter()
            features = describe(pixels)
            described = time.perf_counter()
            hits += bool(geometry.match(features))
            matched = time.perf_counter()
            for stage, spent in (
                ("decode", decoded - begun),
                ("fingerprint", looked - decoded),
                ("describe", described - looked),
                ("match", matched - described),
            ):
                stages[stage].append(1e3 * spent)
        found[name] = hits / len(paths)
    medians = {stage: statistics.median(spent) for stage, spent in stages.items()}
    return {
        "references": len(geometry),
        "milliseconds a picture": medians,
        "match, microseconds a reference": 1e3 * medians["match"] / len(geometry),
        "geometry, times the cheap stages": (medians["describe"] + medians["match"])
        / (medians["decode"] + medians["fingerprint"]),
        "share found": found,
    }


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", pictures=100)
    show(asked, measure(photographs(asked), pictures=asked.pictures))
