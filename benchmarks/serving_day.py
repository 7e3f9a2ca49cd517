"""A steady day: so many requests a second for so long, whether memory grows meanwhile, and what a day costs.

`--what steady` keeps `--rate` requests a second up for `--seconds`, with the weights-free signals and what
a marketplace shows (one photograph in eleven is of a protected package), and looks at memory every few
seconds. `--what cost` takes the CPU time of what the funnel measures on the same photographs, with every
signal, and puts it into the formula by which an image service's endpoints were once estimated:

    Cost = Latency * QPS * container_size/4Gb * 24 * DBU * (1x for cpu, 6x for GPU)
"""

import os
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import cv2

from benchmarks._report import options, photographs, show
from benchmarks._service import (
    TENANT,
    load,
    photographs_into,
    protect,
    served,
    settings_at,
    use,
    weights_free,
    write_sizes,
)
from benchmarks._service_processes import Taken, cpu_ms_each, taken
from cluster.encoders import load_encoder
from cluster.library import build_library
from cluster.measure import MEASURES, listing_features, look, measure
from cluster.state import State
from scoring.features import APPEARANCE, GEOMETRY, MARKS, TEXT, FeatureValue, Unavailable
from scoring.funnel import Funnel, Needs
from scoring.listing import Listing

_EVERY = 5.0
"""Seconds between two looks at memory."""
_SETTLED = 0.25
"""Of the time: before, caches fill and threads start."""

DBU = 0.088
"""Dollars for an hour of 4 GB, as the estimate has it."""
QPS = 25
THEIRS = {"KNN (CPU)": 0.7, "Logo (CPU)": 2.7, "OCR (GPU)": 0.3}
"""Its latencies, in seconds."""
_OF_A_GPU = 6


def main() -> None:
    """Measure and print."""
    asked = options(
        __doc__ or "", rate=25, seconds=600, scorers=2, pictures=220, encoder="builtin", what="steady,cost"
    )
    data = photographs(asked)
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="counterfoil-day-") as work:
        folder = Path(work)
        pictures = photographs_into(folder / "pictures", data)
        if "steady" in asked.what:
            told |= steady(folder / "steady", data, pictures, asked.rate, asked.seconds, asked.scorers)
        if "cost" in asked.what:
            told |= cost(folder / "cost", data, pictures, asked.encoder, asked.pictures)
    show(asked, told)


def steady(  # noqa: PLR0913, PLR0917 - a benchmark's own options
    work: Path, data: Path, pictures: Path, rate: int, seconds: int, scorers: int
) -> dict[str, Any]:
    """What a steady load came to, and how memory went meanwhile."""
    work.mkdir(parents=True)
    sizes = {"Scorer": {"num_replicas": scorers, "ray_actor_options": {"num_cpus": 1}}}
    settings = settings_at(work / "home", config=write_sizes(work / "serve.yaml", sizes))
    protect(settings, data, work)
    use(settings, weights_free())
    with served(settings) as address:
        load(address, pictures, clients=4, seconds=5)
        before = taken()
        with _Watched() as watched:
            told = load(address, pictures, rate=rate, seconds=seconds, begin=100_000)
        after = taken()
    count = sum(told["statuses"].values())
    return {
        "steady": {
            "requests a second": rate,
            "seconds": seconds,
            "served a second": told["served_a_second"],
            "statuses": told["statuses"],
            "ms p50": told["ms"].get("200", {}).get("p50"),
            "ms p99": told["ms"].get("200", {}).get("p99"),
            "sent late, ms p99": told["sent_late_ms_p99"],
            "load average": os.getloadavg()[0],
        },
        "CPU time of a request, ms": cpu_ms_each(before, after, count),
        "memory, MB": watched.growth(),
    }


class _Watched:
    """Looks at memory in a thread of its own."""

    def __init__(self) -> None:
        self._looks: list[tuple[float, Taken]] = []
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        begun = time.perf_counter()
        while not self._over.wait(_EVERY):
            self._looks.append((time.perf_counter() - begun, taken()))

    def growth(self) -> dict[str, str]:
        """By kind of process: at the beginning of the settled time, at its end, and the slope between."""
        settled = self._looks[int(_SETTLED * len(self._looks)) :]
        grown = {}
        for kind in settled[-1][1].megabytes:
            at = [moment for moment, _ in settled]
            held = [look.megabytes.get(kind, 0.0) for _, look in settled]
            slope = statistics.linear_regression(at, held).slope if len(at) > 1 else 0.0
            grown[kind] = f"{held[0]:.1f} to {held[-1]:.1f}, {60 * slope:+.2f} a minute"
        return grown


def cost(work: Path, data: Path, pictures: Path, encoder: str, count: int) -> dict[str, Any]:
    """CPU seconds of each measure, over what the funnel asks for, and a day's cost by them."""
    cv2.setNumThreads(1)
    work.mkdir(parents=True)
    settings = settings_at(work / "home", encoder=encoder)
    protect(settings, data, work, logos=10)
    library = build_library(State(settings), TENANT)
    funnel, model = Funnel(library.recipe), load_encoder(settings)
    spent: defaultdict[str, float] = defaultdict(float)
    asked: Counter[str] = Counter()
    paths = sorted(pictures.glob("*.jpg"))[:count]
    for path in [paths[0], *paths]:
        if path is paths[0]:
            spent.clear()  # the first time round models load
            asked.clear()
        shown = Listing(platform="shop", listing_id=path.name, title="Milk, one litre", images=(path.name,))
        begun = time.process_time()
        seen = look(path.read_bytes(), library)
        spent["look"] += time.process_time() - begun
        asked["look"] += 1
        features: dict[str, FeatureValue] = dict(seen.features)
        while isinstance(
            answer := funnel.judge(
                shown, library.brands, listing_features([features], library), tenant=TENANT
            ),
            Needs,
        ):
            for name in answer.features:
                begun = time.process_time()
                if name in MEASURES:
                    features[name] = measure(name, seen.picture.pixels, library)
                elif name == APPEARANCE:
                    model.embed([model.prepare(seen.picture.pixels)])
                    features[name] = ()
                else:
                    features[name] = Unavailable("not measured here")
                spent[name] += time.process_time() - begun
                asked[name] += 1
    each = {name: spent[name] / len(paths) for name in spent}
    return {
        "CPU time a listing, ms": {name: 1000 * it for name, it in each.items()},
        "asked for": dict(asked),
    } | {"dollars a day": day(each)}


def day(each: dict[str, float]) -> dict[str, str]:
    """The formula's arithmetic, theirs and with our seconds for the same questions."""
    alike = each["look"] + each.get(GEOMETRY, 0.0) + each.get(APPEARANCE, 0.0)
    ours = {
        "look, geometry, appearance (CPU)": alike,
        "marks (CPU)": each.get(MARKS, 0.0),
        "text (CPU)": each.get(TEXT, 0.0),
        "everything (CPU)": sum(each.values()),
    }
    told = {name: _line(seconds, _OF_A_GPU if "GPU" in name else 1) for name, seconds in THEIRS.items()}
    return told | {name: _line(seconds, 1) for name, seconds in ours.items()}


def _line(seconds: float, times: int) -> str:
    dollars = seconds * QPS * 1 * 24 * DBU * times
    return f"{seconds:.3f} * {QPS} * 1 * 24 * {DBU} * {times} = ${dollars:.2f}"


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
