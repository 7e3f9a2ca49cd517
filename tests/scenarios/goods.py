"""Goods with something printed on them, as their sellers' phones see them: the samples' own renderer."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from samples.goods import mug, notebook
from samples.relief import Sheet
from samples.rooms import HOMES
from samples.shots import CLUTTER
from samples.snapshots import Angle, snapshot, studio
from samples.soft_goods import cushion, garment, phone_case, tote
from samples.solids import Box, Solid, standing
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.prints import Colour, Ink, hexed, plain, stamp

_ABOVE = {"case", "notebook", "tee"}
"""What lies, and is photographed from above."""


def shaped(what: str, skin: Pixels) -> list[Solid]:
    """Goods of a sort, covered by a square print."""
    if what == "mug":  # once around: its front is the middle third
        return mug(0, 0, "#F2EFE9", np.ascontiguousarray(np.tile(cv2.resize(skin, (420, 420)), (1, 3, 1))))
    if what == "tee":
        (sheet,) = garment(0, 0, hexed(skin[4, 4]))
        assert isinstance(sheet, Sheet)
        print_ = np.asarray(cv2.resize(skin, (250, 250), interpolation=cv2.INTER_AREA), np.float32)
        chest = sheet.picture.astype(np.float32)
        # The shirt's own folds shade what is printed on it.
        shade = chest[190:440, 195:445] / np.maximum(chest[190:440, 195:445].mean(axis=(0, 1)), 1)
        chest[190:440, 195:445] = print_ * np.clip(shade, 0.7, 1.25)
        return [replace(sheet, picture=np.clip(chest, 0, 255).astype(np.uint8))]
    return _FLAT[what](skin)


_FLAT: dict[str, Callable[[Pixels], list[Solid]]] = {
    "tote": lambda skin: tote(0, 0, skin),
    "cushion": lambda skin: cushion(0, 0, skin),
    "case": lambda skin: phone_case(0, 0, skin, turn=0),
    "notebook": lambda skin: notebook(0, 0, skin),
}
SORTS = ("mug", "tee", *_FLAT)
SAID_TO_BE = {
    "mug": "mug",
    "tee": "wear",
    "tote": "bag",
    "cushion": "home",
    "case": "case",
    "notebook": "home",
}


def carton(front: Pixels, side: Pixels, *, yaw: float = 0.0, width: float = 16.0) -> list[Solid]:
    """An upright box with a printed front and right side; the front's shape gives the box's."""
    height = width * front.shape[0] / front.shape[1]
    depth = height * side.shape[1] / side.shape[0]
    faces = {
        "front": front,
        "right": side,
        "left": side,
        "back": front,
        "top": np.full_like(side, front[4, 4]),
    }
    return [Box((width, height, depth), faces, standing(0, 0, yaw))]


def photographed(things: Sequence[Solid], rng: np.random.Generator, *, above: bool = False, clutter: int = 0,
                 fill: float | None = None, azimuth: float | None = None) -> Pixels:  # fmt: skip
    """A phone picture of things in somebody's home."""
    angle = Angle(
        azimuth=float(rng.uniform(-20, 20)) if azimuth is None else azimuth,
        elevation=float(rng.uniform(52, 70) if above else rng.uniform(8, 26)),
        fill=float(rng.uniform(0.6, 0.85)) if fill is None else fill,
        roll=float(rng.normal(0, 3)),
        size=((900, 720), (720, 900), (820, 820))[int(rng.integers(3))],
        focal=float(rng.uniform(900, 1200)),
        shift=(float(rng.uniform(-0.06, 0.06)), float(rng.uniform(-0.04, 0.04))),
    )
    around: list[Solid] = []
    for place, index in enumerate(rng.choice(len(CLUTTER), clutter, replace=False)):
        side = 1 if place % 2 else -1
        around += CLUTTER[index](
            side * float(rng.uniform(16, 22)) * (1 + place // 2), float(rng.uniform(-14, -4))
        )
    return snapshot(things, around, place=str(rng.choice(HOMES)), generator=rng, angle=angle)


def printed(
    what: str, skin: Pixels, rng: np.random.Generator, *, clutter: int = 0, fill: float | None = None
) -> Pixels:
    """A phone picture of goods of a sort with this print."""
    return photographed(shaped(what, skin), rng, above=what in _ABOVE, clutter=clutter, fill=fill)


def studio_picture(things: Sequence[Solid], *, azimuth: float = 0.0) -> Pixels:
    """A brand's own picture."""
    return studio(things, angle=Angle(azimuth=azimuth, elevation=8, fill=0.82, size=(760, 760)))


def badge(ink: Ink, colour: Colour, ground: str, *, width: float = 0.5, at: tuple[float, float] = (0.5, 0.5),
          angle: float = 0.0) -> Pixels:  # fmt: skip
    """A square print: ink on one colour."""
    fitting = min(width, width * ink.shape[1] / ink.shape[0] * 1.2)
    return stamp(plain(ground), ink, width=fitting, at=at, colour=colour, angle=angle)
