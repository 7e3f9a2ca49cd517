"""Fennavel, a fictional maker of botanical skin care: its marks, umbel pattern and packaging."""

from functools import lru_cache

import cv2
import numpy as np

from samples.barcodes import barcode
from samples.drawing import Artboard, Picture, Point, mix
from samples.lathe import Finish, Lathe
from samples.lettering import Face
from samples.relief import Bulge, Sheet, inflated, silhouette
from samples.solids import Box, Pose
from samples.textures import noise, tint

CORAL, PLUM, SHELL, SAGE, GOLD = "#E8694A", "#4B1D3F", "#FBF1E6", "#8FA68A", "#C9A25B"
GTINS = {"carton": "9525678000011", "pump": "9525678000028", "sachet": "9525678000035"}
SLOGAN = "Skin remembers kindness"

_WORDMARK = Face(weight=0.085, contrast=0.05, tracking=0.1)
_FINE = Face(tracking=0.2)
_ROMAN = Face(weight=0.06, contrast=0.035, tracking=0.04)


def umbel(board: Artboard, root: Point, length: float, turn: float, inks: tuple[str, str]) -> None:
    """One flower head of fennel on its stem; `turn` in degrees from upright, inks of stem and florets."""
    lean = np.radians(turn)
    up = np.array([np.sin(lean), -np.cos(lean)])
    side = np.array([np.cos(lean), np.sin(lean)])
    foot = np.array(root)

    def at(along: float, out: float) -> Point:
        spot = foot + up * along * length + side * out * length
        return (float(spot[0]), float(spot[1]))

    stem = max(1.0, length * 0.018)
    board.line([at(0, 0), at(0.25, 0.02), at(0.5, 0)], inks[0], stem * 1.6)
    for spread in np.linspace(-1.15, 1.15, 9):
        along, out = 0.5 + 0.42 * np.cos(spread), 0.42 * np.sin(spread)
        board.line(
            [at(0.5, 0), at(0.5 + 0.25 * np.cos(spread), 0.22 * np.sin(spread)), at(along, out)],
            inks[0],
            stem,
        )
        for dot in range(6):
            angle = dot * np.pi / 3 + spread
            petal = at(along + 0.055 * np.sin(angle), out + 0.055 * np.cos(angle))
            board.disc(petal, length * 0.024, inks[1])
        board.disc(at(along, out), length * 0.02, inks[0])
    for height, sign in ((0.12, 1), (0.24, -1), (0.36, 1)):
        for frond in range(5):
            reach = 0.05 + 0.05 * frond
            lift = 0.05 * (frond - 1)
            board.line(
                [
                    at(height, 0),
                    at(height + 0.05 + lift, sign * (0.2 - reach * 0.1)),
                    at(height + 0.1 + lift * 1.4, sign * 0.26),
                ],
                SAGE,
                stem,
            )


def emblem(board: Artboard, centre: Point, radius: float, ink: str, petals: str) -> None:
    """The round mark: one umbel in a fine double ring."""
    board.ring(centre, radius, ink, radius * 0.05)
    board.ring(centre, radius * 0.88, ink, max(1, radius * 0.02))
    umbel(board, (centre[0], centre[1] + radius * 0.66), radius * 1.32, 0, (ink, petals))


def wordmark(board: Artboard, centre: Point, width: float, ink: str) -> None:
    """fennavel, lower case, thick and thin."""
    board.fitted("fennavel", centre, (width, width), ink, face=_WORDMARK)


def lockup(
    board: Artboard, centre: Point, width: float, inks: tuple[str, str], *, slogan: bool = True
) -> None:
    """Emblem, wordmark and slogan; `inks` are of the letters and of the florets."""
    x, y = centre
    emblem(board, (x, y - width * 0.3), width * 0.24, *inks)
    wordmark(board, (x, y + width * 0.1), width, inks[0])
    if slogan:
        board.fitted(SLOGAN, (x, y + width * 0.26), (width * 0.78, width), inks[0], face=_FINE)


@lru_cache(maxsize=4)
def pattern(ground: str = SHELL, stem: str = PLUM) -> Picture:
    """Tossed umbels, buds and seeds, repeating without a seam: the surface pattern."""
    side = 900
    board = Artboard(side * 2, side * 2, ground)
    generator = np.random.default_rng(29)
    for row in range(6):
        for column in range(4):
            turn = float(generator.uniform(-40, 40)) + (180 if (row + column) % 2 else 0)
            length = float(generator.uniform(165, 190))
            lean = np.radians(turn)
            x = ((column + 0.25 + 0.5 * (row % 2)) * side / 4 - np.sin(lean) * length / 2) % side
            y = ((row + 0.5) * side / 6 + np.cos(lean) * length / 2) % side
            florets = (CORAL, GOLD, CORAL)[(row + 2 * column) % 3]
            for dx in (0, side):
                for dy in (0, side):
                    umbel(board, (x + dx, y + dy), length, turn, (stem, florets))
    for _ in range(60):
        x, y = generator.uniform(0, side, 2)
        radius, colour = float(generator.uniform(2.5, 6)), (CORAL, SAGE, GOLD)[int(generator.integers(3))]
        for dx in (0, side):
            for dy in (0, side):
                board.disc((x + dx, y + dy), radius, colour)
    half = side // 2
    return np.ascontiguousarray(board.pixels[half : half + side, half : half + side])


