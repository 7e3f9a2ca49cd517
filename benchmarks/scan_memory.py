"""A scan's memory while it runs: the driver's and its largest worker's, for more listings and more pictures.

What grows with listings is told from what grows with pictures by three scans: of as many pictures as
listings, of ten listings for each of the same pictures, and of three times both. Pictures are drawn and
small, and only fingerprints are asked for: models need the same memory however long a scan is. What is
counted is each process's own memory; the object store, whose size Ray is told, and files' pages are not.
"""

import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from benchmarks._report import options, show
from benchmarks.scan_market import ask_only, jpeg, protect, write_listings
from benchmarks.scan_throughput import bench_settings, scan_apart

_SIDE = 96


def write_blots(folder: Path, number: int) -> None:
    """Small pictures, each its own and cheap to draw."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for at in range(number):
        blots = rng.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        (folder / f"{at}.jpg").write_bytes(jpeg(Image.fromarray(cv2.resize(blots, (_SIDE, _SIDE)))))


def watched(folder: Path, home: Path, *, listings: int, pictures: int) -> dict[str, Any]:
    """One scan, and what it held at its middle and at its most."""
    name = f"{listings} of {pictures}"
    source = write_listings(
        folder / f"{name}.jsonl", [f"images/{number % pictures}.jpg" for number in range(listings)]
    )
    told = scan_apart(home, source, folder / name)
    driver = [it["memory"].get("driver", 0.0) for it in told["samples"]]
    workers = [it["most"] for it in told["samples"]]
    half = len(driver) // 2
    return {
        "driver's MB: begin": driver[0],
        "driver's MB: most": max(driver),
        "driver's MB: end": driver[-1],
        "largest worker's MB: first half": max(workers[:half]),
        "largest worker's MB: second half": max(workers[half:]),
        "seconds": told["seconds"],
        "ms a listing": told["seconds"] / listings * 1e3,
        "stages": told["summary"]["seconds"],
    }


def measure(least: int) -> dict[str, Any]:
    """The three scans, and what a million of each would add."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        settings = bench_settings(folder / "home", "none")
        protect(settings, folder / "kit")
        ask_only(settings, "fingerprint")
        write_blots(folder / "images", 3 * least)
        one = watched(folder, settings.home, listings=least, pictures=least)
        many = watched(folder, settings.home, listings=10 * least, pictures=least)
        three = watched(folder, settings.home, listings=3 * least, pictures=3 * least)
    most = "driver's MB: most"
    by_listing = (many[most] - one[most]) / (9 * least)
    by_both = (three[most] - one[most]) / (2 * least)
    return {
        f"{least:,} listings, {least:,} pictures": one,
        f"{10 * least:,} listings, {least:,} pictures": many,
        f"{3 * least:,} listings, {3 * least:,} pictures": three,
        "bytes of the driver's for a listing more": by_listing * 2**20,
        "bytes of the driver's for a listing and a picture more": by_both * 2**20,
        "MB of the driver's at a million of both": one[most] + by_both * (10**6 - least),
    }


if __name__ == "__main__":
    asked = options(__doc__ or "", least=10_000)
    show(asked, measure(asked.least))
