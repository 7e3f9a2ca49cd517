"""The views that training sees: made once, kept in shards on disk, six of each product or picture."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

from scoring.errors import CounterfoilError
from vision.decode import decode
from vision.training.edits import crop, edited, paste
from vision.training.faces import Brand, Mask, Package, Pixels, colour, draw_package
from vision.training.manifest import Source
from vision.training.scenes import expose, snapshot, square, studio

VIEWS, SIZE, SHARD = 6, 160, 48
"""Views of a group, pixels of their side, groups in a shard."""
PICTURED = 8
"""Groups of each picture, each with other crops and edits: of real photographs there are few."""
SIBLINGS = 3
"""Products of one brand. They share a batch, so that each must be told from the others."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one group of views shows. Groups of one label are the same product."""

    kind: Literal["package", "picture", "artwork"]
    label: int
    family: int
    """Groups of one family are trained on side by side."""
    index: int
    """Which picture or emblem; for a package, which sibling."""


@dataclass(slots=True)
class Material:
    """Everything that views are made of, read once."""

    pictures: list[Pixels] = field(default_factory=list)
    identities: list[str] = field(default_factory=list)
    emblems: list[Mask] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Files that could not be read, with the reason."""

    @classmethod
    def read(cls, sources: Sequence[Source]) -> "Material":
        """Pictures at 320 pixels, emblems as masks of 128; files that cannot be read are told."""
        material = cls()
        for number, source in enumerate(sources):
            for identity, path in source.files():
                try:
                    if source.identity == "artwork":
                        material.emblems.append(_mask(path))
                    else:
                        material.pictures.append(_at_most(decode(path.read_bytes()).pixels, 320))
                        material.identities.append(f"{number}/{identity}")
                except (CounterfoilError, ValueError) as error:
                    material.refused.append(f"{path}: {error}")
        return material

    def plan(self, brands: int) -> list[Group]:
        """All groups: packages of drawn brands, every picture, every emblem, mixed in a fixed order."""
        groups = [
            Group("package", brand * SIBLINGS + it, brand, it)
            for brand in range(brands)
            for it in range(SIBLINGS)
        ]
        labels = {name: brands * SIBLINGS + at for at, name in enumerate(sorted(set(self.identities)))}
        seen: dict[str, int] = {}
        families: dict[tuple[str, int], int] = {}
        for _ in range(PICTURED):
            for at, name in enumerate(self.identities):
                turn = seen[name] = seen.get(name, -1) + 1
                family = families.setdefault((name, turn // SIBLINGS), brands + len(families))
                groups.append(Group("picture", labels[name], family, at))
        last, free = brands * SIBLINGS + len(labels), brands + len(families)
        groups += [Group("artwork", last + at, free + at, at) for at in range(len(self.emblems))]
        order = np.random.default_rng(0).permutation(free + len(self.emblems))
        return sorted(groups, key=lambda group: (order[group.family], group.label, group.index))


def make_views(
    folder: Path,
    material: Material,
    *,
    brands: int,
    seed: int,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> None:
    """Write every shard that is not there yet, and the groups' labels and families."""
    folder.mkdir(parents=True, exist_ok=True)
    groups = material.plan(brands)
    np.save(folder / "groups.npy", np.array([(it.label, it.family) for it in groups], np.int64))
    shards = range(0, len(groups), SHARD)
    for number, start in enumerate(shards):
        path = folder / f"views-{number:05}.npy"
        if not path.exists():
            made = [views_of(group, material, seed=seed) for group in groups[start : start + SHARD]]
            part = path.with_suffix(".part")
            with part.open("wb") as file:
                np.save(file, np.stack(made))
            part.replace(path)
        tell(number + 1, len(shards))


def read_views(folder: Path) -> tuple[list[npt.NDArray[np.uint8]], npt.NDArray[np.int64]]:
    """Shards, mapped not read, each (≤ SHARD, VIEWS, SIZE, SIZE, 3); and (label, family) of every group."""
    shards = [np.load(path, mmap_mode="r") for path in sorted(folder.glob("views-*.npy"))]
    return shards, np.load(folder / "groups.npy")


def views_of(group: Group, material: Material, *, seed: int) -> npt.NDArray[np.uint8]:
    """(VIEWS, SIZE, SIZE, 3) of one group; the first is the shop's own picture, the others what is found."""
    rng = np.random.default_rng([seed, group.family, group.label, group.index])
    make = {"package": _of_package, "picture": _of_picture, "artwork": _of_artwork}[group.kind]
    return np.stack([_stored(view) for view in make(group, material, rng, seed)])


def _of_package(group: Group, material: Material, rng: np.random.Generator, seed: int) -> list[Pixels]:
    family = np.random.default_rng([seed, group.family])
    brand = Brand.drawn(family, material.emblems)
    can = bool(family.random() < 0.25)
    siblings = [
        draw_package(brand, np.random.default_rng([seed, group.family, 7, it]), material.pictures)
        for it in range(SIBLINGS)
    ]
    stranger = Brand.drawn(rng, material.emblems)
    others = [*siblings, draw_package(stranger, rng, material.pictures)]
    mine: Package = siblings[group.index]
    rooms = material.pictures

    def shot() -> Pixels:
        return snapshot(mine, rng, others, rooms, can=can)

    clean = studio(mine, rng, can=can)
    return [
        clean,
        shot(),
        shot(),
        shot(),
        edited(studio(mine, rng, can=can), rng, rooms),
        edited(clean, rng, rooms),
    ]


def _of_picture(group: Group, material: Material, rng: np.random.Generator, seed: int) -> list[Pixels]:  # noqa: ARG001
    picture = material.pictures[group.index]
    glimpses = [expose(square(crop(picture, rng)), rng) for _ in range(2)]
    return [picture, *glimpses, *(edited(picture, rng, material.pictures) for _ in range(VIEWS - 3))]


def _of_artwork(group: Group, material: Material, rng: np.random.Generator, seed: int) -> list[Pixels]:  # noqa: ARG001
    views = []
    ink, paper = colour(rng), colour(rng)
    for number in range(VIEWS):
        if number % 2:
            ink, paper = colour(rng), colour(rng)
        share = np.pad(material.emblems[group.index], int(rng.integers(4, 40)))[..., None] / 255
        card = np.asarray(np.asarray(paper) * (1 - share) + np.asarray(ink) * share, np.uint8)
        views.append(card if number == 0 else expose(paste(card, rng, material.pictures), rng))
    return views


def _stored(view: Pixels) -> Pixels:
    shrinks = min(view.shape[:2]) > SIZE
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(view, (SIZE, SIZE), interpolation=way), np.uint8)


def _at_most(pixels: Pixels, side: int) -> Pixels:
    share = side / max(pixels.shape[:2])
    if share >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)


def _mask(path: Path) -> Mask:
    """Coverage of artwork, square. Rendered in this process: a manifest names what its author trusts."""
    drawn = Image.open(
        io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=path.read_text("utf-8"), width=128)))
    )
    ink = drawn.getchannel("A")
    square = Image.new("L", (max(ink.size), max(ink.size)))
    square.paste(ink, ((square.width - ink.width) // 2, (square.height - ink.height) // 2))
    return np.asarray(square.resize((128, 128)))
