"""A scan against its models alone, what a listing with a known picture adds, and where the time goes.

The bare rate is that of as many processes as there are cores, which decode the same pictures and ask the
same models for what the scan asked them, and do nothing else. They run after the scan and again at the end,
because machines are shared. The pictures are drawn; every second holds a turned reference, which geometry
has to find. A second scan has the same pictures and as many listings more, which show one of them again,
half by the same address and half by a copy of the file. Starting Ray is not counted; starting its workers
is, because a scan pays it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

from benchmarks._processes import Sampler
from benchmarks._report import options, show
from benchmarks.scan_market import ask_only, protect, write_listings, write_pictures
from cluster.session import cores
from cluster.settings import Limits, Settings

WHOLE = "default"
"""The recipe that is asked for by default: the shipped one, with all its models."""

_SCAN = """
import json, sys, time
from contextlib import contextmanager
from pathlib import Path
from benchmarks.scan_throughput import bench_settings
from cluster.session import session
from pipelines.beginning import ScanRequest
from pipelines.progress import Reporter
from pipelines.scan import begun as started
told = []
class Timed(Reporter):
    @contextmanager
    def stage(self, name, total=None):
        begun = time.time()
        with super().stage(name, total) as stage:
            yield stage
        told.append((name, begun, time.time()))
settings = bench_settings(Path(sys.argv[1]), sys.argv[4])
with session(settings):
    begun = time.time()
    request = ScanRequest(tenant="bench", sources=(sys.argv[2],), out=Path(sys.argv[3]))
    with started(request, settings, Timed(quiet=True)) as run:
        run.all()
        asked = {}
        for key, *_ in run.journal.hashes():
            if features := list(run.journal.measurements(key)):
                asked[run.journal.picture(key).source.rpartition("/")[2]] = features
        summary = run.finish()
    ended = time.time()
print(json.dumps({"summary": summary, "begun": begun, "ended": ended, "stages": told, "asked": asked}))
"""

_BARE = """
import json, sys, time
from pathlib import Path
import cv2
from benchmarks.scan_throughput import bench_settings, models_alone
cv2.setNumThreads(1)
settings = bench_settings(Path(sys.argv[1]), sys.argv[2])
work = models_alone(settings, Path(sys.argv[3]), json.loads(sys.argv[4]))
next(work)
print("ready", flush=True)
sys.stdin.readline()
begun, spent = time.time(), time.process_time()
done = sum(1 for _ in work)
print(json.dumps([done, begun, time.time(), time.process_time() - spent]), flush=True)
"""


def bench_settings(home: Path, encoder: str) -> Settings:
    """Settings under which nothing is remembered from one scan to the next, and no cap is reached."""
    return Settings(
        home=home,
        encoder=None if encoder == "none" else encoder,
        encoder_device="cpu",
        embedding_days=0,
        limits=Limits(image_similarity_daily=10**9),
    )


def models_alone(settings: Settings, images: Path, wanted: dict[str, list[str]]) -> Iterator[bool]:
    """Decode and measure each picture, by its file's name with the features it needs; first, be ready."""
    # Imported here: whoever only starts processes needs none of it.
    from benchmarks.scan_market import TENANT  # noqa: PLC0415
    from cluster.encoder_plan import is_appearance  # noqa: PLC0415
    from cluster.encoders import load_encoder  # noqa: PLC0415
    from cluster.library import build_library  # noqa: PLC0415
    from cluster.measure import measure  # noqa: PLC0415
    from cluster.state import State  # noqa: PLC0415
    from vision.decode import decode  # noqa: PLC0415

    library = build_library(State(settings), TENANT)
    encoder = load_encoder(settings) if settings.encoder else None
    ready = False
    for name, features in [next(iter(wanted.items())), *wanted.items()]:
        pixels = decode((images / name).read_bytes()).pixels
        for feature in features:
            if not is_appearance(feature):
                measure(feature, pixels, library)
            elif encoder is not None:
                encoder.embed([encoder.prepare(pixels)])
        yield ready
        ready = True