@lru_cache(maxsize=1)
def artwork() -> Picture:
    """A poster of the fennel field, for shop windows."""
    board = Artboard(900, 1100, "#F7D9C4")
    board.disc((560, 420), 270, "#F2A07F")
    board.disc((560, 420), 200, CORAL)
    generator = np.random.default_rng(4)
    for _ in range(20):
        x, length = float(generator.uniform(0, 900)), float(generator.uniform(300, 700))
        tone = float(generator.uniform(0, 0.6))
        stem = mix(PLUM, SAGE, tone)
        umbel(
            board,
            (x, 1120),
            length,
            float(generator.uniform(-14, 14)),
            (stem, (GOLD, CORAL, SHELL)[int(generator.integers(3))]),
        )
    board.rect((0, 930, 900, 1100), PLUM)
    wordmark(board, (450, 1000), 420, SHELL)
    board.text(SLOGAN, (450, 1058), 17, GOLD, face=_FINE)
    return board.pixels


@lru_cache(maxsize=1)
def carton_faces() -> dict[str, Picture]:
    """The cream's folding carton."""
    leaves = np.asarray(cv2.resize(pattern(), (620, 620), interpolation=cv2.INTER_AREA), np.uint8)
    front = Artboard(620, 800, SHELL)
    front.paste(leaves[:370], (0, 430))
    front.rect((0, 420, 620, 432), GOLD)
    lockup(front, (310, 190), 330, (PLUM, CORAL))
    front.text("BOTANICAL SKIN CARE", (310, 330), 15, CORAL, face=_FINE)
    front.text("EST. 1994", (310, 372), 11, PLUM, face=_FINE)
    front.rect((110, 520, 510, 730), SHELL)
    front.rect((120, 530, 500, 720), CORAL)
    front.text("Barrier Cream", (310, 585), 34, SHELL, face=_ROMAN)
    front.text("with fennel seed & oat milk", (310, 636), 15, SHELL, face=Face(skew=0.18))
    front.text("50 ML  1.7 FL OZ", (310, 682), 14, SHELL, face=_FINE)
    side = Artboard(620, 800, PLUM)
    side.rect((0, 420, 620, 432), GOLD)
    y = side.paragraph("How to be kind", (60, 60), 500, 24, GOLD, face=_ROMAN)
    y = side.paragraph(
        "Warm a pearl of cream between the palms. Press, do not rub. Morning and night.",
        (60, y + 6),
        500,
        18,
        SHELL,
    )
    for place, length in ((150, 150), (310, 190), (470, 150)):
        umbel(side, (place, 404), length, (place - 310) / 12, (GOLD, CORAL))
    y = side.paragraph("INGREDIENTS", (60, 460), 500, 14, GOLD, face=_FINE)
    side.paragraph(
        "Aqua, Avena Sativa Kernel Extract, Glycerin, Foeniculum Vulgare Seed Oil, Shea Butter, "
        "Squalane, Cetearyl Olivate, Tocopherol, Xanthan Gum, Citric Acid, Limonene, Linalool.",
        (60, y + 4),
        500,
        12,
        SHELL,
    )
    side.paste(barcode(GTINS["carton"], 2), (60, 672 - 30))
    side.ring((470, 700), 46, GOLD, 3)
    side.text("12M", (470, 706), 20, GOLD, face=_ROMAN)
    top = Artboard(620, 620, CORAL)
    emblem(top, (310, 310), 190, SHELL, SHELL)
    return {
        "front": front.pixels,
        "left": side.pixels,
        "right": side.pixels,
        "back": side.pixels,
        "top": top.pixels,
    }


@lru_cache(maxsize=1)
def jar_skin() -> Picture:
    """The cream jar all around: plum glass, gold lid."""
    board = Artboard(1500, 420, PLUM)
    board.rect((0, 0, 1500, 170), GOLD)
    for y in range(14, 160, 8):
        board.line([(0, y), (1500, y)], "#B58E49", 1)
    wordmark(board, (750, 258), 300, SHELL)
    board.text("Barrier Cream", (750, 322), 19, "#F0C9B8", face=_ROMAN)
    board.text("50 ML", (750, 362), 12, "#F0C9B8", face=_FINE)
    board.text("fennavel.example", (0, 300), 16, "#F0C9B8", face=_FINE)
    board.text("fennavel.example", (1500, 300), 16, "#F0C9B8", face=_FINE)
    return board.pixels


