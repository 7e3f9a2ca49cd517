"""Where a product is seen: before a studio's white, in a hand before a shelf, in a stranger's room."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

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
    tall, wide = package.front.shape[:2]
    pose = Pose(
        turn=rng.uniform(-0.9, 0.9),
        tilt=rng.uniform(-0.6, 0.6),
        roll=rng.normal(0, 0.3),
        height=min(rng.uniform(0.45, 1.0), 0.8 * tall / wide) * SIDE,
        middle=tuple(SIDE * rng.uniform(0.36, 0.64, 2)),
    )
    picture, cover = render(package, pose, rng, can=can)
    behind = shelf(rng, others) if others and rng.random() < 0.75 else room(rng, rooms)
    held = rng.random() < 0.8
    skin = np.array([rng.uniform(90, 235)] * 3) * (1, rng.uniform(0.7, 0.85), rng.uniform(0.55, 0.75))
    if held:
        _reach(behind, rng, cover, skin)
    shown = _blend(behind, picture, cover)
    if held:
        _hold(shown, rng, cover, skin)
    return expose(shown, rng)


def shelf(rng: np.random.Generator, packages: Sequence[Package]) -> Pixels:
    """Rows of other packages with their prices below, askew, in focus or not."""
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
        _price(ground, rng, y)
        y += 10
    corners = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
    moved = (corners + rng.uniform(-0.35, 0.35, (4, 2)) * SIDE).astype(np.float32)
    askew = cv2.getPerspectiveTransform(moved, corners)
    # The shelf's middle is enlarged until it fills the picture, whatever the slant.
    seen = cv2.warpPerspective(ground, askew, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)
    # Phones have small lenses: most of what is behind is nearly as sharp as what is held.
    soft = rng.uniform(0.4, 1.2) if rng.random() < 0.6 else rng.uniform(1.2, 3)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), soft) * rng.uniform(0.45, 1), np.uint8)


def _price(ground: Pixels, rng: np.random.Generator, y: int) -> None:
    """The edge of a shelf: a rail, and labels on it."""
    ground[max(0, y) : max(0, y + 10)] = int(rng.integers(60, 240))
    x = int(rng.integers(0, 60))
    while x < SIDE:
        paper = (250, 250, 245) if rng.random() < 0.7 else colour(rng)
        cv2.rectangle(ground, (x, y + 1), (x + 24, y + 9), paper, -1)
        cv2.line(ground, (x + 3, y + 5), (x + int(rng.integers(8, 20)), y + 5), (30, 30, 30), 2)
        x += int(rng.integers(30, 90))


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


def square(picture: Pixels) -> Pixels:
    """Squeezed to a scene's size, as an encoder squeezes it."""
    return np.asarray(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def compress(picture: Pixels, quality: int) -> Pixels:
    """Saved as JPEG and read again."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _reach(behind: Pixels, rng: np.random.Generator, cover: Pixels, skin: npt.NDArray[np.float64]) -> None:
    """An arm from a lower corner of the picture to what is held, under it."""
    rows, columns = np.nonzero(cover)
    if not len(rows):
        return
    wrist = np.array([columns.mean(), np.quantile(rows, rng.uniform(0.5, 0.9))])
    elbow = np.array([rng.choice((-0.1, 1.1)) * SIDE, rng.uniform(0.7, 1.3) * SIDE])
    along = (wrist - elbow) / max(1.0, float(np.linalg.norm(wrist - elbow)))
    across = np.array([-along[1], along[0]])
    thick, thin = rng.uniform(22, 50), rng.uniform(16, 30)
    arm = [elbow + thick * across, wrist + thin * across, wrist - thin * across, elbow - thick * across]
    sleeve = tuple(map(float, skin)) if rng.random() < 0.7 else colour(rng)
    cv2.fillConvexPoly(behind, np.round(arm).astype(np.int32), sleeve, lineType=cv2.LINE_AA)


def _hold(picture: Pixels, rng: np.random.Generator, cover: Pixels, skin: npt.NDArray[np.float64]) -> None:
    """A hand about one edge: a palm behind, some fingers over it."""
    rows, columns = np.nonzero(cover)
    if not len(rows):
        return
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
