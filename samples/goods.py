"""Other people's goods, without any mark: mugs, plants, lamps, shoes, tools and the like."""

import cv2
import numpy as np

from samples.camera import turned
from samples.drawing import Artboard, Picture, mix, rgb
from samples.lathe import Finish, Lathe
from samples.lettering import Face
from samples.relief import Bulge, Sheet, inflated
from samples.solids import Box, Pose, Solid, standing
from samples.textures import noise, speckled, tint, wood

_LETTER = Face(weight=0.1)


def glaze(colour: str, seed: int = 1, strength: float = 0.06) -> Picture:
    """A plain skin with a little life in it, 256 pixels square."""
    pale = mix(colour, "#FFFFFF", strength)
    deep = mix(colour, "#000000", strength)
    return tint(noise(seed, (256, 256), (12, 12), octaves=3), deep, pale)


def mug(x: float, z: float, colour: str, skin: Picture | None = None) -> list[Solid]:
    """A mug of coffee, its handle to the right."""
    top = Artboard(200, 200, colour)
    top.disc((100, 100), 90, "#2B1A12")
    top.disc((92, 90), 60, "#3A2418")
    profile = ((0.0, 3.6), (0.3, 3.9), (9.2, 4.1), (9.5, 4.05))
    ink = np.zeros((300, 220), np.uint8)
    cv2.ellipse(ink, (70, 150), (95, 110), 0, -95, 95, 255, 34, cv2.LINE_AA)
    handle = Artboard(220, 300, colour)
    lit = inflated(handle.pixels, ink, Bulge(16, 0.9, gloss=0.6))
    body = Lathe(
        profile,
        glaze(colour) if skin is None else skin,
        standing(x, z),
        (Finish(99, 0, 0.7, 60),),
        top.pixels,
    )
    return [Sheet(lit, ink, 5.6, Pose((x + 5.4, 1.2, z - 0.6))), body]


def plant(x: float, z: float, pot: str, seed: int = 3) -> list[Solid]:
    """A leafy plant in a pot."""
    generator = np.random.default_rng(seed)
    board = Artboard(700, 700, "#2F5B32")
    ink = np.zeros((700, 700), np.uint8)
    for leaf in range(26):
        turn = np.radians(generator.uniform(-78, 78))
        length = float(generator.uniform(260, 560)) * (1 - 0.25 * abs(np.sin(turn)))
        up, side = np.array([np.sin(turn), -np.cos(turn)]), np.array([np.cos(turn), np.sin(turn)])
        foot = np.array([350.0, 690.0])
        shape = [(0.0, 0.01), (0.45, 0.015), (0.62, 0.11), (0.8, 0.1), (1.0, 0.0)]
        edge = [foot + up * a * length + side * w * length for a, w in shape]
        edge += [foot + up * a * length - side * w * length for a, w in reversed(shape)]
        outline = [(float(px), float(py)) for px, py in edge]
        shade = mix("#1F4A2B", "#7FB05A", float(generator.uniform(0, 0.5) + leaf / 52))
        board.fill(outline, shade)
        tip, root = foot + up * length, foot + up * 0.5 * length
        board.line([(root[0], root[1]), (tip[0], tip[1])], "#A8CC86", 2)
        cv2.fillPoly(ink, [(np.array(outline) * 16).round().astype(np.int32)], 255, cv2.LINE_AA, 4)
    lit = inflated(board.pixels, ink, Bulge(30, 0.5, gloss=0.25))
    soil = Artboard(64, 64, "#2A1D16").pixels
    profile = ((0.0, 4.2), (0.2, 4.6), (9.0, 6.0), (9.0, 6.4), (10.8, 6.5))
    return [
        Sheet(lit, ink, 26, Pose((x, 9.5, z))),
        Lathe(profile, glaze(pot, 5), standing(x, z), (Finish(99, 0, 0.12, 10),), soil),
    ]


