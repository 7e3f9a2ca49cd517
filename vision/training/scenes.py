"""Where a product is seen: before a studio's white, in a hand before a shelf, in a stranger's room."""

from collections.abc import Sequence

import cv2
import numpy as np

from vision.training.faces import Package, Pixels, colour, pick
from vision.training.solids import SIDE, Pose, render


def studio(package: Package, rng: np.random.Generator, *, can: bool) -> Pixels:
    """A shop's own picture: upright, a little turned, on white."""
    tall, wide = package.front.shape[:2]
    fit = min(0.92, 0.75 * tall / wide) * SIDE * rng.uniform(0.75, 1)
    turn = rng.choice((0.0, rng.uniform(-0.6, 0.6)))
    pose = Pose(turn=turn, tilt=rng.uniform(-0.15, 0.1), roll=0, height=fit, middle=(SIDE / 2, SIDE / 2))
    picture, cover = render(package, pose, rng, can=can)
    white = 255 if rng.random() < 0.8 else rng.integers(200, 256)
    return _blend(np.full((SIDE, SIDE, 3), white, np.uint8), picture, cover)


def snapshot(
    package: Package,
    rng: np.random.Generator,
    others: Sequence[Package],
    rooms: Sequence[Pixels],
    *,
    can: bool,
) -> Pixels:
    """A phone's picture: turned, tilted, perhaps held, half in the dark, before a shelf or a room."""
    pose = Pose(
        turn=rng.uniform(-0.9, 0.9),
        tilt=rng.uniform(-0.6, 0.6),
        roll=rng.normal(0, 0.25),
        height=rng.uniform(0.55, 1.05) * SIDE,
        middle=tuple(SIDE * rng.uniform(0.38, 0.62, 2)),
    )
    picture, cover = render(package, pose, rng, can=can)
    behind = shelf(rng, others) if others and rng.random() < 0.6 else room(rng, rooms)
    shown = _blend(behind, picture, cover)
    if rng.random() < 0.7:
        _hold(shown, rng, cover)
    return expose(shown, rng)


def shelf(rng: np.random.Generator, packages: Sequence[Package]) -> Pixels:
    """Rows of other packages, out of focus and askew."""
    ground = np.full((SIDE, SIDE, 3), colour(rng), np.uint8)
    y = -int(rng.integers(0, 40))
    while y < SIDE:
        tall = int(rng.integers(50, 110))
        x = -int(rng.integers(0, 15))  # less than the narrowest package
        package = pick(packages, rng)
        while x < SIDE:
            if rng.random() < 0.3:
                package = pick(packages, rng)
            wide = int(np.clip(tall * package.front.shape[1] / package.front.shape[0], 16, 110))
            small = cv2.resize(package.front, (wide, tall), interpolation=cv2.INTER_AREA)
            there = ground[max(0, y) : y + tall, max(0, x) : x + wide]
            there[:] = small[max(0, -y) :, max(0, -x) :][: there.shape[0], : there.shape[1]]
            x += wide + int(rng.integers(1, 8))
        y += tall
        ground[max(0, y) : max(0, y + 10)] = int(rng.integers(60, 240))
        y += 10
    corners = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
    moved = (corners + rng.uniform(-0.35, 0.35, (4, 2)) * SIDE).astype(np.float32)
    askew = cv2.getPerspectiveTransform(moved, corners)
    # The shelf's middle is enlarged until it fills the picture, whatever the slant.
    seen = cv2.warpPerspective(ground, askew, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.6, 3)) * rng.uniform(0.4, 1), np.uint8)


def room(rng: np.random.Generator, rooms: Sequence[Pixels]) -> Pixels:
    """A photograph's part, out of focus; or a plain wall where there is no photograph."""
    if not rooms or rng.random() < 0.3:
        ramp = np.linspace(0, 1, SIDE)[:, None, None]
        wall = np.asarray(colour(rng)) * (1 - ramp) + np.asarray(colour(rng)) * ramp
        return np.asarray(np.broadcast_to(wall, (SIDE, SIDE, 3)), np.uint8).copy()
    photo = pick(rooms, rng)
    side = int(min(photo.shape[:2]) * rng.uniform(0.4, 1))
    y, x = (int(rng.integers(0, space - side + 1)) for space in photo.shape[:2])
    part = cv2.resize(photo[y : y + side, x : x + side], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(part, (0, 0), rng.uniform(0.5, 4)), np.uint8)


def expose(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Light, colour cast, a shadow across, focus, grain and JPEG, as phones add them."""
    light = rng.uniform(0.55, 1.25) * rng.uniform(0.85, 1.15, 3)
    across = rng.uniform(-1, 1, 2)
    axis = (
        np.linspace(-0.5, 0.5, picture.shape[0])[:, None, None],
        np.linspace(-0.5, 0.5, picture.shape[1])[None, :, None],
    )
    shadow = 1 + 0.5 * rng.random() * (across[0] * axis[0] + across[1] * axis[1])
    lit = np.clip(picture * light * shadow, 0, 255)
    lit = 255 * (lit / 255) ** rng.uniform(0.75, 1.35)
    soft = cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.3, 2.2)) if rng.random() < 0.7 else lit
    noisy = soft + rng.normal(0, rng.uniform(0, 9), picture.shape)
    return compress(np.asarray(np.clip(noisy, 0, 255), np.uint8), int(rng.integers(30, 95)))


def compress(picture: Pixels, quality: int) -> Pixels:
    """Saved as JPEG and read again."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _hold(picture: Pixels, rng: np.random.Generator, cover: Pixels) -> None:
    """A hand about one edge: a palm behind, some fingers over it."""
    rows, columns = np.nonzero(cover)
    if not len(rows):
        return
    skin = np.array([rng.uniform(90, 235)] * 3) * (1, rng.uniform(0.7, 0.85), rng.uniform(0.55, 0.75))
    left = rng.random() < 0.6
    edge = int(columns.min() if left else columns.max())
    y, thick = float(np.quantile(rows, rng.uniform(0.35, 0.9))), rng.uniform(9, 20)
    out = -1 if left else 1
    for finger in range(rng.integers(1, 5)):
        tip = (int(edge - out * rng.uniform(5, 60)), int(y + finger * thick * 1.9))
        root = (int(edge + out * rng.uniform(30, 90)), int(tip[1] + rng.uniform(-10, 40)))
        tone = skin * rng.uniform(0.85, 1.1)
        cv2.line(picture, root, tip, tuple(map(float, np.clip(tone, 0, 255))), int(2 * thick), cv2.LINE_AA)


def _blend(behind: Pixels, before: Pixels, cover: Pixels) -> Pixels:
    share = cover[..., None].astype(np.float32) / 255
    return np.asarray(behind * (1 - share) + before * share, np.uint8)
