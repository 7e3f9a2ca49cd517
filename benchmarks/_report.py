"""How benchmarks are asked and how they answer."""

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "shared" / "data"
"""Where the real photographs lie beside a checkout."""


def options(purpose: str, **more: int | str) -> argparse.Namespace:
    """The command line: `--json`, and an option for each of the others with its default and its type."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of real photographs")
    for name, default in more.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    return parser.parse_args()


def photographs(asked: argparse.Namespace) -> Path:
    """The folder of real photographs; ends the benchmark, saying so, where there is none."""
    folder: Path = asked.data
    if not (folder / "grocery").is_dir():
        sys.exit(
            f"This benchmark needs real photographs, and there are none at {folder}: name them with --data."
        )
    return folder


def show(asked: argparse.Namespace, figures: Mapping[str, Any]) -> None:
    """Print the figures as JSON, or as lines a person reads."""
    if asked.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        if isinstance(value, Mapping):
            print(f"{name}:")
            for part, inner in value.items():
                print(f"  {part:<28} {_shown(inner)}")
        else:
            print(f"{name:<30} {_shown(value)}")


def _shown(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def median_seconds(work: Callable[[], object], *, times: int) -> float:
    """The median of some runs, in seconds, after one that is not counted."""
    work()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def percentile(values: Sequence[float], part: float) -> float:
    """The value that so many per cent are at most.

    >>> percentile([3, 1, 2, 4], 50)
    2
    """
    ranked = sorted(values)
    return ranked[max(0, math.ceil(part / 100 * len(ranked)) - 1)]
