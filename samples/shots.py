"""The pictures a listing can carry, each a function of a random generator."""

from collections.abc import Sequence

import cv2
import numpy as np

from samples import fennavel, northpine
from samples.camera import turned
from samples.drawing import Artboard, Picture
from samples.edits import EDITS
from samples.goods import blocks, books, cable, candle, clock, fruit, glaze, mug, plant, vase
from samples.kits import fennavel_logos, kits, northpine_logos
from samples.offers import Shot
from samples.photography import Look, jpeg
from samples.snapshots import Angle, snapshot, studio
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
        small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
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


def _product(name: str, generator: np.random.Generator) -> list[Solid]:
    yaw = float(generator.uniform(-26, 26))
    match name:
        case "bottle":
            return [northpine.bottle(standing(0, 0, yaw))]
        case "tin":
            return [northpine.tin(standing(0, 0, yaw))]
        case "tins":
            return [northpine.tin(standing(x, z, yaw * s)) for x, z, s in ((-5.2, 0, 1), (5.4, 0.5, -1), (0.4, -9, 0.3))]
        case "box":
            return [northpine.box(standing(0, 0, yaw - 8))]
        case "carton":
            return [fennavel.carton(standing(0, 0, yaw - 12))]
        case "carton and jar":
            return [fennavel.carton(standing(-4.5, -1, -22)), fennavel.jar(standing(4.6, 2.5, yaw / 2))]
        case "jar":
            return [fennavel.jar(standing(0, 0, yaw))]
        case "pump":
            return [fennavel.pump(standing(0, 0, yaw))]
        case "sachets":
            poses = [Pose((x, y, z), turned(yaw=yaw + extra)) for x, y, z, extra in ((-4, 0, -3, 12), (5, 0.7, 2, -16))]
            return [fennavel.pouch(pose) for pose in poses]
        case _:
            raise ValueError(f"no product is called {name!r}: see samples.shots for those there are")


LYING = frozenset({"sachets"})

_CLUTTER = (
    lambda: books(-26, -18, 4),
    lambda: mug(19, -12, "#A8483E"),
    lambda: plant(-24, -20, "#B5623F", 8),
    lambda: vase(24, -18, "#6A7F9B"),
    lambda: fruit(-20, -10, "#7FA23A"),
    lambda: candle(-15, -13, "#C98F8F"),
    lambda: clock(22, -17, "#2C6E6B"),
    lambda: blocks(25, -14),
    lambda: cable(-17, 4, "#3A3D42"),
)


def _reach(things: Sequence[Solid]) -> float:
    points = np.concatenate([thing.outline() for thing in things])
    return float(np.ptp(points[:, 0])) / 2


def self_made(name: str, place: str, *, clutter: int = 2, look: Look | None = None, angle: Angle | None = None) -> Shot:
    """A product of the brands' as a seller's own phone saw it, other things around it."""

    def shot(generator: np.random.Generator) -> Picture:
        things = _product(name, generator)
        around: list[Solid] = []
        # Big cartons would hide what stands beside them: they stand alone.
        if _reach(things) < 13:
            for index in generator.choice(len(_CLUTTER), clutter, replace=False):
                around += _CLUTTER[int(index)]()
        chosen = angle
        if name in LYING and angle is None:
            chosen = Angle(float(generator.uniform(-15, 15)), 58, 0.8, float(generator.normal(0, 3)), (1000, 860))
        return snapshot(things, around, place=place, generator=generator, look=look, angle=chosen)

    return shot


def scene(things: Sequence[Solid], place: str, *, angle: Angle | None = None, clutter: Sequence[Solid] = ()) -> Shot:
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
            cv2.resize(ink, (wide, round(ink.shape[0] * wide / ink.shape[1])), interpolation=cv2.INTER_AREA), np.uint8
        )
        spot = (at[0] * board.width - wide / 2, at[1] * board.height - small.shape[0] / 2)
        board.stamp(small, spot, colour, opacity=0.94)
        return board.pixels

    return shot


def plain_bottle(colour: str, steel: str = "#C9CCCB") -> list[Solid]:
    """A bottle of the same shape, without any print."""
    board = Artboard.over(np.ascontiguousarray(np.tile(glaze(colour, 6), (1, 1, 1))))
    height = board.height
    board.rect((0, 0, board.width, height * 0.128), "#1B1D1C")
    board.rect((0, height * 0.128, board.width, height * 0.168), steel)
    return [northpine.bottle(standing(0, 0), board.pixels)]