def bare(settings: Settings, images: Path, wanted: dict[str, list[str]], encoder: str) -> tuple[float, float]:
    """Pictures a second by as many processes as there are cores, and processor seconds a picture."""
    names = sorted(wanted)
    shares = [{name: wanted[name] for name in names[at :: cores()]} for at in range(cores())]
    workers = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", _BARE, str(settings.home), encoder, str(images), json.dumps(share)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in shares
        if share
    ]
    for worker in workers:
        assert worker.stdout is not None  # noqa: S101 - it was asked for
        worker.stdout.readline()
    told = []
    for worker in workers:
        assert worker.stdin is not None  # noqa: S101
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        out, _ = worker.communicate()
        told.append(json.loads(out.splitlines()[-1]))
    done = sum(it[0] for it in told)
    return done / (max(it[2] for it in told) - min(it[1] for it in told)), sum(it[3] for it in told) / done


def scan_apart(home: Path, source: str, out: Path, encoder: str = "none") -> dict[str, Any]:
    """A scan in a process of its own, watched from outside."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", _SCAN, str(home), source, str(out), encoder], stdout=subprocess.PIPE, text=True
    )
    with Sampler(process.pid) as sampler:
        said, _ = process.communicate()
    if process.returncode:
        sys.exit(f"the scan ended with {process.returncode}")
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    during = [it for it in sampler.samples if answer["begun"] <= it.at <= answer["ended"] + 1.0]
    answer["samples"] = [
        {"at": it.at - answer["begun"], "memory": it.memory, "spent": it.spent, "most": it.most}
        for it in during
    ]
    answer["stages"] = [
        [name, begun - answer["begun"], ended - answer["begun"]] for name, begun, ended in answer["stages"]
    ]
    answer["seconds"] = answer["ended"] - answer["begun"]
    answer["cpu"] = sum(sum(it.spent.values()) for it in during)
    return answer


def measure(listings: int, encoder: str, recipe: str, trace: str) -> dict[str, Any]:
    """Scan, bare, scan with duplicates, bare: all in one run."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        settings = bench_settings(folder / "home", encoder)
        images = folder / "images"
        write_pictures(folder, listings)
        protect(settings, folder / "kit")
        if recipe != WHOLE:
            ask_only(settings, *recipe.split("+"))
        own = [f"images/{number}.jpg" for number in range(listings)]
        again = [f"images/{number}.jpg" for number in range(0, listings, 2)]
        copied = [f"images/copy-{number}.jpg" for number in range(1, listings, 2)]
        for name in copied:
            (folder / name).write_bytes((folder / name.replace("copy-", "")).read_bytes())
        source = write_listings(folder / "own.jsonl", own)
        doubled = write_listings(folder / "doubled.jsonl", [*own, *again, *copied])
        whole = scan_apart(settings.home, source, folder / "whole", encoder)
        calls = whole["asked"]
        before = bare(settings, images, calls, encoder)
        twice = scan_apart(settings.home, doubled, folder / "twice", encoder)
        after = bare(settings, images, calls, encoder)
    if trace:
        Path(trace).write_text(json.dumps({name: whole[name] for name in ("samples", "stages", "seconds")}))
    measured = len(calls)
    rate, cpu = (before[0] + after[0]) / 2, (before[1] + after[1]) / 2
    more = len(again) + len(copied)
    return {
        "listings": listings,
        "pictures measured": measured,
        "cores": cores(),
        "models alone, pictures a second": {"between the scans": before[0], "after them": after[0]},
        "scan, listings a second": listings / whole["seconds"],
        "of the models' rate": measured / whole["seconds"] / rate,
        "models, CPU ms a picture": cpu * 1e3,
        "scan, CPU ms a listing": whole["cpu"] / listings * 1e3,
        "models' share of the scan's CPU": cpu * measured / whole["cpu"],
        "a duplicate adds, ms": (twice["seconds"] - whole["seconds"]) / more * 1e3,
        "a duplicate adds, CPU ms": (twice["cpu"] - whole["cpu"]) / more * 1e3,
        "scan, seconds": whole["summary"]["seconds"],
        "with duplicates, seconds": twice["summary"]["seconds"],
        "model calls": whole["summary"]["model_calls"],
        "with duplicates, model calls": twice["summary"]["model_calls"],
    }


if __name__ == "__main__":
    cv2.setNumThreads(1)
    asked = options(__doc__ or "", listings=400, encoder="none", recipe=WHOLE, trace="")
    show(asked, measure(asked.listings, asked.encoder, asked.recipe, asked.trace))