def lamp(x: float, z: float, foot: str, shade: str) -> list[Solid]:
    """A table lamp, switched on."""
    skin = Artboard(64, 512, foot)
    glow = np.linspace(rgb("#FFF3CF"), rgb(shade), 230).astype(np.uint8)
    skin.pixels[:230] = glow[:, None, :]
    profile = ((0.0, 6.5), (0.8, 6.4), (1.4, 2.0), (2.0, 0.9), (17.0, 0.9), (17.0, 10.0), (30.0, 6.0))
    return [Lathe(profile, skin.pixels, standing(x, z), (Finish(17.0, 0.5, 0.4), Finish(99, 0, 0.02)))]


def books(x: float, z: float, seed: int = 2, count: int = 3) -> list[Solid]:
    """A pile of books, each a little askew."""
    generator = np.random.default_rng(seed)
    covers = ("#7B2D26", "#2F4858", "#C9A24B", "#4A5D3A", "#6D597A", "#D8CFC0")
    words = ("TIDES", "A SMALL ROOM", "BREAD & SALT", "ATLAS OF WIND", "THE NINTH BELL")
    pile: list[Solid] = []
    height = 0.0
    for _ in range(count):
        thick, colour = float(generator.uniform(2.2, 4.2)), covers[int(generator.integers(len(covers)))]
        spine = Artboard(600, 100, colour)
        spine.rect((24, 0, 32, 100), "#E8DFC8")
        spine.rect((568, 0, 576, 100), "#E8DFC8")
        spine.text(words[int(generator.integers(len(words)))], (300, 50), 34, "#F0E8D2")
        pages = Artboard.over(speckled(9, "#D9CFB8", "#F1E9D6", 60)[:100, :400])
        for line in range(6, 100, 6):
            pages.line([(0, line), (400, line)], "#C9BEA4", 1)
        top = Artboard.over(glaze(colour, 3))
        top.rect((80, 120, 688, 300), "#F0E8D2")
        faces = {"front": spine.pixels, "right": pages.pixels, "left": pages.pixels, "top": top.pixels}
        pose = Pose((x, height, z), turned(yaw=float(generator.uniform(-14, 14))))
        pile.append(Box((20, thick, 14), faces, pose, colour))
        height += thick
    return pile


def ball(x: float, z: float, radius: float, skin: Picture, gloss: float = 0.2) -> list[Solid]:
    """A sphere: a ball, an orange, a tomato."""
    angle = np.linspace(-np.pi / 2 + 0.12, np.pi / 2 - 0.12, 18)
    profile = [(radius + radius * float(np.sin(a)), radius * float(np.cos(a))) for a in angle]
    return [Lathe(profile, skin, standing(x, z), (Finish(99, 0, gloss, 30),))]


def fruit(x: float, z: float, colour: str = "#E28A2B") -> list[Solid]:
    """Three oranges, or by colour tomatoes or limes."""
    peel = glaze(colour, 7, 0.12)
    return [*ball(x - 4, z - 3, 3.8, peel), *ball(x + 4, z - 4, 3.6, peel), *ball(x + 0.5, z + 3, 3.9, peel)]


def vase(x: float, z: float, colour: str) -> list[Solid]:
    """A thrown vase with a reactive glaze."""
    profile = [(h, 3.2 + 3.4 * float(np.sin(h / 22 * np.pi * 0.95)) ** 1.4) for h in np.linspace(0, 20, 18)]
    profile += [(22.0, 2.6), (23.0, 3.2)]
    dark = mix(colour, "#14141E", 0.5)
    return [
        Lathe(
            profile,
            speckled(14, dark, colour, 5),
            standing(x, z),
            (Finish(99, 0, 0.8, 50),),
            Artboard(32, 32, "#15110E").pixels,
        )
    ]


def candle(x: float, z: float, colour: str) -> list[Solid]:
    """A candle in a frosted glass."""
    skin = Artboard(64, 300, colour)
    skin.pixels[:40] = rgb("#E9E6DF")
    top = Artboard(200, 200, "#F6EAD0")
    top.disc((100, 100), 12, "#FFF7C8")
    top.disc((100, 100), 5, "#3A2A1A")
    return [
        Lathe(
            ((0.0, 3.8), (0.2, 4.0), (8.0, 4.0), (8.2, 3.9)),
            skin.pixels,
            standing(x, z),
            (Finish(99, 0, 0.9, 70),),
            top.pixels,
        )
    ]