@lru_cache(maxsize=1)
def pump_skin() -> Picture:
    """The cleanser's bottle all around, with its pump painted above it."""
    board = Artboard(1200, 1300, CORAL)
    ground = np.asarray(cv2.resize(pattern(), (400, 400), interpolation=cv2.INTER_AREA), np.uint8)
    board.paste(np.tile(ground, (1, 3, 1))[:330], (0, 900))
    board.rect((0, 888, 1200, 900), GOLD)
    board.rect((0, 1230, 1200, 1242), GOLD)
    emblem(board, (600, 560), 78, SHELL, SHELL)
    wordmark(board, (600, 710), 350, SHELL)
    board.text("Milk Cleanser", (600, 790), 26, SHELL, face=_ROMAN)
    board.text("200 ML", (600, 842), 14, SHELL, face=_FINE)
    for side in (0, 1200):
        board.text("Aqua, Glycerin, Avena Sativa,", (side, 620), 13, SHELL)
        board.text("Foeniculum Vulgare Seed Oil", (side, 650), 13, SHELL)
    board.paste(barcode(GTINS["pump"], 2), (60, 720))
    board.rect((0, 0, 1200, 290), GOLD)
    board.rect((0, 0, 1200, 130), "#F4EFE8")
    return board.pixels


@lru_cache(maxsize=1)
def sachet() -> tuple[Picture, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """A sheet-mask sachet of foil, crimped at both ends: its picture and its silhouette."""
    board = Artboard(620, 820, PLUM)
    leaves = pattern(PLUM, SAGE)
    board.paste(np.asarray(cv2.resize(leaves, (620, 620)), np.uint8)[:420], (0, 330))
    board.rect((70, 70, 550, 330), SHELL, radius=16)
    wordmark(board, (310, 150), 370, PLUM)
    board.text("Overnight Sheet Mask", (310, 222), 23, CORAL, face=_ROMAN)
    board.text("fennel, honey & rice water", (310, 272), 15, PLUM, face=Face(skew=0.18))
    board.disc((460, 620), 92, CORAL)
    board.ring((460, 620), 80, SHELL, 2)
    board.text("1 MASK", (460, 604), 20, SHELL, face=_ROMAN)
    board.text("23 ML", (460, 645), 17, SHELL, face=_FINE)
    board.rect((40, 660, 292, 800), "#FFFFFF")
    board.paste(barcode(GTINS["sachet"], 2)[:134], (50, 662))
    for edge in (0, 770):
        for y in range(edge, edge + 50, 6):
            board.line([(0, y), (620, y)], "#7A4A6C", 2)
    teeth = [(float(x), 6.0 if x % 20 else 16.0) for x in range(10, 611, 10)]
    lower = [(x, 820 - y) for x, y in reversed(teeth)]
    ink = silhouette((620, 820), [[*teeth, *lower]])
    lit = inflated(board.pixels, ink, Bulge(70, 0.35, crinkle=0.55, gloss=0.7, tightness=18, seed=6))
    return lit, ink


def carton(pose: Pose) -> Box:
    """The cream's carton, 9.3 cm tall."""
    return Box((7.2, 9.3, 7.2), carton_faces(), pose, SHELL, gloss=0.16)


def jar(pose: Pose, skin: Picture | None = None, cap: Picture | None = None) -> Lathe:
    """The cream jar, 5 cm tall."""
    profile = ((0.0, 3.0), (0.3, 3.3), (2.6, 3.35), (3.0, 3.2), (3.0, 3.5), (4.8, 3.5), (5.0, 3.35))
    if cap is None:
        top = Artboard(300, 300, GOLD)
        emblem(top, (152, 152), 100, "#8A6A30", "#8A6A30")
        emblem(top, (150, 150), 100, "#E6CB92", "#E6CB92")
        cap = top.pixels
    finishes = (Finish(3.0, 0.0, 0.75, 60), Finish(99, 0.75, 0.4, 30))
    return Lathe(profile, jar_skin() if skin is None else skin, pose, finishes, cap)


def pump(pose: Pose, skin: Picture | None = None) -> Lathe:
    """The cleanser with its pump, 19 cm tall."""
    profile = (
        (0.0, 2.9), (0.3, 3.1), (13.2, 3.1), (14.0, 2.9), (14.5, 2.4), (14.8, 1.6), (14.8, 1.75), (16.9, 1.7),
        (17.0, 0.7), (18.0, 0.7), (18.0, 1.5), (18.8, 1.45), (19.0, 1.2),
    )  # fmt: skip
    finishes = (Finish(14.8, 0, 0.4, 35), Finish(17.0, 0.8, 0.4), Finish(99, 0, 0.3))
    return Lathe(profile, pump_skin() if skin is None else skin, pose, finishes)


def pouch(pose: Pose, *, lying: bool = True) -> Sheet:
    """The sachet, 12 cm wide."""
    picture, ink = sachet()
    return Sheet(picture, ink, 12.0, pose, lying=lying, thickness=0.6)


def silk(seed: int, ground: str, light: str) -> Picture:
    """A satin backdrop for the studio."""
    field = np.sin(noise(seed, (768, 768), (2, 2), octaves=2) * 2.6) * 1.6
    return tint(np.asarray(cv2.GaussianBlur(field, (0, 0), 3), np.float32), ground, light)
