"""What thieves do to a picture so that it is not found again."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from samples.drawing import Artboard, Picture, rgb
from samples.lettering import BOLD, Face, letters
from samples.textures import cloth

Edit = Callable[[Picture, np.random.Generator], Picture]


def _cropped(picture: Picture, generator: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    left, right = (
        int(width * share) for share in (generator.uniform(0.08, 0.14), generator.uniform(0.88, 0.94))
    )
    top, bottom = (
        int(height * share) for share in (generator.uniform(0.06, 0.12), generator.uniform(0.9, 0.96))
    )
    return np.ascontiguousarray(picture[top:bottom, left:right])


def _mirrored(picture: Picture, _generator: np.random.Generator) -> Picture:
    return np.ascontiguousarray(picture[:, ::-1])


def _captioned(picture: Picture, _generator: np.random.Generator) -> Picture:
    board = Artboard.over(picture)
    band = board.height * 0.13
    board.rect((0, board.height - band, board.width, board.height), "#C2182B")
    size = (board.width * 0.9, band * 0.34)
    board.fitted(
        "FREE SHIPPING  -60% TODAY",
        (board.width / 2, board.height - band / 2),
        size,
        "#FFE94A",
        face=Face(weight=0.08),
    )
    board.disc((board.width * 0.84, board.height * 0.14), board.width * 0.12, "#FFD400")
    board.fitted(
        "HOT", (board.width * 0.84, board.height * 0.14), (board.width * 0.15, 60), "#C2182B", face=BOLD
    )
    return board.pixels


def _recoloured(picture: Picture, generator: np.random.Generator) -> Picture:
    tone = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.int16)
    tone[..., 0] = (tone[..., 0] + int(generator.integers(8, 14))) % 180
    tone[..., 1] = np.clip(tone[..., 1] * 1.35, 0, 255)
    back = cv2.cvtColor(tone.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    return np.asarray(np.clip((back - 128) * 1.15 + 138, 0, 255), np.uint8)


def _framed(picture: Picture, _generator: np.random.Generator) -> Picture:
    pad = picture.shape[1] // 9
    board = Artboard(picture.shape[1] + 2 * pad, picture.shape[0] + 2 * pad, "#1F4E8C")
    board.rect((pad * 0.4, pad * 0.4, board.width - pad * 0.4, board.height - pad * 0.4), "#F4C430")
    board.paste(picture, (pad, pad))
    board.text("TOP SELLER", (board.width / 2, pad * 0.52), pad * 0.32, "#1F4E8C", face=BOLD)
    return board.pixels


def _watermarked(picture: Picture, _generator: np.random.Generator) -> Picture:
    board = Artboard.over(picture)
    ink = letters("BestDeals-4U", 44, BOLD)
    for row in range(0, board.height, 190):
        for column in range(-100, board.width, 470):
            board.stamp(ink, (column + (row // 190 % 2) * 200, row + 40), "#FFFFFF", opacity=0.55)
    return board.pixels


def _rotated(picture: Picture, generator: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(generator.uniform(5, 8)), 1.12)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


def _grey(picture: Picture, _generator: np.random.Generator) -> Picture:
    plain = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.repeat(np.asarray(plain, np.uint8)[..., None], 3, axis=2)


def _collage(picture: Picture, _generator: np.random.Generator) -> Picture:
    board = Artboard(1000, 800, "#FFFFFF")
    side = 560
    scale = min(side / picture.shape[1], 760 / picture.shape[0])
    large = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    board.paste(large, (20, (800 - large.shape[0]) // 2))
    for place, (x, y) in enumerate(((0.3, 0.25), (0.35, 0.55))):
        height, width = picture.shape[:2]
        piece = picture[
            int(y * height) : int(y * height) + height // 3, int(x * width) : int(x * width) + width * 2 // 5
        ]
        board.paste(
            np.asarray(cv2.resize(piece, (370, 370), interpolation=cv2.INTER_AREA), np.uint8),
            (610, 20 + place * 390),
        )
    return board.pixels


def _small(picture: Picture, _generator: np.random.Generator) -> Picture:
    scale = 430 / max(picture.shape[:2])
    tiny = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(
        cv2.resize(tiny, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8
    )


def _padded(picture: Picture, _generator: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    board = Artboard(width, width + 80, "#FFFFFF")
    scale = min(0.78 * width / width, 0.78 * width / height)
    less = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    board.paste(less, ((width - less.shape[1]) // 2, (width + 80 - less.shape[0]) // 2))
    return board.pixels


def _screen(picture: Picture, generator: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    ground = np.asarray(cv2.resize(cloth(51, "#3A3F46", "#5A616B", 60), (1000, 860)), np.uint8)
    jitter = generator.uniform(-25, 25, (4, 2))
    corners = (np.array([(150, 110), (860, 60), (890, 770), (120, 740)]) + jitter).astype(np.float32)
    bezel = cv2.convexHull((corners + (corners - corners.mean(axis=0)) * 0.05).astype(np.int32))
    cv2.fillConvexPoly(ground, bezel, rgb("#111214"), cv2.LINE_AA)
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    move = cv2.getPerspectiveTransform(source, corners)
    shown = np.asarray(cv2.warpPerspective(picture, move, (1000, 860)), np.uint8)
    mask = np.zeros((860, 1000), np.uint8)
    cv2.fillConvexPoly(mask, corners.astype(np.int32), 255, cv2.LINE_AA)
    share = mask.astype(np.float32)[..., None] / 255
    lines = (1 - 0.06 * (np.arange(860) % 3 == 0)).astype(np.float32)[:, None, None]
    return np.asarray(ground * (1 - share) + shown * share * lines, np.uint8)


EDITS: Mapping[str, Edit] = {
    "crop": _cropped,
    "mirror": _mirrored,
    "caption": _captioned,
    "colour": _recoloured,
    "frame": _framed,
    "watermark": _watermarked,
    "rotate": _rotated,
    "grey": _grey,
    "collage": _collage,
    "small": _small,
    "pad": _padded,
    "screen": _screen,
}
"""Every edit by name."""
