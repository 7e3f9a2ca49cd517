"""The pictures a listing can carry, each a function of a random generator."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import cv2
import numpy as np

from samples import fennavel, northpine, northpine_carton
from samples.camera import turned
from samples.drawing import Artboard, Picture
from samples.edits import EDITS
from samples.goods import blocks, books, candle, fruit, glaze, lamp, mug, plant, vase
from samples.kits import fennavel_logos, kits, northpine_logos
from samples.offers import Shot
from samples.photography import Look, jpeg
from samples.snapshots import Angle, snapshot, studio
from samples.soft_goods import clock
from samples.solids import Pose, Solid, standing


def genuine(reference: str) -> Picture:
    """A reference by `brand/kind/name`."""
    folder, _, name = reference.partition("/")
    (kit,) = (kit for kit in kits() if kit.folder == folder)
    return kit.pictures[name]


def copied(reference: str) -> Shot:
    """The reference's own file, byte for byte."""
    return lambda _generator: jpeg(genuine(reference), 90)


def reencoded(reference: str, quality: int, scale: float) -> Shot:
    """The reference after one more platform: resized and compressed again."""

    def shot(_generator: np.random.Generator) -> bytes:
        picture = genuine(reference)
        small = np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        return jpeg(small, quality)

    return shot


def edited(reference: str, *names: str) -> Shot:
    """The reference after one or more of `EDITS`."""

    def shot(generator: np.random.Generator) -> Picture:
        picture = genuine(reference)
        for name in names:
            picture = EDITS[name](picture, generator)
        return picture

    return shot


_PRODUCTS: Mapping[str, Callable[[float], list[Solid]]] = {
    "bottle": lambda yaw: [northpine.bottle(standing(0, 0, yaw))],
    "tin": lambda yaw: [northpine.tin(standing(0, 0, yaw))],
    "tins": lambda yaw: [
        northpine.tin(standing(x, z, yaw * turn))
        for x, z, turn in ((-5.2, 0, 1), (5.4, 0.5, -1), (0.4, -9, 0.3))
    ],
    "box": lambda yaw: [northpine_carton.box(standing(0, 0, yaw - 8))],
    "carton": lambda yaw: [fennavel.carton(standing(0, 0, yaw - 12))],
    "carton and jar": lambda yaw: [
        fennavel.carton(standing(-4.5, -1, -22)),
        fennavel.jar(standing(4.6, 2.5, yaw / 2)),
    ],
    "jar": lambda yaw: [fennavel.jar(standing(0, 0, yaw))],
    "pump": lambda yaw: [fennavel.pump(standing(0, 0, yaw))],
    "sachets": lambda yaw: [
        fennavel.pouch(Pose((x, y, z), turned(yaw=yaw + extra)))
        for x, y, z, extra in ((-4, 0, -3, 12), (5, 0.7, 2, -16))
    ],
}
"""The brands' products by name, each turned by some degrees."""

_LYING = frozenset({"sachets"})

CLUTTER: tuple[Callable[[float, float], list[Solid]], ...] = (
    lambda x, z: books(x, z, 4),
    lambda x, z: mug(x, z, "#A8483E"),
    lambda x, z: plant(x, z, "#B5623F", 8),
    lambda x, z: vase(x, z, "#6A7F9B"),
    lambda x, z: fruit(x, z, "#7FA23A"),
    lambda x, z: candle(x, z, "#C98F8F"),
    lambda x, z: clock(x, z, "#2C6E6B"),
    blocks,
    lambda x, z: lamp(x, z, "#3A3D42", "#E9C98A"),
)
"""Other things that stand about in a home, each placed at (x, z) centimetres."""


def _half_width(things: Sequence[Solid]) -> float:
    return float(np.ptp(np.concatenate([thing.outline() for thing in things])[:, 0])) / 2


@lru_cache(maxsize=len(CLUTTER))
def _clutter_half_width(index: int) -> float:
    return _half_width(CLUTTER[index](0, 0))


def _around(things: Sequence[Solid], count: int, generator: np.random.Generator) -> list[Solid]:
    """Other things close by, left and right in turn, a little behind."""
    around: list[Solid] = []
    reach = {-1: _half_width(things), 1: _half_width(things)}
    for place, index in enumerate(generator.choice(len(CLUTTER), count, replace=False)):
        side = -1 if place % 2 else 1
        own = _clutter_half_width(int(index))
        x = side * (reach[side] + own + float(generator.uniform(-0.5, 3)))
        around += CLUTTER[int(index)](x, float(generator.uniform(-14, -6)))
        reach[side] += 2 * own
    return around


def self_made(
    name: str, place: str, *, clutter: int = 3, look: Look | None = None, angle: Angle | None = None
) -> Shot:
    """A product of the brands' as a seller's own phone saw it, other things around it."""

    def shot(generator: np.random.Generator) -> Picture:
        things = _PRODUCTS[name](float(generator.uniform(-26, 26)))
        around = [] if name in _LYING else _around(things, clutter, generator)
        chosen = angle
        if name in _LYING and angle is None:
            chosen = Angle(
                float(generator.uniform(-15, 15)), 58, 0.8, float(generator.normal(0, 3)), (1000, 860)
            )
        return snapshot(things, around, place=place, generator=generator, look=look, angle=chosen)

    return shot


def scene(
    things: Sequence[Solid], place: str, *, angle: Angle | None = None, clutter: Sequence[Solid] = ()
) -> Shot:
    """Anything else, as a seller's own phone saw it."""
    return lambda generator: snapshot(things, clutter, place=place, generator=generator, angle=angle)


def plain_studio(things: Sequence[Solid], backdrop: str = "studio", angle: Angle | None = None) -> Shot:
    """A shop's own studio picture."""
    return lambda _generator: studio(things, backdrop=backdrop, angle=angle)


def stamped(base: Shot, logo: str, at: tuple[float, float], width: float, colour: str) -> Shot:
    """A logo pasted flat onto a picture; `at` and `width` are shares of the picture's width and height."""

    def shot(generator: np.random.Generator) -> Picture:
        picture = base(generator)
        if isinstance(picture, bytes):
            raise TypeError("a logo is pasted on a picture, not on a file: give a scene or a studio shot")
        folder, _, name = logo.partition("/")
        ink = (northpine_logos() if folder == "northpine" else fennavel_logos())[name]
        board = Artboard.over(picture)
        wide = round(width * board.width)
        small = np.asarray(
            cv2.resize(ink, (wide, round(ink.shape[0] * wide / ink.shape[1])), interpolation=cv2.INTER_AREA),
            np.uint8,
        )
        spot = (at[0] * board.width - wide / 2, at[1] * board.height - small.shape[0] / 2)
        board.stamp(small, spot, colour, opacity=0.94)
        return board.pixels

    return shot


def plain_bottle(colour: str, steel: str = "#C9CCCB") -> list[Solid]:
    """A bottle of the same shape, without any print."""
    board = Artboard.over(glaze(colour, 6))
    height = board.height
    board.rect((0, 0, board.width, height * 0.128), "#1B1D1C")
    board.rect((0, height * 0.128, board.width, height * 0.168), steel)
    return [northpine.bottle(standing(0, 0), board.pixels)]
