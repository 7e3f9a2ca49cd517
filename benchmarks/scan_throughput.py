"""A scan against the same work in a bare loop: what the machinery around it costs, and its memory.

Half of the listings show a copy of a reference, framed so that geometry has to find it, half show
something else; every picture is its own. The loop decodes, fingerprints, groups, measures and judges the
same listings in one process, with nothing kept and nothing resumable; times the cores, that is the most
that a scan could reach. Starting Ray is not counted; starting its workers is, because a scan pays it.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from PIL import Image

from benchmarks._report import options, show
from catalog.intake import import_kit
from cluster.inspect import inspect
from cluster.library import build_library
from cluster.measure import listing_features, look
from cluster.measure import measure as measure_one
from cluster.session import cores
from cluster.settings import Settings
from cluster.state import State
from scoring.features import FeatureValue
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing
from vision.lsh import NearDuplicates

TENANT = "bench"
REFERENCES = 20
SIDE = 300
PARTS = 4
"""The small scan, whose memory the whole one's is compared with, has this part of the listings."""

_CHILD = """
import json, resource, sys, time
from pathlib import Path
from cluster.session import session
from cluster.settings import Limits, Settings
from pipelines.progress import Reporter
from pipelines.beginning import ScanRequest
from pipelines.scan import scan
settings = Settings(
    home=Path(sys.argv[1]), encoder=None, embedding_days=0, limits=Limits(image_similarity_daily=10**9)
)
with session(settings):
    begun = time.perf_counter()
    request = ScanRequest(tenant="bench", sources=(sys.argv[2],), out=Path(sys.argv[3]))
    summary = scan(request, settings, Reporter(quiet=True))
    spent = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"summary": summary, "seconds": spent, "peak": peak}))
"""


def draw(seed: int) -> Image.Image:
    """Discs and boxes on paper: no two seeds share a detail."""
    rng = np.random.default_rng(seed)
    canvas = np.full((SIDE, SIDE, 3), 245, np.uint8)
    for _ in range(60):
        x, y, size = (int(value) for value in rng.integers((0, 0, 8), (SIDE, SIDE, 40)))
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        if rng.random() < 0.5:
            cv2.circle(canvas, (x, y), size // 2, colour, -1)
        else:
            cv2.rectangle(canvas, (x, y), (x + size, y + size // 2), colour, -1)
    return Image.fromarray(canvas)


def jpeg(image: Image.Image) -> bytes:
    """The picture as most marketplaces serve it."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def write_market(folder: Path, listings: int) -> None:
    """Pictures, and files of all listings and of a part of them."""
    (folder / "images").mkdir(parents=True)
    lines = []
    for number in range(listings):
        picture = draw(10_000 + number)
        if number % 2:
            turned = draw(number % REFERENCES).rotate(5 + number % 20, expand=True)
            picture = picture.resize((2 * SIDE, 2 * SIDE))
            picture.paste(turned, (number % 90, number % 110))
        (folder / "images" / f"{number}.jpg").write_bytes(jpeg(picture))
        line = {"platform": "shop", "listing_id": str(number), "title": "A thing"}
        lines.append(json.dumps(line | {"images": [f"images/{number}.jpg"]}) + "\n")
    (folder / "all.jsonl").write_text("".join(lines))
    (folder / "part.jsonl").write_text("".join(lines[: listings // PARTS]))


def protect(settings: Settings, folder: Path) -> None:
    """A brand with its references, imported."""
    references = folder / "references" / "packaging"
    references.mkdir(parents=True)
    (folder / "brand.yaml").write_text(yaml.safe_dump({"brand": "Northpine"}))
    for seed in range(REFERENCES):
        (references / f"{seed}.jpg").write_bytes(jpeg(draw(seed)))
    state = State(settings)
    import_kit(state.catalog, state.blobs(TENANT), folder, TENANT, inspect=inspect)


def loop(settings: Settings, market: Path) -> dict[str, float]:
    """Seconds of each stage in one process, for all listings."""
    library = build_library(State(settings), TENANT)
    funnel, groups = Funnel(library.recipe), NearDuplicates()
    spent = dict.fromkeys(("look", "group", "measure", "judge"), 0.0)
    for line in (market / "all.jsonl").read_text().splitlines():
        shown = Listing.model_validate_json(line)
        begun = time.perf_counter()
        seen = look((market / shown.images[0]).read_bytes(), library)
        looked = time.perf_counter()
        if seen.fingerprint is not None:
            groups.add(shown.listing_id, seen.fingerprint)
        grouped = time.perf_counter()
        features: dict[str, FeatureValue] = dict(seen.features)
        measured = 0.0
        while True:
            known = listing_features([features], library)
            answer = funnel.judge(shown, library.brands, known, tenant=TENANT)
            if not isinstance(answer, Needs):
                break
            wanted = time.perf_counter()
            features |= {name: measure_one(name, seen.picture.pixels, library) for name in answer.features}
            measured += time.perf_counter() - wanted
        spent["look"] += looked - begun
        spent["group"] += grouped - looked
        spent["measure"] += measured
        spent["judge"] += time.perf_counter() - grouped - measured
    return spent


def scan_apart(home: Path, source: Path, out: Path) -> dict[str, Any]:
    """A scan in a process of its own, so that its peak of memory is its own."""
    done = subprocess.run(  # noqa: S603  # our own interpreter and text
        [sys.executable, "-c", _CHILD, str(home), f"file:{source}", str(out)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measure(listings: int) -> dict[str, Any]:
    """The loop, the scan, and a scan of a part, in one run."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        settings = Settings(home=folder / "home", encoder=None)
        write_market(folder / "market", listings)
        protect(settings, folder / "kit")
        part = scan_apart(settings.home, folder / "market" / "part.jsonl", folder / "part")
        whole = scan_apart(settings.home, folder / "market" / "all.jsonl", folder / "whole")
        bare = loop(settings, folder / "market")
    ideal = listings / sum(bare.values()) * cores()
    return {
        "listings": listings,
        "cores": cores(),
        "scan, listings a second": listings / whole["seconds"],
        "loop times cores, listings a second": ideal,
        "fraction kept": listings / whole["seconds"] / ideal,
        "tiers": whole["summary"]["tiers"],
        "scan, seconds": whole["summary"]["seconds"],
        "loop, seconds on one core": bare,
        "driver's peak, MB": whole["peak"] / 1024,
        f"driver's peak, times that of {listings // PARTS}": whole["peak"] / part["peak"],
    }


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", listings=2000)
    show(asked, measure(asked.listings))
