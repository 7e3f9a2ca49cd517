"""A seller takes a picture: things are put in a room, the camera finds them, the picture is developed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from samples.camera import Camera
from samples.drawing import Picture
from samples.photography import STUDIO, Look, develop
from samples.rooms import ROOMS
from samples.scene import Room, photograph
from samples.solids import Light, Solid


@dataclass(frozen=True, slots=True)
class Angle:
    """From where a picture is taken; degrees."""

    azimuth: float = 0.0
    elevation: float = 16.0
    fill: float = 0.72
    """How much of the frame the things take, by its tighter side."""
    roll: float = 0.0
    size: tuple[int, int] = (960, 800)
    focal: float = 1150.0
    shift: tuple[float, float] = (0.0, 0.0)
    """Of the things from the middle, as shares of the frame."""


@lru_cache(maxsize=32)
def room(name: str) -> Room:
    """A room, drawn once."""
    return ROOMS[name]()


def framed(things: Sequence[Solid], angle: Angle) -> Camera:
    """A camera from which the things fill as much of the frame as asked for."""
    points = np.concatenate([thing.outline() for thing in things])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    azimuth, elevation = np.radians([angle.azimuth, angle.elevation])
    away = np.array(
        [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
    )
    distance = 4 * float(np.ptp(points, axis=0).max())
    for _ in range(6):
        spot = middle + away * distance
        camera = Camera(_triple(spot), _triple(middle), angle.size, angle.focal, angle.roll)
        seen = camera.project(points)
        low, high = seen.min(axis=0), seen.max(axis=0)
        share = float(np.max((high - low) / angle.size))
        distance *= share / angle.fill
        off = (low + high) / 2 - (np.array(angle.size) * (0.5 + np.array(angle.shift)))
        per_pixel = distance / angle.focal
        right, down, _ = camera.rotation
        middle = middle + (right * off[0] + down * off[1]) * per_pixel
    return Camera(_triple(middle + away * distance), _triple(middle), angle.size, angle.focal, angle.roll)


def _triple(point: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float, float]:
    x, y, z = point.tolist()
    return (x, y, z)


def studio(things: Sequence[Solid], *, backdrop: str = "studio", angle: Angle | None = None) -> Picture:
    """A brand's own picture: even light, soft shadow, no grain to speak of."""
    chosen = angle or Angle(elevation=8, fill=0.8)
    light = Light((-0.55, 1.0, 0.75), ambient=0.6, key=0.52, softness=1.0)
    picture = photograph(room(backdrop), things, framed(things, chosen), light)
    return develop(picture, STUDIO, np.random.default_rng(7))


def snapshot(  # noqa: PLR0913 - what a photographer decides, all but two with a default
    subject: Sequence[Solid],
    clutter: Sequence[Solid] = (),
    *,
    place: str,
    generator: np.random.Generator,
    angle: Angle | None = None,
    look: Look | None = None,
) -> Picture:
    """A phone picture: the subject fills the frame, the clutter stands around, nothing is quite right."""
    if angle is None:
        angle = Angle(
            azimuth=float(generator.uniform(-24, 24)),
            elevation=float(generator.uniform(10, 30)),
            fill=float(generator.uniform(0.58, 0.8)),
            roll=float(generator.normal(0, 2.2)),
            size=((1000, 800), (800, 1000), (960, 960))[int(generator.integers(3))],
            focal=float(generator.uniform(950, 1350)),
            shift=(float(generator.uniform(-0.06, 0.06)), float(generator.uniform(-0.04, 0.04))),
        )
    if look is None:
        look = Look(
            warmth=float(generator.uniform(-0.6, 0.9)),
            exposure=float(generator.uniform(0.86, 1.14)),
            fall_off=float(generator.uniform(0.05, 0.25)),
            vignette=float(generator.uniform(0.1, 0.3)),
            blur=float(generator.uniform(0.4, 0.9)),
            grain=float(generator.uniform(2, 6)),
        )
    side = float(generator.uniform(-0.9, 0.9))
    light = Light(
        (side, float(generator.uniform(0.7, 1.1)), 0.6), 0.46, 0.6, float(generator.uniform(0.3, 1.0))
    )
    picture = photograph(room(place), [*subject, *clutter], framed(subject, angle), light)
    return develop(picture, look, generator)
