"""Goods that bear a pattern, photographed: folds, light, colour casts, noise; on much or little of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from tests.scenarios.drawn_patterns import Pattern, Pixels, Span

Mask = npt.NDArray[np.float32]
Points = Sequence[tuple[float, float]]

LARGE, SMALL = Span(0.4, 1.0), Span(0.05, 0.20)
"""Share of the product that bears the pattern."""

SHAPES: dict[str, tuple[Points, ...]] = {
    "shirt": (
        (
            (0.3, 0.05),
            (0.42, 0.1),
            (0.58, 0.1),
            (0.7, 0.05),
            (0.98, 0.3),
            (0.85, 0.45),
            (0.76, 0.37),
            (0.76, 0.97),
            (0.24, 0.97),
            (0.24, 0.37),
            (0.15, 0.45),
            (0.02, 0.3),
        ),
    ),
    "bag": (
        ((0.12, 0.38), (0.88, 0.38), (0.97, 0.97), (0.03, 0.97)),
        (
            (0.3, 0.4),
            (0.36, 0.06),
            (0.64, 0.06),
            (0.7, 0.4),
            (0.64, 0.4),
            (0.59, 0.12),
            (0.41, 0.12),
            (0.36, 0.4),
        ),
    ),
    "scarf": (((0.3, 0.02), (0.72, 0.05), (0.7, 0.5), (0.78, 0.98), (0.4, 0.95), (0.3, 0.5)),),
    "cushion": (
        (
            (0.08, 0.05),
            (0.5, 0.1),
            (0.92, 0.05),
            (0.9, 0.5),
            (0.95, 0.95),
            (0.5, 0.9),
            (0.05, 0.95),
            (0.1, 0.5),
        ),
    ),
    "box": (((0.1, 0.2), (0.9, 0.15), (0.93, 0.85), (0.08, 0.9)),),
    "trousers": (
        ((0.25, 0.02), (0.75, 0.02), (0.88, 0.98), (0.6, 0.98), (0.5, 0.35), (0.4, 0.98), (0.12, 0.98)),
    ),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A photograph, and where in it the pattern is."""

    pixels: Pixels
    borne: Mask
    """(H, W) 0 to 1; all 0 where there is no pattern."""

    @property
    def share(self) -> float:
        """Of the whole picture."""
        return float(self.borne.mean())


def photograph(
    pattern: Pattern | None,
    rng: np.random.Generator,
    *,
    share: Span = LARGE,
    backdrop: Pixels | None = None,
    side: int = 640,
) -> Shot:
    """A drawn article that bears a pattern (or, with None, plain cloth) before a wall or a photograph."""
    shape = _shape(str(rng.choice(sorted(SHAPES))), side, rng)
    scene = (
        _wall(side, rng)
        if backdrop is None
        else cv2.resize(backdrop, (side, side), interpolation=cv2.INTER_AREA)
    )
    plain = np.broadcast_to(rng.uniform(30, 235, 3), (side, side, 3)) + rng.normal(0, 4, (side, side, 1))
    borne = np.zeros((side, side), np.float32)
    goods = plain
    if pattern is not None:
        borne = shape * _part(shape, rng, share)
        cloth = _cloth(pattern, rng, side, wide=float(np.sqrt(shape.sum())))
        goods = plain * (1 - borne[..., None]) + cloth * borne[..., None]
    lit = goods * _folds(side, rng)[..., None]
    picture = scene * (1 - shape[..., None]) + lit * shape[..., None]
    return Shot(_developed(picture, rng), borne)


def printed_on(
    photo: Pixels,
    box: tuple[float, float, float, float],
    pattern: Pattern,
    rng: np.random.Generator,
    *,
    share: Span,
) -> Shot:
    """A real product's photograph with the pattern on it; the photograph's own light and folds stay."""
    height, width = photo.shape[:2]
    x0, y0, x1, y1 = box
    shape = np.zeros((height, width), np.float32)
    middle, half = (int((x0 + x1) / 2), int((y0 + y1) / 2)), (int((x1 - x0) * 0.45), int((y1 - y0) * 0.4))
    cv2.ellipse(shape, middle, half, 0, 0, 360, 1.0, -1)
    borne = cv2.GaussianBlur(shape * _part(shape, rng, share), (0, 0), 1.5)
    light = cv2.GaussianBlur(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 3)
    inside = light[borne > 0.5]
    light = np.clip(light / max(40.0, float(np.median(inside)) if inside.size else 128.0), 0.35, 1.6)
    side = max(height, width)
    cloth = _cloth(pattern, rng, side, wide=float(np.sqrt(shape.sum())))[:height, :width]
    mixed = photo * (1 - borne[..., None]) + cloth * light[..., None] * borne[..., None]
    return Shot(_developed(mixed, rng), borne)


