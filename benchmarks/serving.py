"""The online service on this machine: what HTTP costs, how much it does, and what it does beyond that.

Everything is in ratios taken in one run, because a shared machine is never the same twice:

- overhead: one listing at a time through the API, turn by turn with a scorer called in its own process;
  weights-free signals on real photographs, each with bytes that nobody has sent before;
- saturation: pictures that are embedded, as many as the service takes, against the bare model in batches of
  16 on as many cores as its replica has (`--model` as in `benchmarks.encoder_speed`);
- at 70 %: the same at a fixed rate of 0.7 of that, p99 against p50;
- at three times: the same at a fixed rate of three times that: what is served, and how soon the rest is told
  to come again.

The load comes from a process of its own on the same machine and takes from the same cores; its share is told.
`--what overhead` leaves the rest out. `benchmarks.serving_day` keeps a load up and watches memory.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

import ray

from benchmarks._report import options, percentile, photographs, show
from benchmarks._service import (
    BareModel,
    InProcess,
    by_sight,
    load,
    photographs_into,
    protect,
    served,
    settings_at,
    use,
    weights_free,
    write_sizes,
)
from benchmarks._service_processes import cores, cpu_ms_each, taken
from benchmarks.encoder_speed import model_at

_ONE_SCORER = {"num_replicas": 1}
"""As many as this machine has cores for; scaling would move the capacity while it is measured."""
_SETTLE = 10
"""Seconds until as many answers come as requests go: 64 wait, and more are under way."""
_PATIENT = {"user_config": {"encoder_seconds": 60}}
"""Where a large model is slow, appearance must not abstain: that would be counted as served."""


def main() -> None:
    """Measure and print."""
    asked = options(
        __doc__ or "", model="ViT-B-32", turns=5, listings=30, seconds=20, what="overhead,saturation"
    )
    data = photographs(asked)
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="counterfoil-serving-") as work:
        folder = Path(work)
        pictures = photographs_into(folder / "pictures", data)
        if "overhead" in asked.what:
            told["overhead"] = overhead(folder / "plain", data, pictures, asked.turns, asked.listings)
        if "saturation" in asked.what:
            told |= saturation(folder / "sees", data, pictures, asked.model, asked.seconds)
    show(asked, told)


def overhead(work: Path, data: Path, pictures: Path, turns: int, listings: int) -> dict[str, Any]:
    """Milliseconds a listing, one at a time, by both ways in turns."""
    settings = settings_at(work / "home", config=_sized(work))
    protect(settings, data, work)
    use(settings, weights_free())
    direct: list[float] = []
    asked: list[float] = []
    stages: list[dict[str, float]] = []
    beyond: list[float] = []
    with served(settings) as address:
        scorer: Any = ray.remote(num_cpus=1)(InProcess).remote(settings)
        _warm_up(address, pictures, scorer)
        before = taken()
        for turn in range(turns):
            begin = 10_000 * (turn + 1)
            direct += ray.get(scorer.score.remote(pictures, begin, listings))
            through = load(address, pictures, clients=1, count=listings, begin=begin + 5_000)
            asked += through["latencies"]["200"]
            stages.append(through["stages_ms_p50"])
            beyond += through["beyond_scorer_ms"]
        each = cpu_ms_each(before, taken(), len(asked))
    return {
        "in process, ms p50": percentile(direct, 50),
        "in process, ms p99": percentile(direct, 99),
        "API, ms p50": percentile(asked, 50),
        "API, ms p99": percentile(asked, 99),
        "overhead, ms p50": percentile(asked, 50) - percentile(direct, 50),
        "overhead, ms p99": percentile(asked, 99) - percentile(direct, 99),
        "API beyond its scorer's own time, ms p50": percentile(beyond, 50),
        "API beyond its scorer's own time, ms p99": percentile(beyond, 99),
        "its scorer's own time, ms p50": statistics.median(it["total"] for it in stages),
        "CPU time of a request, ms": each,
    }


def saturation(work: Path, data: Path, pictures: Path, model: str, seconds: int) -> dict[str, Any]:
    """Capacity against the bare model, and what the service does at 0.7 and at 3 times its capacity."""
    settings = settings_at(work / "home", config=_sized(work), encoder=model_at(model, work))
    protect(settings, data, work)
    use(settings, by_sight())
    with served(settings) as address:
        bare: Any = ray.remote(num_cpus=1)(BareModel).remote(settings, pictures, 16)
        load(address, pictures, clients=4, seconds=5)
        before = ray.get(bare.rate.remote(seconds / 2))
        begun = taken()
        full = load(address, pictures, clients=48, seconds=seconds + _SETTLE, settle=_SETTLE, begin=100_000)
        filled = taken()
        after = ray.get(bare.rate.remote(seconds / 2))
        capacity = full["pace"]
        calm = load(address, pictures, rate=0.7 * capacity, seconds=2 * seconds, begin=200_000)
        flooding = taken()
        flood = load(
            address, pictures, rate=3 * capacity, seconds=seconds + _SETTLE, settle=_SETTLE, begin=300_000
        )
        flooded = taken()
    alone = statistics.mean(it["prepared"] for it in (before, after))
    within = calm["ms"]["200"]
    return {
        "bare model, pictures a second": {
            "before and after": [it["prepared"] for it in (before, after)],
            "network alone": [it["network"] for it in (before, after)],
        },
        "capacity": {
            "requests a second": capacity,
            "requests a second, counted": full["served_a_second"],
            "against the bare model": capacity / alone,
            "statuses": full["statuses"],
            "verdicts without the encoder": full["without_encoder"] + calm["without_encoder"],
            "CPU time of a request, ms": cpu_ms_each(begun, filled, sum(full["statuses"].values())),
            "cores": cores(begun, filled) | {"load": full["cpu_share"]},
        },
        "at 70 %": {
            "requests a second": calm["served_a_second"],
            "ms p50": within["p50"],
            "ms p99": within["p99"],
            "p99 / p50": within["p99"] / within["p50"],
            "statuses": calm["statuses"],
            "sent late, ms p99": calm["sent_late_ms_p99"],
        },
        "at three times": {
            "served a second": flood["pace"],
            "against the capacity": flood["pace"] / capacity,
            "statuses": flood["statuses"],
            "ms": flood["ms"],
            "cores": cores(flooding, flooded) | {"load": flood["cpu_share"]},
        },
    }


def _sized(work: Path) -> Path:
    work.mkdir(parents=True)
    return write_sizes(work / "serve.yaml", {"Scorer": _ONE_SCORER | _PATIENT})


def _warm_up(address: str, pictures: Path, scorer: Any) -> None:  # noqa: ANN401 - an actor's handle
    ray.get(scorer.score.remote(pictures, 0, 5))
    load(address, pictures, clients=2, seconds=2, begin=1_000)


if __name__ == "__main__":
    main()
