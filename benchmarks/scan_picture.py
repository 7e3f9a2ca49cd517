"""Where a scan's time went: a picture of what `python -m benchmarks.scan_throughput --trace FILE` saw.

python -m benchmarks.scan_picture FILE docs/where-a-scans-time-goes.svg: the stages above, below them the
processor cores that each kind of process kept busy, and its memory.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

KINDS = {
    "tasks": ("look and measure (tasks)", "#4c72b0"),
    "encoder": ("encoder (actors)", "#dd8452"),
    "vectors": ("vector index", "#937860"),
    "driver": ("driver: read, group, judge, write", "#55a868"),
    "Ray itself": ("Ray itself", "#bbbbbb"),
}
_SMOOTH = 3
"""Samples that one point is the mean of."""


def main() -> None:
    """Draw what a trace holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trace", type=Path)
    parser.add_argument("svg", type=Path)
    asked = parser.parse_args()
    draw(json.loads(asked.trace.read_text()), asked.svg)


def draw(trace: dict[str, Any], path: Path) -> None:
    """Write the picture as SVG."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "counterfoil"  # the same file for the same trace
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of what draws

    samples = trace["samples"]
    at = np.array([sample["at"] for sample in samples])
    apart = np.diff(at, prepend=0.0).clip(min=0.05)
    figure, (stages, cores, memory) = plt.subplots(
        3, 1, sharex=True, figsize=(8, 6), height_ratios=(2, 3, 2), layout="constrained"
    )
    _stages(stages, trace["stages"])
    busy = [_smoothed(_of(samples, "spent", kind) / apart) for kind in KINDS]
    colours, names = [it[1] for it in KINDS.values()], [it[0] for it in KINDS.values()]
    cores.stackplot(at, busy, colors=colours, labels=names)
    cores.set(ylabel="cores busy", ylim=(0, None))
    cores.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=3, fontsize="small", frameon=False)
    for kind, (_, colour) in KINDS.items():
        memory.plot(at, _of(samples, "memory", kind), color=colour)
    memory.set(xlabel="seconds", ylabel="MB of its own", xlim=(0, trace["seconds"]), ylim=(0, None))
    figure.savefig(path, metadata={"Date": None})


def _stages(axes: Any, told: Sequence[Sequence[Any]]) -> None:  # noqa: ANN401 - matplotlib's
    names = list(dict.fromkeys(name for name, _, _ in told))
    for name, begun, ended in told:
        axes.barh(names.index(name), ended - begun, left=begun, height=0.7, color="#8c8c8c")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_title("where a scan's time goes", fontsize="medium")


def _of(samples: Sequence[dict[str, Any]], what: str, kind: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([sample[what].get(kind, 0.0) for sample in samples])


def _smoothed(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    padded = np.pad(values, _SMOOTH // 2, mode="edge")
    return np.convolve(padded, np.ones(_SMOOTH) / _SMOOTH, mode="valid")


if __name__ == "__main__":
    main()
