"""Drawn lettering and signs: what a mark's detector must be told from beside plain goods.

To the network that marks are found with, strokes of any kind are alike, so a detector that was trained on
fruit and fabrics alone fires on other people's lettering. These pictures are nobody's mark: random words,
monograms and simple signs in plain faces, straight and askew, in any two colours that can be told apart.
"""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vision.marks.backbone import Floats, Pixels

_SIZE = (360, 480)
_LETTERS = "AABCDEEFGHIIKLMNOOPRRSSTTUVWXYZ"
_FACES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX | cv2.FONT_ITALIC,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
_THINGS = (3, 7)
_CONTRAST = 70.0
"""Of 255, between ink and ground at least."""


def drawn_lettering(count: int, *, seed: int = 0) -> list[Pixels]:
    """So many pictures, (360, 480, 3) each; the same number and seed give the same ones."""
    return [_picture(np.random.default_rng([seed, number])) for number in range(count)]


def _picture(random: np.random.Generator) -> Pixels:
    height, width = _SIZE
    ground = random.uniform(20, 235, 3)
    grain = random.normal(0, random.uniform(0, 14), (height // 4, width // 4, 3)).astype(np.float32)
    fall = np.linspace(-1, 1, width)[None, :, None] * random.uniform(-25, 25)
    canvas = ground + cv2.resize(grain, (width, height)) + fall
    for _ in range(int(random.integers(*_THINGS))):
        drawn = _DRAWN[int(random.choice(len(_DRAWN), p=_SHARES))](random)
        while abs(float((ink := random.uniform(0, 255, 3)).mean() - ground.mean())) < _CONTRAST:
            continue
        mask = _laid(drawn, random)[..., None]
        canvas = canvas * (1 - mask) + ink * mask
    return np.clip(cv2.GaussianBlur(canvas, (0, 0), random.uniform(0.4, 1.3)), 0, 255).astype(np.uint8)


def _laid(drawn: Floats, random: np.random.Generator) -> Floats:
    """A drawing somewhere on an empty mask, 0..1: a twelfth to a half as wide, up to 25 degrees turned."""
    height, width = _SIZE
    long = np.exp(random.uniform(np.log(width / 12), np.log(width / 2)))
    scale, turn = long / max(drawn.shape), np.deg2rad(random.uniform(-25, 25) * random.integers(0, 2))
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    at = random.uniform(0.1, 0.9, 2) * (width, height)
    middle = at - matrix @ (np.array(drawn.shape[::-1]) / 2)
    if scale < 0.7:
        drawn = np.asarray(cv2.GaussianBlur(drawn, (0, 0), 0.4 / scale), np.float32)
    return np.asarray(cv2.warpAffine(drawn, np.column_stack([matrix, middle]), (width, height)), np.float32)


def _word(random: np.random.Generator) -> Floats:
    letters = "".join(random.choice(list(_LETTERS), int(random.integers(3, 10))))
    text = (letters, letters.lower(), letters.capitalize())[int(random.integers(3))]
    return _typeset(text, random) if random.random() < 0.5 else _stroked(text, random)


def _typeset(text: str, random: np.random.Generator) -> Floats:
    face = ImageFont.load_default(90)
    left, top, right, bottom = face.getbbox(text, stroke_width=6)
    page = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    bold = int(random.choice((0, 0, 3, 6)))
    ImageDraw.Draw(page).text((4 - left, 4 - top), text, 255, font=face, stroke_width=bold)
    return _stretched(_soft(np.asarray(page, np.uint8)), random)


def _stroked(text: str, random: np.random.Generator) -> Floats:
    face, bold = int(random.choice(_FACES)), int(random.integers(3, 14))
    (width, height), below = cv2.getTextSize(text, face, 3.0, bold)
    page = np.zeros((height + below + 2 * bold, width + 2 * bold), np.uint8)
    cv2.putText(page, text, (bold, height + bold), face, 3.0, 255, bold, cv2.LINE_AA)
    return _stretched(_soft(page), random)


def _stretched(drawn: Floats, random: np.random.Generator) -> Floats:
    across = float(np.exp(random.uniform(-0.35, 0.35)))
    return np.asarray(cv2.resize(drawn, None, fx=across, fy=1.0, interpolation=cv2.INTER_AREA), np.float32)


def _soft(page: Pixels) -> Floats:
    return np.asarray(page, np.float32) / np.float32(255)


def _monogram(random: np.random.Generator) -> Floats:
    """Two letters interlocked, often the second one turned round."""
    page = np.zeros((200, 260), np.uint8)
    letters, bold = random.choice(list(_LETTERS), 2), int(random.integers(6, 22))
    apart, same = int(random.integers(30, 110)), random.random() < 0.5
    for number, letter in enumerate((letters[0], letters[0] if same else letters[1])):
        one = np.zeros_like(page)
        cv2.putText(
            one, str(letter), (60 + number * apart, 160), cv2.FONT_HERSHEY_DUPLEX, 5.0, 255, bold, cv2.LINE_AA
        )
        turned = number == 1 and random.random() < 0.5
        page = np.maximum(page, one[:, ::-1] if turned else one)
    return _soft(page)


def _rings(random: np.random.Generator) -> Floats:
    """Arcs and ellipses, one to three, side by side or within each other."""
    page, bold = np.zeros((200, 300), np.uint8), int(random.integers(5, 24))
    for _ in range(int(random.integers(1, 4))):
        middle = (int(random.integers(90, 210)), int(random.integers(80, 120)))
        axes = (int(random.integers(25, 80)), int(random.integers(25, 70)))
        begin, span = random.uniform(0, 360), random.choice((360.0, random.uniform(120, 320)))
        cv2.ellipse(page, middle, axes, random.uniform(0, 180), begin, begin + span, 255, bold, cv2.LINE_AA)
    return _soft(page)


def _stripes(random: np.random.Generator) -> Floats:
    """Two to five bars side by side, slanted or straight, alike or rising."""
    page, count = np.zeros((200, 300), np.uint8), int(random.integers(2, 6))
    lean, step, rise = random.uniform(-60, 60), random.uniform(30, 55), random.uniform(-25, 25)
    wide = step * random.uniform(0.35, 0.75)
    for number in range(count):
        x, top = 60 + number * step, 40 - min(0.0, rise * count) * 0.2 + max(0.0, number * rise)
        corners = [(x + lean, top), (x + lean + wide, top), (x + wide, 185), (x, 185)]
        cv2.fillPoly(page, [np.array(corners, np.int32)], 255, cv2.LINE_AA)
    return _soft(page)


def _curve(random: np.random.Generator) -> Floats:
    """A filled stroke along a parabola, from thick to thin, as ticks, waves and leaves are drawn."""
    page, along = np.zeros((200, 300), np.uint8), np.linspace(0, 1, 60)
    bend, thick = random.uniform(-160, 160), random.uniform(8, 40)
    x = 40 + 220 * along
    y = 100 + random.uniform(-60, 60) * (along - 0.5) + bend * (0.25 - (along - 0.5) ** 2)
    half = thick * np.sin(np.pi * along ** random.uniform(0.4, 2.0)) / 2 + 1
    outline = np.concatenate([np.stack([x, y - half], 1), np.stack([x, y + half], 1)[::-1]])
    cv2.fillPoly(page, [outline.astype(np.int32)], 255, cv2.LINE_AA)
    return _soft(page)


def _polygon(random: np.random.Generator) -> Floats:
    """A star, a crown of points or a plain polygon, full or as a line."""
    page, points = np.zeros((200, 200), np.uint8), int(random.integers(3, 10))
    inner = random.choice((1.0, random.uniform(0.3, 0.8)))
    turns = np.arange(2 * points) * np.pi / points + random.uniform(0, 6)
    reach = np.where(np.arange(2 * points) % 2, inner, 1.0) * 90
    corners = (100 + np.stack([np.cos(turns), np.sin(turns)], 1) * reach[:, None]).astype(np.int32)
    if random.random() < 0.5:
        cv2.fillPoly(page, [corners], 255, cv2.LINE_AA)
    else:
        cv2.polylines(page, [corners], isClosed=True, color=255, thickness=int(random.integers(4, 16)))
    return _soft(page)


_DRAWN: tuple[Callable[[np.random.Generator], Floats], ...] = (
    _word,
    _monogram,
    _rings,
    _stripes,
    _curve,
    _polygon,
)
_SHARES = (0.5, 0.14, 0.1, 0.08, 0.1, 0.08)
