"""Northpine, a fictional maker of outdoor goods: its emblem, pattern, artwork and packaging."""

from functools import lru_cache

import cv2
import numpy as np

from samples.barcodes import barcode
from samples.drawing import Artboard, Picture, Point, mix, rgb
from samples.lathe import Finish, Lathe
from samples.lettering import Face
from samples.solids import Pose
from samples.textures import noise, tint

PINE, NIGHT, CREAM, EMBER, MOSS = "#0B5D3B", "#12251D", "#F3EAD3", "#E2722E", "#7FA37A"
GTINS = {"bottle": "9521234000013", "tin": "9521234000020", "box": "9521234000037"}
SLOGAN = "Made for the long way"

_WORDMARK = Face(weight=0.09, tracking=0.16, width=1.12)
CAPS = Face(weight=0.05, tracking=0.12)
LEAN = Face(skew=0.18, tracking=0.02)


def emblem(board: Artboard, centre: Point, radius: float, ink: str, ground: str) -> None:
    """A pine over two peaks in a ring: the brand's graphic mark."""
    x, y = centre
    board.disc(centre, radius, ink)
    board.ring(centre, radius * 0.86, ground, radius * 0.05)
    left = [(-0.68, 0.34), (-0.34, -0.16), (-0.2, 0.02), (0.0, 0.34)]
    board.fill([(x + radius * u, y + radius * v) for u, v in left], ground)
    board.fill([(x - radius * u, y + radius * v) for u, v in left], ground)
    for tip, foot, half in ((-0.66, -0.14, 0.25), (-0.38, 0.14, 0.35), (-0.08, 0.46, 0.45)):
        for grow, colour in ((0.07, ink), (0.0, ground)):
            edge = half + grow
            tier = [(0, tip - grow), (edge, foot + grow / 2), (0, foot - 0.1), (-edge, foot + grow / 2)]
            board.fill([(x + radius * u, y + radius * v) for u, v in tier], colour)
    board.rect((x - radius * 0.06, y + radius * 0.36, x + radius * 0.06, y + radius * 0.6), ground)
    board.line(
        [(x - radius * 0.5, y + radius * 0.66), (x + radius * 0.5, y + radius * 0.66)], ground, radius * 0.05
    )


def wordmark(board: Artboard, centre: Point, width: float, ink: str) -> None:
    """NORTHPINE, black and wide, to a width in pixels."""
    board.fitted("NORTHPINE", centre, (width, width), ink, face=_WORDMARK)


def lockup(
    board: Artboard, centre: Point, width: float, inks: tuple[str, str], *, slogan: bool = True
) -> None:
    """Emblem over wordmark over slogan; `inks` are the mark's colour and the ground's."""
    x, y = centre
    emblem(board, (x, y - width * 0.27), width * 0.24, *inks)
    wordmark(board, (x, y + width * 0.12), width, inks[0])
    if slogan:
        board.fitted(SLOGAN, (x, y + width * 0.26), (width * 0.8, width), inks[0], face=LEAN)


