"""What people do to a copied picture, each at random strength."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from vision.training.faces import Pixels, colour, fonts, pick, word
from vision.training.scenes import compress, room
from vision.training.solids import SIDE

Edit = Callable[[Pixels, np.random.Generator], Pixels]


def crop(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A part of 45 to 95 % in each direction."""
    tall, wide = (max(8, int(side * rng.uniform(0.45, 0.95))) for side in picture.shape[:2])
    y, x = (
        int(rng.integers(0, picture.shape[0] - tall + 1)),
        int(rng.integers(0, picture.shape[1] - wide + 1)),
    )
    return picture[y : y + tall, x : x + wide]


def write(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """One to five words over it."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only here

    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(1, 6)):
        font = ImageFont.truetype(pick(fonts(), rng), int(max(picture.shape) * rng.uniform(0.04, 0.14)))
        at = (rng.uniform(-0.1, 0.6) * image.width, rng.uniform(0, 0.9) * image.height)
        draw.text(
            at,
            word(rng, 4),
            fill=colour(rng),
            font=font,
            stroke_width=int(rng.integers(0, 3)),
            stroke_fill=colour(rng),
        )
    return np.asarray(image)


def stickers(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Discs, boxes and rings over it: emoji, badges, price tags."""
    out = picture.copy()
    side = max(picture.shape[:2])
    for _ in range(rng.integers(1, 6)):
        x, y = int(rng.uniform(0, picture.shape[1])), int(rng.uniform(0, picture.shape[0]))
        size = int(side * rng.uniform(0.03, 0.15))
        if rng.random() < 0.6:
            cv2.circle(out, (x, y), size, colour(rng), -1, cv2.LINE_AA)
            cv2.circle(out, (x, y), size // 2, colour(rng), int(rng.integers(1, 4)), cv2.LINE_AA)
        else:
            cv2.rectangle(out, (x - size, y - size // 2), (x + size, y + size // 2), colour(rng), -1)
    return out


def stripes(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Bands of one colour at some angle, half transparent."""
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    angle = rng.uniform(0, np.pi)
    wave = (rows * np.sin(angle) + columns * np.cos(angle)) / (max(picture.shape) * rng.uniform(0.06, 0.25))
    share = ((wave % 1) < rng.uniform(0.1, 0.45))[..., None] * rng.uniform(0.3, 0.9)
    return np.asarray(picture * (1 - share) + np.asarray(colour(rng)) * share, np.uint8)


def tint(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Hue, saturation, brightness and contrast."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + rng.integers(-20, 21)) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.5, 1.6), 0, 255)
    turned = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    middle = turned.mean()
    return np.asarray(
        np.clip((turned - middle) * rng.uniform(0.6, 1.5) + middle * rng.uniform(0.6, 1.4), 0, 255), np.uint8
    )


def grey(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Without colour."""
    plain = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) * rng.uniform(0.8, 1.1)
    return np.repeat(np.clip(plain, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def mirror(picture: Pixels, rng: np.random.Generator) -> Pixels:  # noqa: ARG001 - one shape for all edits
    """Left for right."""
    return picture[:, ::-1]


def rotate(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Askew with the corners filled, or by quarters."""
    if rng.random() < 0.25:
        return np.rot90(picture, int(rng.integers(1, 4)))
    tall, wide = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, tall / 2), rng.uniform(-32, 32), rng.uniform(0.65, 1))
    return np.asarray(cv2.warpAffine(picture, turn, (wide, tall), borderValue=colour(rng)), np.uint8)


def frame(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Room on each side, sometimes with words in it."""
    top, bottom, left, right = (int(max(picture.shape) * share) for share in rng.uniform(0, 0.4, 4))
    out = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour(rng))
    return write(np.asarray(out, np.uint8), rng) if rng.random() < 0.4 else np.asarray(out, np.uint8)


def coarsen(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Pixels to be seen, or blur, or JPEG at its worst."""
    kind = rng.integers(3)
    if kind == 0:
        share = rng.uniform(50, 130) / max(picture.shape)
        small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        wide, tall = picture.shape[1], picture.shape[0]
        return np.asarray(cv2.resize(small, (wide, tall), interpolation=cv2.INTER_NEAREST), np.uint8)
    if kind == 1:
        return np.asarray(
            cv2.GaussianBlur(picture, (0, 0), max(picture.shape) * rng.uniform(0.004, 0.016)), np.uint8
        )
    return compress(np.ascontiguousarray(picture), int(rng.integers(8, 30)))


def slant(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """As photographed from a screen."""
    tall, wide = picture.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    moved = (corners + rng.uniform(-0.18, 0.18, (4, 2)) * (wide, tall)).astype(np.float32)
    where = cv2.getPerspectiveTransform(corners, moved)
    return np.asarray(cv2.warpPerspective(picture, where, (wide, tall), borderValue=colour(rng)), np.uint8)


EDITS: tuple[Edit, ...] = (
    crop, write, stickers, stripes, tint, grey, mirror, rotate, frame, coarsen, slant,
)  # fmt: skip


def paste(picture: Pixels, rng: np.random.Generator, rooms: Sequence[Pixels]) -> Pixels:
    """Somewhere on another picture, at 30 to 75 % of its side."""
    behind = room(rng, rooms)
    share = rng.uniform(0.3, 0.75) * SIDE / max(picture.shape)
    small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    y, x = int(rng.integers(0, SIDE - small.shape[0] + 1)), int(rng.integers(0, SIDE - small.shape[1] + 1))
    behind[y : y + small.shape[0], x : x + small.shape[1]] = small
    return behind


def edited(picture: Pixels, rng: np.random.Generator, rooms: Sequence[Pixels]) -> Pixels:
    """A copy with one to three edits, sometimes pasted on another picture."""
    for number in rng.permutation(len(EDITS))[: rng.integers(1, 4)]:
        picture = EDITS[number](picture, rng)
    picture = np.ascontiguousarray(picture)
    return paste(picture, rng, rooms) if rng.random() < 0.12 else picture
