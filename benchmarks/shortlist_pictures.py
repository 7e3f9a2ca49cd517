"""Ten thousand references for the shortlist's benchmark: photographs, parts of them, emblems, drawn packages.

None shows one of the twenty packages that are looked for. What is described is kept in a folder, a shard at
a time, so that a second run begins where the first one stopped.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scoring.errors import CounterfoilError
from vision.decode import decode
from vision.geometry import LocalFeatures, describe
from vision.geometry_settings import DEFAULT_GEOMETRY
from vision.svg import render_svg
from vision.training.faces import Brand, draw_package
from vision.training.scenes import studio

Pixels = npt.NDArray[np.uint8]

SHARD = 500
FOLDERS = ("grocery/produce", "shoes", "logos-in-photos", "product-photos")
PARTS = 3
"""Parts cut from each photograph: nobody's references repeat so, but their texture is a camera's."""


def stand_ins(data: Path, *, count: int) -> list[Callable[[], Pixels]]:
    """What opens each of so many references, kinds mixed, in an order that never changes."""
    photographs = sorted(it for name in FOLDERS for it in (data / name).rglob("*.jpg"))
    emblems = sorted((data / "logo-artwork").rglob("*.svg"))
    made: list[Callable[[], Pixels]] = [partial(_photograph, it) for it in photographs]
    made += [partial(_emblem, it) for it in emblems]
    made += [partial(_part, it, [part, at]) for part in range(PARTS) for at, it in enumerate(photographs)]
    drawn = max(0, count - len(made))
    made += [partial(_package, seed, photographs) for seed in range(drawn)]
    order = np.random.default_rng(0).permutation(len(made))
    return [made[at] for at in order[:count]]


def _photograph(path: Path) -> Pixels:
    return decode(path.read_bytes()).pixels


def _emblem(path: Path) -> Pixels:
    return render_svg(path.read_bytes()).pixels


def _part(path: Path, seed: list[int]) -> Pixels:
    """Two thirds of each side or less, mirrored or turned by a quarter."""
    rng = np.random.default_rng(seed)
    pixels = _photograph(path)
    height, width = (int(side * rng.uniform(0.4, 0.66)) for side in pixels.shape[:2])
    top, left = (
        int(rng.integers(0, side - size + 1))
        for side, size in zip(pixels.shape, (height, width), strict=False)
    )
    part = np.rot90(pixels[top : top + height, left : left + width], int(rng.integers(4)))
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)


def _package(seed: int, photographs: list[Path]) -> Pixels:
    """A drawn package in a studio; every other has a photograph printed on it."""
    rng = np.random.default_rng([seed, 77])
    printed = [_photograph(photographs[int(rng.integers(len(photographs)))])]
    brand = Brand.drawn(rng, [])
    return studio(draw_package(brand, rng, printed), rng, can=bool(rng.random() < 0.25))


def described(data: Path, work: Path, *, count: int) -> Iterator[LocalFeatures]:
    """The local features of the first `count` stand-ins, from `work` where they have been kept."""
    work.mkdir(parents=True, exist_ok=True)
    made = stand_ins(data, count=10_000)
    for start in range(0, count, SHARD):
        path = work / f"stand-ins-{start:05}.npz"
        if not path.exists():
            _describe(made[start : start + SHARD], path)
        yield from _kept(path)[: count - start]


def _describe(pictures: list[Callable[[], Pixels]], path: Path) -> None:
    found = []
    for opened in pictures:
        try:
            found.append(describe(opened()).strongest(DEFAULT_GEOMETRY.reference_keypoints))
        except CounterfoilError as error:
            print(f"Left out: {error}", file=sys.stderr)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(
            file,
            counts=[len(it) for it in found],
            sizes=[it.size for it in found],
            frames=np.concatenate([it.frames for it in found]),
            descriptors=np.concatenate([it.descriptors for it in found]),
        )
    part.replace(path)


def _kept(path: Path) -> list[LocalFeatures]:
    with np.load(path) as kept:
        frames, descriptors, sizes = kept["frames"], kept["descriptors"], kept["sizes"].tolist()
        ends = np.cumsum(kept["counts"]).tolist()
    return [
        LocalFeatures(frames[start:end], descriptors[start:end], (size[0], size[1]))
        for start, end, size in zip([0, *ends[:-1]], ends, sizes, strict=True)
    ]