@lru_cache(maxsize=1)
def pattern() -> Picture:
    """Contour lines of an imagined valley, with scattered pines: the surface pattern."""
    side = 900
    field = noise(17, (side, side), (3, 3), octaves=4) * 4.2
    slope = np.hypot(
        cv2.Sobel(field, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(field, cv2.CV_32F, 0, 1, scale=1 / 8)
    )
    away = np.abs((field + 0.5) % 1 - 0.5) / (slope + 1e-4)
    heavy = np.abs((field / 4 + 0.5) % 1 - 0.5) * 4 / (slope + 1e-4)
    line = np.clip(1.9 - away, 0, 1) + np.clip(3.2 - heavy, 0, 1)
    picture = tint(np.asarray(np.clip(line, 0, 1) * 4 - 2, np.float32), PINE, "#A9C39B")
    board = Artboard.over(picture)
    generator = np.random.default_rng(5)
    for _ in range(26):
        x, y = generator.uniform(40, side - 40, 2)
        size = float(generator.uniform(13, 24))
        colour = EMBER if generator.random() < 0.25 else CREAM
        for tier in range(3):
            top = y - size + tier * size * 0.6
            half = size * (0.42 + 0.16 * tier)
            board.fill([(x, top), (x + half, top + size * 0.9), (x - half, top + size * 0.9)], colour)
    return board.pixels


@lru_cache(maxsize=4)
def landscape(width: int, height: int, seed: int = 3) -> Picture:
    """Dusk over ranges of hills, a lake, and pines in front: the brand's artwork."""
    rows = np.linspace(0, 1, height)[:, None]
    board = Artboard(width, height)
    stops = [rgb("#2F5D62"), rgb("#E9A15B"), rgb("#F6D9A6")]
    for channel in range(3):
        ramp = np.interp(rows, [0, 0.45, 0.62], [stop[channel] for stop in stops])
        board.pixels[..., channel] = ramp.astype(np.uint8)
    board.disc((width * 0.64, height * 0.38), height * 0.13, "#FBE9C3")
    for layer, colour in enumerate(("#9DB39A", "#5F8F79", "#2C6A51", PINE)):
        ridge = noise(seed * 10 + layer, (8, width), (1, 3 + 2 * layer), octaves=5)[3]
        base = height * (0.46 + 0.13 * layer)
        edge = [(float(x), float(base - ridge[x] * height * 0.055)) for x in range(0, width, 3)]
        board.fill([*edge, (width, edge[-1][1]), (width, height), (0, height)], colour)
        lit = [(x, y + 2) for x, y in edge]
        board.line(lit, mix(colour, CREAM, 0.35), 2)
    generator = np.random.default_rng(seed)
    for place in sorted(generator.uniform(0, 1, 34)):
        x, tall = float(place * width), float(generator.uniform(0.13, 0.34) * height)
        for tier in range(6):
            top = height - tall + tier * tall * 0.16
            half = tall * (0.05 + 0.032 * tier)
            ragged = float(generator.uniform(0.8, 1.2))
            board.fill(
                [(x, top), (x + half * ragged, top + tall * 0.27), (x - half, top + tall * 0.27)], NIGHT
            )
    return board.pixels


def _paper(board: Artboard, seed: int, strength: float = 0.05) -> Picture:
    grain = noise(seed, board.pixels.shape[:2], (board.height // 4, board.width // 4), octaves=2)
    gain = 1 + np.clip(grain, -2, 2) * strength / 2
    return np.asarray(np.clip(board.pixels * gain[..., None], 0, 255), np.uint8)


@lru_cache(maxsize=1)
def bottle_skin() -> Picture:
    """The steel bottle all around: powder coat, print, bare steel neck, black cap."""
    board = Artboard(1500, 1560, PINE)
    grain = tint(noise(2, (1560, 1500), (390, 375), octaves=1), "#0A5436", "#0D6641")
    board.paste(grain, (0, 0))
    relief = cv2.resize(pattern(), (450, 450), interpolation=cv2.INTER_AREA)
    ring = np.tile(relief, (1, 4, 1))[:360, :1500]
    board.paste(np.asarray(ring * 0.8 + np.array(rgb(PINE)) * 0.2, np.uint8), (0, 1150))
    board.rect((0, 1132, 1500, 1150), EMBER)
    board.rect((0, 1510, 1500, 1560), "#B9BCBC")
    lockup(board, (750, 700), 430, (CREAM, PINE))
    board.text("TRAILKEEPER", (750, 930), 26, CREAM, face=CAPS)
    board.text("750 ML / 25 OZ", (750, 985), 19, MOSS, face=CAPS)
    for side in (0, 1500):
        board.text("18/8 STAINLESS STEEL", (side, 600), 18, CREAM, face=CAPS)
        board.text("24 H COLD  12 H HOT", (side, 650), 18, CREAM, face=CAPS)
        board.text("BPA FREE", (side, 700), 18, CREAM, face=CAPS)
    board.rect((0, 0, 1500, 200), "#1B1D1C")
    for x in range(0, 1500, 20):
        board.rect((x, 36, x + 9, 160), "#2A2D2B")
    board.rect((0, 200, 1500, 262), "#C9CCCB")
    return board.pixels


@lru_cache(maxsize=1)
def tin_skin() -> Picture:
    """The tea tin all around: label in front, ingredients and barcode behind."""
    board = Artboard(1700, 800, CREAM)
    scene = landscape(1700, 420)
    board.paste(scene, (0, 330))
    board.rect((0, 735, 1700, 800), NIGHT)
    board.rect((0, 726, 1700, 735), EMBER)
    board.rect((0, 0, 1700, 90), PINE)
    board.rect((0, 90, 1700, 98), EMBER)
    for repeat in range(0, 1700, 170):
        board.text("NORTHPINE", (repeat + 85, 766), 15, MOSS, face=CAPS)
    board.rect((590, 130, 1110, 690), CREAM, radius=70)
    board.rect((604, 144, 1096, 676), PINE, radius=58)
    board.rect((612, 152, 1088, 668), CREAM, radius=52)
    emblem(board, (850, 250), 78, PINE, CREAM)
    wordmark(board, (850, 372), 390, PINE)
    board.rect((560, 420, 1140, 506), EMBER)
    board.fill([(560, 420), (520, 463), (560, 506)], EMBER)
    board.fill([(1140, 420), (1180, 463), (1140, 506)], EMBER)
    board.fitted("CAMPFIRE TEA", (850, 463), (470, 46), CREAM, face=Face(weight=0.08, tracking=0.08))
    board.text("Smoked spruce tips & black tea", (850, 550), 19, NIGHT, face=LEAN)
    board.line([(700, 580), (1000, 580)], PINE, 2)
    board.text("LOOSE LEAF   100 G   3.5 OZ", (850, 612), 15, PINE, face=CAPS)
    board.text(SLOGAN, (850, 645), 13, PINE, face=LEAN)
    board.rect((40, 130, 500, 700), CREAM)
    y = board.paragraph("INGREDIENTS", (62, 150), 400, 15, PINE, face=CAPS)
    text = (
        "Black tea (Camellia sinensis), spruce tips 18 %, juniper berries, orange peel, natural smoke. "
        "May contain traces of hazelnut. Keep dry and away from light. Steep 2 g in 200 ml of boiling "
        "water for four minutes. Packed where the road ends."
    )
    y = board.paragraph(text, (62, y + 8), 416, 12, NIGHT)
    board.rows(
        [("Energy", "4 kJ / 1 kcal"), ("Fat", "0 g"), ("Caffeine", "21 mg")], (62, y + 6), 416, 11, NIGHT
    )
    board.rect((1230, 150, 1640, 640), CREAM)
    board.text("BREWED OUTDOORS", (1435, 190), 19, PINE, face=CAPS)
    board.paragraph(
        "A tin for the rucksack lid: no bag, no string, no hurry. Refill it, dent it.",
        (1262, 220),
        350,
        13,
        NIGHT,
    )
    bars = barcode(GTINS["tin"], 2)
    board.paste(bars, (1300, 440))
    return _paper(board, 8, 0.03)


@lru_cache(maxsize=1)
def tin_lid() -> Picture:
    """The lid from above: rings and an embossed emblem."""
    board = Artboard(500, 500, "#0C5236")
    for radius, colour in (
        (244, "#0A4630"),
        (232, "#1A7450"),
        (214, "#0C5236"),
        (205, "#083B28"),
        (200, "#0E5E3E"),
    ):
        board.disc((250, 250), radius, colour)
    emblem(board, (253, 254), 128, "#062D1E", "#0E5E3E")
    emblem(board, (248, 247), 128, "#2C8A62", "#0E5E3E")
    emblem(board, (250, 250), 128, "#146B48", "#0B5236")
    return board.pixels


BOTTLE_PROFILE = (
    (0.0, 3.2), (0.35, 3.55), (1.0, 3.6), (17.6, 3.6), (18.6, 3.5), (19.3, 3.25), (19.9, 2.85), (20.25, 2.4),
    (21.1, 2.4), (21.1, 2.7), (23.9, 2.65), (24.2, 2.4),
)  # fmt: skip


def bottle(pose: Pose, skin: Picture | None = None) -> Lathe:
    """The Trailkeeper, 24 cm tall; another skin makes it another maker's."""
    finishes = (
        Finish(0.8, 0.9, 0.4),
        Finish(20.2, 0, 0.32, 26),
        Finish(21.1, 1.0, 0.5),
        Finish(99, 0, 0.12, 12),
    )
    chosen = bottle_skin() if skin is None else skin
    lid = Artboard(64, 64, "#222423").pixels
    return Lathe(BOTTLE_PROFILE, chosen, pose, finishes, lid)


def tin(pose: Pose, skin: Picture | None = None, lid: Picture | None = None) -> Lathe:
    """The tea tin, 12 cm tall."""
    profile = ((0.0, 4.5), (0.15, 4.6), (10.2, 4.6), (10.2, 4.75), (11.7, 4.75), (12.0, 4.6))
    finishes = (Finish(10.2, 0.0, 0.3, 30), Finish(99, 0.35, 0.5, 40))
    return Lathe(
        profile, tin_skin() if skin is None else skin, pose, finishes, tin_lid() if lid is None else lid
    )
