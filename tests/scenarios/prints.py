"""What is printed on goods: logos as ink, words, patterns, characters, certification marks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from tests.scenarios.modified_copies import Pixels
from vision.svg import render_svg

Ink = npt.NDArray[np.uint8]
"""Coverage, (H, W) uint8: 255 where the print is."""
Colour = tuple[int, int, int]

INKS: tuple[Colour, ...] = ((20, 20, 22), (245, 245, 240), (196, 30, 44), (24, 68, 158), (212, 168, 60))
"""The five colours in which marks are pasted."""
_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"


def rgb(colour: str) -> Colour:
    """`#RRGGBB` as three numbers."""
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def hexed(colour: npt.ArrayLike) -> str:
    """Three numbers as `#RRGGBB`, cut to 0..255."""
    return "#" + bytes(int(value) for value in np.clip(np.asarray(colour), 0, 255)).hex().upper()


@lru_cache(maxsize=64)
def logo_ink(path: Path) -> Ink:
    """A one-colour SVG as ink, without its empty border."""
    drawn = render_svg(path.read_bytes()).pixels
    ink = np.asarray(255 - cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY), np.uint8)
    if ink.mean() > 200:  # drawn white on black
        ink = 255 - ink
    return trimmed(ink)


def trimmed(ink: Ink) -> Ink:
    """Without the empty border."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > 32), np.flatnonzero(ink.max(axis=0) > 32)
    return np.ascontiguousarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def words_ink(text: str, *, font: str = "DejaVuSans-Bold", height: int = 120) -> Ink:
    """A line of text in any script that DejaVu has."""
    face = ImageFont.truetype(_FONTS / f"{font}.ttf", height)
    left, top, right, bottom = face.getbbox(text)
    canvas = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8), 0)
    ImageDraw.Draw(canvas).text((4 - left, 4 - top), text, fill=255, font=face)
    return trimmed(np.asarray(canvas))


FACES = ("DejaVuSans-Bold", "DejaVuSerif-Bold", "DejaVuSans", "DejaVuSansMono-Bold", "DejaVuSans-BoldOblique")


def stamp(
    under: Pixels,
    ink: Ink,
    *,
    width: float,
    at: tuple[float, float],
    colour: Colour,
    angle: float = 0.0,
    opacity: float = 0.95,
) -> Pixels:
    """Ink laid on a picture: `width` and `at` (its middle) as shares of the picture, `angle` in degrees."""
    height, wide = under.shape[:2]
    target = max(8, round(width * wide))
    small = cv2.resize(
        ink, (target, max(4, round(ink.shape[0] * target / ink.shape[1]))), interpolation=cv2.INTER_AREA
    )
    turned = np.asarray(Image.fromarray(small).rotate(angle, Image.Resampling.BICUBIC, expand=True))
    left, top = round(at[0] * wide - turned.shape[1] / 2), round(at[1] * height - turned.shape[0] / 2)
    mask = np.zeros((height, wide), np.float32)
    x0, y0, x1, y1 = (
        max(left, 0),
        max(top, 0),
        min(left + turned.shape[1], wide),
        min(top + turned.shape[0], height),
    )
    if x0 >= x1 or y0 >= y1:
        raise ValueError("the print lies outside the picture")
    mask[y0:y1, x0:x1] = turned[y0 - top : y1 - top, x0 - left : x1 - left] / 255.0
    mixed = under * (1 - mask[..., None] * opacity) + np.array(colour) * (mask[..., None] * opacity)
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def plain(colour: str, size: tuple[int, int] = (700, 700)) -> Pixels:
    """One colour, (width, height)."""
    return np.full((size[1], size[0], 3), rgb(colour), np.uint8)


# Patterns: each a function of three colours that fills a square.

_SIDE = 700


