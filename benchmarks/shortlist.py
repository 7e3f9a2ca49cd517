"""The shortlist: how often it holds the right reference, what that takes, and what geometry then finds.

Twenty packages hide among other references. Their modified copies (16 kinds) and phone photographs of them
are looked for. Figures of the `first half` (every other package) were looked at while settings were chosen,
those of the `other half` were not. Times are of the CPU, on one thread: run it with OMP_NUM_THREADS=1.

`--parts` says what is done now: `pictures` describes what is looked for, a number measures a catalogue of so
many references, which are described first where they have not been. Each part is kept in `--work`, the
references 500 at a time, so a run that is ended goes on where it was; what is shown is every part that is
done. On one core `pictures` and a catalogue of 1,000 take some minutes each, 10,000 references 12 to be
described.
"""

import json
import pickle
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import cv2
import numpy as np

from benchmarks._report import options, photographs, show
from benchmarks.shortlist_pictures import described
from tests.scenarios.modified_copies import KINDS
from tests.scenarios.promises import copies, packages, unrelated
from vision.decode import decode
from vision.geometry import GeometryIndex, LocalFeatures, describe
from vision.shortlist import DEFAULT_SHORTLIST, Shortlist

LENGTHS = (1, 5, 10, DEFAULT_SHORTLIST.length)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture, and which package is in it; none in a picture of something else."""

    kind: str
    package: int | None
    features: LocalFeatures
    spent: float
    """Seconds that describing it took."""


def pictures(data: Path, *, photos: int, seeds: int, others: int) -> Iterator[Wanted]:
    """What is looked for, described as the first pass of geometry does."""
    shown = [
        (number, path)
        for number, it in enumerate(packages(data))
        for path in sorted((it / "photos").iterdir())
    ]
    for number, path in shown[:: max(1, len(shown) // photos)]:
        yield _seen("photographs", number, path.read_bytes())
    for kind in KINDS:
        for at, copy in enumerate(copies(data, kind, seeds=range(seeds))):
            yield _seen("copies", at // seeds, copy)
    for path in unrelated(data)[:others]:
        yield _seen("unrelated", None, path.read_bytes())


def _seen(kind: str, package: int | None, data: bytes) -> Wanted:
    pixels = decode(data).pixels
    begun = time.process_time()
    features = describe(pixels)
    return Wanted(kind, package, features, time.process_time() - begun)


def measure(references: list[LocalFeatures], wanted: list[Wanted]) -> dict[str, Any]:
    """One size of catalogue; the packages come first in `references`."""
    index, votes = GeometryIndex(), Shortlist()
    begun = time.process_time()
    for number, features in enumerate(references):
        votes.add(str(number), features)
    filed = time.process_time()
    votes.nearest(references[0])
    first = time.process_time()
    for number, features in enumerate(references):
        index.add(str(number), features)
    places: dict[tuple[str, str], list[int]] = {}
    found: dict[str, list[bool]] = {}
    spent: dict[str, list[float]] = {
        "shortlist": [],
        "shortlist and geometry": [],
        "all, with describing": [],
    }
    for it in wanted:
        start = time.process_time()
        keys = votes.nearest(it.features)
        listed = time.process_time()
        hits = index.match(it.features)
        done = time.process_time()
        for name, seconds in (
            ("shortlist", listed - start),
            ("shortlist and geometry", done - listed),
            ("all, with describing", done - listed + it.spent),
        ):
            spent[name].append(1e3 * seconds)
        if it.package is None:
            found.setdefault("unrelated: any reference found", []).append(bool(hits))
            continue
        place = keys.index(str(it.package)) if str(it.package) in keys else len(references)
        half = "first half" if it.package % 2 == 0 else "other half"
        for name in (half, "all"):
            places.setdefault((it.kind, name), []).append(place)
        found.setdefault(f"{it.kind}: found by geometry", []).append(
            any(hit.key == str(it.package) for hit in hits)
        )
    keypoints = sum(map(len, references))
    return (
        {
            "keypoints a reference": keypoints / len(references),
            "bytes a reference, shortlist": len(pickle.dumps(votes)) / len(references),
            "bytes a reference, with descriptors": len(pickle.dumps(index)) / len(references),
            "milliseconds to add one": 1e3 * (filed - begun) / len(references),
            "seconds until the first search": first - filed,
        }
        | {
            f"{kind}, {half}: on the first {most}": float(np.mean(np.array(ranks) < most))
            for (kind, half), ranks in sorted(places.items())
            for most in LENGTHS
        }
        | {name: float(np.mean(hit)) for name, hit in found.items()}
        | {f"{name}, milliseconds, median": statistics.median(times) for name, times in spent.items()}
        | {f"{name}, milliseconds, mean": statistics.fmean(times) for name, times in spent.items()}
    )


def main() -> None:
    """Do the parts that are asked for, and show all that are done."""
    cv2.setNumThreads(1)
    asked = options(
        __doc__ or "",
        parts="pictures,100,1000,10000",
        photos=250,
        seeds=1,
        others=100,
        work=str(Path(gettempdir()) / "counterfoil-shortlist"),
    )
    parts = asked.parts.split(",")
    data, work = photographs(asked), Path(asked.work)
    work.mkdir(parents=True, exist_ok=True)
    wanted = work / f"pictures-{asked.photos}-{asked.seeds}-{asked.others}.pickle"
    if "pictures" in parts and not wanted.exists():
        looked_for = list(pictures(data, photos=asked.photos, seeds=asked.seeds, others=asked.others))
        _keep(wanted, pickle.dumps(looked_for))
    for size in sorted(int(it) for it in parts if it != "pictures"):
        if not wanted.exists():
            sys.exit("What is looked for has not been described yet: --parts pictures")
        own = [
            describe(decode((it / "iconic.jpg").read_bytes()).pixels).strongest(800) for it in packages(data)
        ]
        strangers = list(described(data, work, count=size - len(own)))
        looked_for = pickle.loads(wanted.read_bytes())  # noqa: S301 - what `pictures` wrote
        figures = measure([*own, *strangers], looked_for)
        _keep(work / f"{wanted.stem}-{size:06}.json", json.dumps(figures).encode())
    done = sorted(work.glob(f"{wanted.stem}-*.json"))
    show(asked, {f"{int(it.stem[-6:]):,} references": json.loads(it.read_text()) for it in done})


def _keep(path: Path, written: bytes) -> None:
    """All at once: a run that is ended leaves no half of it."""
    part = path.with_suffix(".part")
    part.write_bytes(written)
    part.replace(path)


if __name__ == "__main__":
    main()
