"""A package as a camera sees it: a carton, or a can, turned and in perspective, cut out of nothing."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vision.training.faces import Package, Pixels

Floats = npt.NDArray[np.float64]

SIDE = 256
"""Pixels of a scene's side: twice a stored view's, so that nothing is jagged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a package lies before the camera."""

    turn: float
    """Radians about the upright axis."""
    tilt: float
    """Radians towards the camera."""
    roll: float
    """Radians in the picture's plane."""
    height: float
    """Of the package, in pixels."""
    middle: tuple[float, float]
    """Where its middle lies, in pixels."""


def render(package: Package, pose: Pose, rng: np.random.Generator, *, can: bool) -> tuple[Pixels, Pixels]:
    """Pixels and coverage, both `SIDE` square; `rng` decides depth, shade and lens, `can` bends the front."""
    tall, wide = package.front.shape[:2]
    h = 1.0
    w = wide / tall
    d = w * rng.uniform(0.25, 0.9)
    # corners: x right, y down, z away from the camera
    corners = np.array([[x, y, z] for z in (-d / 2, d / 2) for y in (-h / 2, h / 2) for x in (-w / 2, w / 2)])
    axes = _rotation(pose)
    lens = rng.uniform(2.2, 6)
    turned = corners @ axes.T
    flat = turned[:, :2] * (lens / (lens + turned[:, 2:])) * pose.height + np.asarray(pose.middle)
    front = _bent(package.front) if can else package.front
    top = np.full((8, 8, 3), package.top, np.uint8)
    light = rng.uniform(0.55, 1.0, 4)
    # corner numbers, clockwise from the top left as seen from outside
    sides = (
        ((0, 1, 3, 2), front, 1.0),
        ((1, 5, 7, 3), package.side, light[0]),
        ((4, 0, 2, 6), package.side, light[1]),
        ((4, 5, 1, 0), top, light[2]),
        ((2, 3, 7, 6), top, light[3] * 0.7),
    )
    picture, cover = np.zeros((SIDE, SIDE, 3), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    seen = [it for it in sides if _faces_camera(flat[list(it[0])])]
    for order, texture, shade in sorted(seen, key=lambda it: -turned[list(it[0]), 2].mean()):
        _lay(picture, cover, texture, flat[list(order)], shade)
    return picture, cover


def _rotation(pose: Pose) -> Floats:
    def about(axis: tuple[float, float, float], angle: float) -> Floats:
        return np.asarray(cv2.Rodrigues(np.multiply(axis, float(angle)).astype(np.float64))[0], np.float64)

    return about((0, 0, 1), pose.roll) @ about((1, 0, 0), pose.tilt) @ about((0, 1, 0), pose.turn)


def _faces_camera(quad: Floats) -> bool:
    x, y = quad[:, 0], quad[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) > 40


def _lay(picture: Pixels, cover: Pixels, texture: Pixels, quad: Floats, shade: float) -> None:
    tall, wide = texture.shape[:2]
    source = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    where = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    laid = cv2.warpPerspective(texture, where, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(mask, np.round(quad).astype(np.int32), 255, lineType=cv2.LINE_AA)
    cv2.copyTo(cv2.convertScaleAbs(laid, alpha=shade), (mask > 127).astype(np.uint8), picture)
    np.maximum(cover, mask, out=cover)


def _bent(front: Pixels) -> Pixels:
    """The front as on a cylinder: squeezed and darker towards both edges."""
    tall, wide = front.shape[:2]
    across = np.linspace(-1, 1, wide)
    x = (np.arcsin(across) / (np.pi / 2) + 1) / 2 * (wide - 1)
    columns = np.broadcast_to(x.astype(np.float32), (tall, wide))
    rows = np.broadcast_to(np.arange(tall, dtype=np.float32)[:, None], (tall, wide))
    bent = cv2.remap(front, np.ascontiguousarray(columns), np.ascontiguousarray(rows), cv2.INTER_LINEAR)
    shade = 0.55 + 0.45 * np.sqrt(1 - 0.95 * across**2)
    return np.asarray(bent * shade[None, :, None], np.uint8)