def tartan(a: str, b: str, c: str, *, sett: tuple[int, ...] = (9, 2, 4, 2, 9, 14, 1, 3)) -> Pixels:
    """A check: the same stripes both ways, woven."""
    threads = np.concatenate([np.full(n * 5, k % 3) for k, n in enumerate((*sett, *sett[::-1]))])
    row = np.resize(threads, _SIDE)
    colours = np.array([rgb(a), rgb(b), rgb(c)], np.float32)
    twill = (np.add.outer(np.arange(_SIDE), np.arange(_SIDE)) // 3 % 2)[..., None]
    warp, weft = colours[row][None, :, :], colours[row][:, None, :]
    return np.asarray(twill * warp + (1 - twill) * weft, np.uint8)


def monogram(a: str, b: str, c: str, *, letters: str = "TS") -> Pixels:
    """Two letters and a flower, alternating in staggered rows."""
    board = plain(a, (_SIDE, _SIDE))
    ink = words_ink(letters, font="DejaVuSerif-BoldItalic")
    flower = np.zeros((120, 120), np.uint8)
    for turn in range(4):
        spot = (60 + round(28 * np.cos(turn * np.pi / 2)), 60 + round(28 * np.sin(turn * np.pi / 2)))
        cv2.circle(flower, spot, 24, 255, -1, cv2.LINE_AA)
    cv2.circle(flower, (60, 60), 12, 0, -1, cv2.LINE_AA)
    for row in range(8):
        for column in range(8):
            at = ((column + (0.5 if row % 2 else 0.0)) / 7.2, row / 7.2)
            shown, width, colour = (ink, 0.105, b) if (row + column) % 2 else (flower, 0.075, c)
            if at[0] < 1.02 and at[1] < 1.02:
                board = stamp(board, shown, width=width, at=at, colour=rgb(colour))
    return board


def scallops(a: str, b: str, c: str) -> Pixels:
    """Overlapping fans."""
    board = plain(a, (_SIDE, _SIDE))
    for row in range(12, -2, -1):
        for column in range(-1, 9):
            spot = (round((column + (row % 2) / 2) * 100), row * 56)
            for radius, colour in ((56, b), (49, a), (35, c), (29, a), (14, b)):
                cv2.circle(board, spot, radius, rgb(colour), -1, cv2.LINE_AA)
    return board


def lattice(a: str, b: str, c: str) -> Pixels:
    """Diamonds with a dot in each, as on a quilted lining."""
    board = plain(a, (_SIDE, _SIDE))
    for offset in range(-_SIDE, 2 * _SIDE, 88):
        for end in ((offset + _SIDE, _SIDE), (offset - _SIDE, _SIDE)):
            cv2.line(board, (offset, 0), end, rgb(b), 12, cv2.LINE_AA)
    for row in range(17):
        for column in range(9):
            spot = (column * 88 + (44 if row % 2 == 0 else 0), row * 44)
            cv2.drawMarker(board, spot, rgb(c), cv2.MARKER_STAR, 26, 5, cv2.LINE_AA)
    return board


def stripes(a: str, b: str, c: str) -> Pixels:
    """Plain stripes: anybody's."""
    row = np.array([rgb(a), rgb(b), rgb(a), rgb(c)], np.uint8)[np.arange(_SIDE) // 44 % 4]
    return np.ascontiguousarray(np.broadcast_to(row[None], (_SIDE, _SIDE, 3)))


def dots(a: str, b: str, c: str) -> Pixels:
    """Polka dots: anybody's."""
    board = plain(a, (_SIDE, _SIDE))
    for row in range(11):
        for column in range(11):
            spot = (column * 72 + (36 if row % 2 else 0), row * 72)
            cv2.circle(board, spot, 20, rgb(b if (row + column) % 3 else c), -1, cv2.LINE_AA)
    return board


PATTERNS: dict[str, Callable[[str, str, str], Pixels]] = {
    "tartan": tartan,
    "monogram": monogram,
    "scallops": scallops,
    "lattice": lattice,
    "stripes": stripes,
    "dots": dots,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A character: what makes it this one and no other."""

    name: str
    body: str
    belly: str
    ears: str
    """`round`, `long`, `horns` or `antennae`."""
    mouth: str = "smile"
    stripes: int = 0


def draw_figure(  # noqa: C901 - one figure, part after part
    figure: Figure, *, ground: str = "#FFFFFF", size: int = 640, rng: np.random.Generator | None = None
) -> Pixels:
    """The character, standing; with a generator, as somebody else's hand redraws it."""

    def near(value: float, spread: float = 0.08) -> float:
        return value * (1 + float(rng.uniform(-spread, spread))) if rng is not None else value

    def tint(colour: str) -> Colour:
        base = np.array(rgb(colour), np.float32)
        moved = base if rng is None else np.clip(base + rng.uniform(-24, 24, 3), 0, 255)
        return (int(moved[0]), int(moved[1]), int(moved[2]))

    scale = 2 * size
    board = Image.new("RGB", (scale, scale), ground)
    pen = ImageDraw.Draw(board)
    line, outline = max(3, round(near(0.012, 0.3) * scale)), (38, 32, 44)

    def blob(x: float, y: float, w: float, h: float, fill: Colour) -> None:
        x, y, w, h = x * scale, y * scale, w * scale / 2, h * scale / 2
        pen.ellipse((x - w, y - h, x + w, y + h), fill=fill, outline=outline, width=line)

    body, belly = tint(figure.body), tint(figure.belly)
    head, middle = near(0.36, 0.03), near(0.5, 0.015)
    for side in (-1, 1):
        blob(middle + side * near(0.13), 0.9, near(0.17), near(0.1), belly)
        blob(middle + side * near(0.25), near(0.68), near(0.12), near(0.22), body)
        spot = middle + side * near(0.16)
        if figure.ears == "round":
            blob(spot, near(0.16), near(0.17), near(0.17), body)
            blob(spot, near(0.16), near(0.08), near(0.08), belly)
        elif figure.ears == "long":
            blob(middle + side * near(0.1), near(0.14), near(0.1), near(0.26), body)
        elif figure.ears == "horns":
            points = [
                (spot - side * 0.06, 0.24),
                (spot + side * near(0.07), near(0.04)),
                (spot + side * 0.06, 0.25),
            ]
            pen.polygon([(x * scale, y * scale) for x, y in points], fill=belly, outline=outline, width=line)
        else:
            pen.line(
                [(spot * scale, 0.2 * scale), ((spot + side * 0.04) * scale, 0.06 * scale)], outline, line
            )
            blob(spot + side * 0.04, 0.06, near(0.06), near(0.06), belly)
    blob(middle, near(0.69, 0.02), near(0.44), near(0.46), body)
    blob(middle, near(0.73, 0.02), near(0.26), near(0.3), belly)
    for band in range(figure.stripes):
        top = (0.6 + 0.075 * band) * scale
        pen.line(
            [((middle - 0.1) * scale, top), ((middle + 0.1) * scale, top)], body, round(near(0.022) * scale)
        )
    blob(middle, head, near(0.52), near(0.42), body)
    for side in (-1, 1):
        eye = middle + side * near(0.11)
        blob(eye, head - 0.03, near(0.12), near(0.14), (252, 252, 250))
        blob(eye + 0.012, head - 0.02, near(0.05), near(0.065), (20, 18, 26))
        blob(middle + side * near(0.2), head + 0.07, near(0.07), near(0.045), (238, 150, 150))
    box = (
        (middle - 0.08) * scale,
        (head + 0.03) * scale,
        (middle + 0.08) * scale,
        (head + near(0.13)) * scale,
    )
    if figure.mouth == "smile":
        pen.arc(box, 10, 170, outline, line)
    else:
        pen.chord(box, 0, 180, fill=(150, 40, 60), outline=outline, width=line)
        pen.polygon(
            [
                (x * scale, y * scale)
                for x, y in (
                    (middle - 0.03, head + 0.085),
                    (middle + 0.02, head + 0.085),
                    (middle, head + 0.115),
                )
            ],
            fill=(255, 255, 255),
        )
    return np.asarray(board.resize((size, size), Image.Resampling.LANCZOS))


def ce_ink() -> Ink:
    """The CE mark by its construction: two arcs of one ring, a bar (Decision 768/2008/EC, annex I)."""
    canvas = np.zeros((420, 640), np.uint8)
    for centre in (210, 500):
        cv2.ellipse(canvas, (centre, 210), (170, 170), 0, 90, 270, 255, 40)
    cv2.line(canvas, (335, 210), (470, 210), 255, 40)
    return trimmed(canvas)


def circled_ink(letters: str) -> Ink:
    """Two letters in a ring, as testing laboratories mark what they tested."""
    canvas = np.zeros((400, 400), np.uint8)
    cv2.circle(canvas, (200, 200), 180, 255, 26, cv2.LINE_AA)
    ink = words_ink(letters, height=180)
    width = 210
    size = (width, round(ink.shape[0] * width / ink.shape[1]))
    small = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
    top, left = 200 - small.shape[0] // 2, 200 - width // 2
    canvas[top : top + small.shape[0], left : left + width] |= small
    return canvas


def qr(text: str, size: int = 420) -> Pixels:
    """A QR code with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    small = np.asarray(zxingcpp.write_barcode_to_image(code, add_quiet_zones=True))
    return np.repeat(cv2.resize(small, (size, size), interpolation=cv2.INTER_NEAREST)[..., None], 3, axis=2)
