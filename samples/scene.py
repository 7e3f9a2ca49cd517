"""A table, a wall behind it, things upon it, and the shadows they cast."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera
from samples.drawing import Picture
from samples.relief import Sheet
from samples.solids import Layer, Light, Solid
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
    ordered = sorted(things, key=lambda thing: -float(np.linalg.norm(_middle(thing) - camera.eye)))
    surroundings, corner = _surroundings(room, camera)
    shade = cv2.resize(_shadows(ordered, camera, light) * corner, camera.size, interpolation=cv2.INTER_LINEAR)
    canvas = np.asarray(cv2.multiply(surroundings, cv2.merge([shade] * 3), dtype=cv2.CV_32F), np.float32)
    painted = [(thing, list(thing.layers(camera, light))) for thing in ordered]
    if room.gloss:
        for thing, layers in painted:
            _mirror(canvas, _foot(thing, camera), layers, room.gloss)
    for _, layers in painted:
        for layer in layers:
            height, width = layer.cover.shape
            view = canvas[layer.top : layer.top + height, layer.left : layer.left + width]
            view += (layer.colour - view) * layer.cover[..., None]
    return np.asarray(np.clip(canvas, 0, 255, out=canvas), np.uint8)


def _middle(thing: Solid) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    points = thing.outline()
    middle = points.mean(axis=0)
    middle[2] = 0.5 * middle[2] + 0.5 * points[:, 2].max()
    return np.asarray(middle, np.float64)


def _surroundings(room: Room, camera: Camera) -> tuple[Picture, Field]:
    """Table and wall, and how the corner between them darkens (coarse)."""
    width, height = camera.size
    # The wall is out of focus, so half the pixels are enough for it; its blur is in pixels of the whole.
    half = replace(camera, size=(width // 2, height // 2), focal=camera.focal / 2)
    low, high = half.project([(-5, 0, -room.depth), (5, 0, -room.depth)])
    slope = (high[1] - low[1]) / (high[0] - low[0])
    edge = [low[1] + slope * (x - low[0]) for x in (0, half.size[0])]
    # Rows above `first` are all wall, rows from `last` on are all table.
    first, last = (int(np.clip(row, 0, height)) for row in (2 * min(edge) - 8, 2 * max(edge) + 8))
    canvas = np.zeros((height, width, 3), np.uint8)
    if last > 0:
        origin = (-room.wall_span, room.wall_span, -room.depth)
        wall = _plane(
            room.wall, half, _Plane(origin, (1, 0, 0), (0, -1, 0), room.wall_span), (0, (last + 1) // 2)
        )
        if room.wall_blur:
            wall = np.asarray(cv2.blur(cv2.blur(wall, (5, 5)), (int(room.wall_blur) | 1,) * 2), np.uint8)
        canvas[:last] = cv2.resize(wall, (width, last), interpolation=cv2.INTER_LINEAR)
    along = (high - low) * 400 / np.linalg.norm(high - low)
    mask = np.zeros((half.size[1], half.size[0]), np.uint8)
    ends = [low - along * 4, high + along * 4, [width * 4, height * 9], [-width * 4, height * 9]]
    cv2.fillPoly(mask, [(np.array(ends) * 16).round().astype(np.int32)], 255, cv2.LINE_AA, 4)
    if first < height:
        origin = (-room.table_span, 0, -room.depth)
        table = _plane(
            room.table, camera, _Plane(origin, (1, 0, 0), (0, 0, 1), room.table_span), (first, height)
        )
        soft = cv2.resize(cv2.GaussianBlur(mask, (5, 5), 0.8), camera.size)[first:last]
        share = soft.astype(np.float32)[..., None] / 255
        canvas[first:last] = canvas[first:last] * (1 - share) + table[: last - first] * share
        canvas[last:] = table[last - first :]
    far = cv2.blur(cv2.blur(mask, (17, 17)), (17, 17)).astype(np.float32) / 255
    dark = 1 - room.corner * (4 * far * (1 - far))
    coarse = (width // _COARSE, height // _COARSE)
    return canvas, np.asarray(cv2.resize(dark, coarse, interpolation=cv2.INTER_AREA), np.float32)


class _Plane(NamedTuple):
    """An endless plane tiled with a texture `span` centimetres wide, from a corner along two axes."""

    origin: tuple[float, float, float]
    across: tuple[float, float, float]
    down: tuple[float, float, float]
    span: float


def _plane(texture: Picture, camera: Camera, plane: _Plane, rows: tuple[int, int]) -> Picture:
    """Some rows of the picture of a plane."""
    scale = plane.span / texture.shape[1]
    move = camera.plane(plane.origin, np.multiply(plane.across, scale), np.multiply(plane.down, scale))
    lifted = np.array([[1, 0, 0], [0, 1, -rows[0]], [0, 0, 1]]) @ move
    extent = (camera.size[0], rows[1] - rows[0])
    return np.asarray(
        cv2.warpPerspective(texture, lifted, extent, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP),
        np.uint8,
    )


def _shadows(things: Sequence[Solid], camera: Camera, light: Light) -> Field:
    """What share of the light reaches the table, 1 where nothing is in the way (coarse)."""
    width, height = camera.size[0] // _COARSE, camera.size[1] // _COARSE
    soft = np.zeros((height, width), np.float32)
    contact = np.zeros_like(soft)
    lamp = np.array(light.towards)
    coarse = replace(camera, size=(width, height), focal=camera.focal / _COARSE)
    for thing in things:
        if isinstance(thing, Sheet) and thing.lying:
            for layer in thing.fallen(lamp).layers(coarse, light):
                rows, columns = layer.cover.shape
                part = contact[layer.top : layer.top + rows, layer.left : layer.left + columns]
                np.maximum(part, layer.cover, out=part)
            continue
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
    return np.asarray(shade, np.float32)


def _hull(
    points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], camera: Camera, shape: tuple[int, ...]
) -> Field:
    pixels = np.clip(camera.project(points) / _COARSE, -4000, 4000).astype(np.float32)
    hull = cv2.convexHull(pixels)
    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, (hull * 16).round().astype(np.int32), 255, cv2.LINE_AA, 4)
    return np.asarray(mask.astype(np.float32) / 255)


def _foot(thing: Solid, camera: Camera) -> int:
    points = thing.outline()
    return int(camera.project(points[points[:, 1] < points[:, 1].min() + 0.5])[:, 1].max())


def _mirror(canvas: NDArray[np.float32], foot: int, layers: Sequence[Layer], gloss: float) -> None:
    """A blurred copy of a thing upside down at its foot, as on lacquer or glass."""
    for layer in layers:
        height, width = layer.cover.shape
        rows = min(len(canvas) - foot, height, foot - layer.top)
        lowest = foot - layer.top
        if rows <= 4 or lowest > height:
            continue
        colour = np.ascontiguousarray(layer.colour[lowest - rows : lowest][::-1])
        cover = layer.cover[lowest - rows : lowest][::-1]
        fade = cover * np.linspace(gloss, 0, rows, dtype=np.float32)[:, None]
        fade = np.asarray(cv2.GaussianBlur(fade, (0, 0), 3), np.float32)
        view = canvas[foot : foot + rows, layer.left : layer.left + width]
        view += (cv2.blur(colour, (7, 7)) - view) * fade[..., None]