def _shape(name: str, side: int, rng: np.random.Generator) -> Mask:
    """(side, side): the article's silhouette, somewhere, a little turned."""
    image = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(image)
    wide = rng.uniform(0.55, 0.9) * side
    left, top = rng.uniform(0, side - wide), rng.uniform(0, side - wide)
    for outline in SHAPES[name]:
        pen.polygon([(left + x * wide, top + y * wide) for x, y in outline], fill=255)
    turned = image.rotate(
        rng.uniform(-12, 12), Image.Resampling.BILINEAR, center=(left + wide / 2, top + wide / 2)
    )
    return cv2.GaussianBlur(np.asarray(turned, np.float32) / 255, (0, 0), 1.0)


def _part(shape: Mask, rng: np.random.Generator, share: Span) -> Mask:
    """Where on the article the pattern is: all of it, one side of a seam, or a patch such as a pocket."""
    wanted = rng.uniform(*share)
    if wanted > 0.9:
        return np.ones_like(shape)
    height, width = shape.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    inside = shape > 0.5
    if wanted >= LARGE.least:
        turn = rng.uniform(0, 2 * np.pi)
        along = columns * np.cos(turn) + rows * np.sin(turn)
        return (along < np.quantile(along[inside], wanted)).astype(np.float32)
    ys, xs = np.nonzero(inside)
    for _ in range(60):
        at = rng.integers(len(ys))
        area, aspect, turn = wanted * inside.sum(), rng.uniform(0.5, 2.0), rng.uniform(-0.3, 0.3)
        dx, dy = columns - xs[at], rows - ys[at]
        u, v = dx * np.cos(turn) + dy * np.sin(turn), -dx * np.sin(turn) + dy * np.cos(turn)
        patch = (np.abs(u) < np.sqrt(area * aspect) / 2) & (np.abs(v) < np.sqrt(area / aspect) / 2)
        if (patch & inside).sum() > 0.85 * area:
            break
    return patch.astype(np.float32)


def _cloth(pattern: Pattern, rng: np.random.Generator, side: int, *, wide: float) -> npt.NDArray[np.float64]:
    """(side, side, 3): the pattern turned, seen aslant and wavy; 5 to 16 repeats across the article."""
    period = wide / rng.uniform(5, 16)
    sheet = pattern.sheet(2 * side, 2 * side, period=period)
    turn, aslant = rng.uniform(-35, 35), rng.uniform(-0.12, 0.12, 2)
    angle = np.deg2rad(turn)
    move = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [*aslant, 1.0]])
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float64)
    u, v = columns / side - 0.5, rows / side - 0.5
    depth = aslant[0] * u + aslant[1] * v + 1
    x = (move[0, 0] * u + move[0, 1] * v) / depth * side + side
    y = (move[1, 0] * u + move[1, 1] * v) / depth * side + side
    strength = rng.uniform(0, 0.012) * side
    x += strength * _waves(side, rng)
    y += strength * _waves(side, rng)
    seen = cv2.remap(
        sheet, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return seen.astype(np.float64)


def _waves(side: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    coarse = rng.normal(0, 1, (6, 6)).astype(np.float32)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float64)


def _folds(side: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Light: a slope over the article, and soft folds."""
    rows, columns = np.mgrid[-0.5 : 0.5 : side * 1j, -0.5 : 0.5 : side * 1j]
    slope = rng.uniform(-0.35, 0.35, 2)
    return np.clip(
        1 + slope[0] * rows + slope[1] * columns + rng.uniform(0, 0.16) * _waves(side, rng), 0.35, 1.5
    )


def _wall(side: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    top, bottom = rng.uniform(60, 250, 3), rng.uniform(60, 250, 3)
    ramp = np.linspace(0, 1, side)[:, None, None]
    wall = np.broadcast_to(top * (1 - ramp) + bottom * ramp, (side, side, 3))
    return np.asarray(wall + rng.normal(0, 3, (side, side, 3)))


def _developed(picture: npt.NDArray[np.float64], rng: np.random.Generator) -> Pixels:
    """What a phone makes of it: a colour cast, exposure, blur, grain and JPEG."""
    cast, exposure = rng.uniform(0.88, 1.12, 3), rng.uniform(0.75, 1.2)
    blurred = cv2.GaussianBlur(picture * cast * exposure, (0, 0), rng.uniform(0.4, 1.4))
    grainy = blurred + rng.normal(0, rng.uniform(1, 7), blurred.shape)
    pixels = np.clip(grainy, 0, 255).astype(np.uint8)
    quality = int(rng.integers(45, 92))
    coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1])