def film_camera(x: float, z: float) -> list[Solid]:
    """An old film camera."""
    front = Artboard.over(
        np.asarray(cv2.resize(speckled(19, "#1B1B1C", "#343436", 150), (700, 420)), np.uint8)
    )
    front.rect((0, 0, 700, 110), "#BFC1C2")
    front.rect((270, 20, 430, 96), "#26282A", radius=10)
    front.rect((60, 24, 150, 90), "#3C4A55", radius=6)
    top = Artboard(700, 230, "#B4B7B8")
    for left, radius in ((100, 70), (560, 60), (440, 36)):
        top.disc((left, 115), radius, "#8D9092")
        top.disc((left, 115), radius - 10, "#D2D4D5")
    glass = Artboard(300, 300, "#101214")
    for radius, colour in (
        (138, "#2A2C2F"),
        (110, "#0B0D10"),
        (90, "#22314A"),
        (60, "#43386A"),
        (30, "#16202E"),
    ):
        glass.disc((150, 150), radius, colour)
    glass.disc((120, 115), 16, "#C8D8E8")
    lens = Lathe(
        ((0.0, 3.6), (2.5, 3.6), (2.5, 3.2), (5.2, 3.1)),
        glaze("#1D1E20", 4),
        Pose((x, 4.4, z + 2.4), turned(pitch=90)),
        (Finish(99, 0.2, 0.6),),
        glass.pixels,
    )
    return [
        Box((14, 8.8, 4.6), {"front": front.pixels, "top": top.pixels}, standing(x, z), "#232325", 0.2),
        lens,
    ]


def blocks(x: float, z: float, seed: int = 4) -> list[Solid]:
    """Wooden letter blocks."""
    generator = np.random.default_rng(seed)
    pile: list[Solid] = []
    for place, (dx, y, dz) in enumerate(
        ((-5.5, 0, 0), (0, 0, 1), (5.4, 0, -0.5), (-2.6, 4.6, 0.3), (3, 4.6, 0.2), (10, 0, 4))
    ):
        colour = ("#C0392B", "#2E6DA4", "#E0A526", "#3F8A4B", "#7A4B8C", "#D46A2A")[place]
        face = Artboard.over(np.ascontiguousarray(wood(40 + place, "#C9A06A", "#E8CB9A", 1)[:300, :300]))
        face.rect((24, 24, 276, 276), colour, radius=18)
        face.text("RNDKAS"[place], (150, 150), 130, "#FBF3E2", face=_LETTER)
        faces = dict.fromkeys(("front", "left", "right", "top"), face.pixels)
        pose = Pose((x + dx, float(y), z + dz), turned(yaw=float(generator.uniform(-24, 24))))
        pile.append(Box((4.6, 4.6, 4.6), faces, pose, "#D9B67E"))
    return pile


def keyboard(x: float, z: float) -> list[Solid]:
    """A computer keyboard."""
    top = Artboard(1200, 420, "#2C2F33")
    for row, keys in enumerate(("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")):
        for column, key in enumerate(keys):
            left = 90 + row * 28 + column * 94
            top.rect((left, 20 + row * 80, left + 84, 90 + row * 80), "#3B4046", radius=10)
            top.rect((left + 6, 22 + row * 80, left + 78, 80 + row * 80), "#4B5158", radius=8)
            top.text(key, (left + 30, 46 + row * 80), 17, "#DDE3E8")
    top.rect((330, 342, 860, 405), "#4B5158", radius=8)
    return [Box((36, 2.2, 13), {"top": top.pixels}, standing(x, z, 6), "#24272A")]


def notebook(x: float, z: float, skin: Picture) -> list[Solid]:
    """A notebook with a printed cover, lying."""
    pages = Artboard(300, 40, "#EFE7D6")
    for line in range(4, 40, 4):
        pages.line([(0, line), (300, line)], "#CFC5B0", 1)
    faces = {"top": skin, "front": pages.pixels, "right": pages.pixels, "left": pages.pixels}
    return [Box((15, 1.8, 21), faces, standing(x, z, 16), "#EFE7D6")]
