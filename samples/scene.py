"""A table, a wall behind it, things upon it, and the shadows they cast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import ArrayLike

from samples.camera import Camera
from samples.drawing import Picture
from samples.solids import Light, Solid
from samples.textures import Field

_COARSE = 4  # shadows are soft: they are drawn at a quarter of the size


@dataclass(frozen=True, slots=True)
class Room:
    """What surrounds the things; lengths in centimetres."""

    table: Picture
    wall: Picture
    table_span: float = 70.0
    """What one width of the table's texture measures."""
    wall_span: float = 110.0
    depth: float = 38.0
    """From the middle of the table to the wall."""
    wall_blur: float = 5.0
    """Pixels: the wall is out of focus."""
    corner: float = 0.45
    """How dark the line is where table and wall meet; 0 for a studio's seamless sweep."""
    gloss: float = 0.0
    """How much the table mirrors what stands on it, 0 to 1."""


def photograph(room: Room, things: Sequence[Solid], camera: Camera, light: Light) -> Picture:
    """The scene through the camera; things are painted from the farthest to the nearest."""
    canvas = _surroundings(room, camera)
    ordered = sorted(things, key=lambda thing: -float(np.linalg.norm(_middle(thing) - camera.eye)))
    shade = _shadows(ordered, camera, light)
    canvas *= shade[..., None]
    if room.gloss:
        _mirror(canvas, ordered, camera, light, room.gloss)
    for thing in ordered:
        for layer in thing.layers(camera, light):
            height, width = layer.cover.shape
            view = canvas[layer.top : layer.top + height, layer.left : layer.left + width]
            view += (layer.colour - view) * layer.cover[..., None]
    return np.asarray(np.clip(canvas, 0, 255), np.uint8)


def _middle(thing: Solid) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    points = thing.outline()
    middle = points.mean(axis=0)
    middle[2] = 0.5 * middle[2] + 0.5 * points[:, 2].max()
    return np.asarray(middle, np.float64)


def _surroundings(room: Room, camera: Camera) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    size = camera.size
    # The wall is out of focus, so half the pixels are enough for it; its blur is in pixels of the whole.
    half = replace(camera, size=(size[0] // 2, size[1] // 2), focal=camera.focal / 2)
    wall = _plane(room.wall, half, (-room.wall_span, room.wall_span, -room.depth), ((1, 0, 0), (0, -1, 0)), room.wall_span)
    if room.wall_blur:
        wall = np.asarray(cv2.blur(cv2.blur(wall, (5, 5)), (int(room.wall_blur) | 1,) * 2), np.uint8)
    wall = np.asarray(cv2.resize(wall, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    table = _plane(room.table, camera, (-room.table_span, 0, -room.depth), ((1, 0, 0), (0, 0, 1)), room.table_span)
    low, high = half.project([(-5, 0, -room.depth), (5, 0, -room.depth)])
    along = (high - low) * 400 / np.linalg.norm(high - low)
    mask = np.zeros((half.size[1], half.size[0]), np.uint8)
    ends = [low - along * 4, high + along * 4, [size[0] * 4, size[1] * 9], [-size[0] * 4, size[1] * 9]]
    cv2.fillPoly(mask, [(np.array(ends) * 16).round().astype(np.int32)], 255, cv2.LINE_AA, 4)
    share = cv2.resize(cv2.GaussianBlur(mask, (5, 5), 0.8), size).astype(np.float32)[..., None] / 255
    canvas = wall + (table.astype(np.float32) - wall) * share
    far = cv2.resize(cv2.blur(cv2.blur(mask, (17, 17)), (17, 17)), size).astype(np.float32)[..., None] / 255
    return np.asarray(canvas * (1 - room.corner * (4 * far * (1 - far))), np.float32)


def _plane(
    texture: Picture, camera: Camera, origin: ArrayLike, axes: tuple[ArrayLike, ArrayLike], span: float
) -> Picture:
    """An endless plane tiled with a texture `span` centimetres wide."""
    side = texture.shape[1]
    scale = span / side
    move = camera.plane(origin, np.multiply(axes[0], scale), np.multiply(axes[1], scale))
    return np.asarray(
        cv2.warpPerspective(texture, move, camera.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.uint8
    )


def _shadows(things: Sequence[Solid], camera: Camera, light: Light) -> Field:
    """What share of the light reaches each pixel of the table, 1 where nothing is in the way."""
    width, height = camera.size[0] // _COARSE, camera.size[1] // _COARSE
    soft = np.zeros((height, width), np.float32)
    contact = np.zeros_like(soft)
    lamp = np.array(light.towards)
    for thing in things:
        points = thing.outline()
        for share in (1.0, 0.8):
            cast = points - lamp * (points[:, 1:2] / lamp[1]) * share
            cast[:, 1] = 0
            np.maximum(soft, _hull(cast, camera, soft.shape) * (0.75 if share == 1.0 else 1.0), out=soft)
        foot = points * [1, 0, 1]
        near = points[:, 1] < points[:, 1].min() + 1.5
        np.maximum(contact, _hull(foot[near] if near.sum() > 2 else foot, camera, soft.shape), out=contact)
    blurred = cv2.GaussianBlur(soft, (0, 0), 1.5 + 5 * light.softness)
    close = cv2.GaussianBlur(contact, (0, 0), 2.5)
    shade = 1 - np.clip(0.42 * blurred / (0.6 + 0.5 * light.softness) + 0.5 * close, 0, 0.82)
    return np.asarray(cv2.resize(shade, camera.size, interpolation=cv2.INTER_LINEAR), np.float32)


def _hull(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], camera: Camera, shape: tuple[int, ...]) -> Field:
    pixels = np.clip(camera.project(points) / _COARSE, -4000, 4000).astype(np.float32)
    hull = cv2.convexHull(pixels)
    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, (hull * 16).round().astype(np.int32), 255, cv2.LINE_AA, 4)
    return np.asarray(mask.astype(np.float32) / 255)


def _mirror(
    canvas: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    things: Sequence[Solid],
    camera: Camera,
    light: Light,
    gloss: float,
) -> None:
    """A blurred copy of each thing upside down at its foot, as on lacquer or glass."""
    for thing in things:
        points = thing.outline()
        foot = camera.project(points[points[:, 1] < points[:, 1].min() + 0.5])[:, 1].max()
        for layer in thing.layers(camera, light):
            height, width = layer.cover.shape
            start = int(foot)
            rows = min(camera.size[1] - start, height, int(foot) - layer.top)
            if rows <= 4:
                continue
            flipped = slice(start - layer.top - rows, start - layer.top)
            if flipped.start < 0 or flipped.stop > height:
                continue
            colour, cover = layer.colour[flipped][::-1], layer.cover[flipped][::-1]
            fade = cover * np.linspace(gloss, 0, rows, dtype=np.float32)[:, None]
            fade = cv2.GaussianBlur(fade, (0, 0), 3)
            view = canvas[start : start + rows, layer.left : layer.left + width]
            view += (cv2.GaussianBlur(np.ascontiguousarray(colour), (0, 0), 3) - view) * fade[..., None]
