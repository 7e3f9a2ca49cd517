"""Things with a volume: boxes, and whatever a lathe can turn (bottles, tins, jars, mugs, balls)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera, Points, turned, unit
from samples.drawing import Picture, rgb
from samples.textures import Field

IDENTITY = turned()


@dataclass(frozen=True, slots=True)
class Light:
    """One soft lamp and what the room gives back."""

    towards: tuple[float, float, float] = (-0.5, 0.9, 0.55)
    ambient: float = 0.5
    key: float = 0.62
    softness: float = 1.0
    """Of shadows; 0.4 is a bare bulb, 1 a window, 2 an overcast day."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a thing stands and how it is turned."""

    at: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: Points = field(default_factory=turned)

    def world(self, points: Points) -> Points:
        """World coordinates of the thing's own."""
        return np.asarray(points @ self.rotation.T + self.at)


def standing(x: float, z: float, yaw: float = 0.0) -> Pose:
    """Upright on the table."""
    return Pose((x, 0.0, z), turned(yaw=yaw))


class Layer(NamedTuple):
    """What one thing adds to a picture: colours and coverage (0..1) in a window of it."""

    left: int
    top: int
    colour: NDArray[np.float32]
    cover: Field


class Solid(Protocol):
    """Anything that can stand in a scene."""

    def outline(self) -> Points:
        """Points in the world whose convex hull is the thing, for its shadow."""

    def layers(self, camera: Camera, light: Light) -> Iterator[Layer]:
        """What the camera sees of it, back to front."""


def window(camera: Camera, points: Points, margin: int = 3) -> tuple[int, int, int, int] | None:
    """The box around projected points, cut to the picture; None where it lies outside."""
    pixels = camera.project(points)
    left, top = np.floor(pixels.min(axis=0)).astype(int) - margin
    right, bottom = np.ceil(pixels.max(axis=0)).astype(int) + margin
    box = (max(0, left), max(0, top), min(camera.size[0], right), min(camera.size[1], bottom))
    return (int(box[0]), int(box[1]), int(box[2]), int(box[3])) if box[0] < box[2] and box[1] < box[3] else None


def shrunk(texture: Picture, width: float) -> Picture:
    """A texture reduced to about `width` pixels, so that warping it does not alias."""
    scale = max(width, 8.0) * 1.15 / texture.shape[1]
    if scale > 0.75:
        return texture
    return np.asarray(cv2.resize(texture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def lay(
    camera: Camera, texture: Picture, corners: Points, cover: NDArray[np.uint8] | None = None
) -> Layer | None:
    """A flat picture on a quadrilateral in space: top left, top right, bottom right, bottom left."""
    box = window(camera, corners)
    if box is None:
        return None
    target = camera.project(corners)
    across = max(np.linalg.norm(target[1] - target[0]), np.linalg.norm(target[2] - target[3]))
    small = shrunk(texture, float(across))
    height, width = small.shape[:2]
    # Half a pixel, so that the outermost texels lie on the edge rather than beyond it.
    source = np.array([[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]], np.float32)
    shifted = (target - [box[0] + 0.5, box[1] + 0.5]).astype(np.float32)
    move = cv2.getPerspectiveTransform(source, shifted)
    extent = (box[2] - box[0], box[3] - box[1])
    colour = cv2.warpPerspective(small, move, extent, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((extent[1], extent[0]), np.uint8)
    cv2.fillConvexPoly(mask, ((shifted + 0.5) * 16).round().astype(np.int32), 255, cv2.LINE_AA, 4)
    alpha = mask.astype(np.float32) / 255
    if cover is not None:
        ink = shrunk(np.repeat(cover[..., None], 3, axis=2), float(across))[..., 0]
        ink = np.asarray(cv2.resize(ink, (width, height)), np.uint8)
        alpha *= cv2.warpPerspective(ink, move, extent).astype(np.float32) / 255
    return Layer(box[0], box[1], colour.astype(np.float32), alpha)


@dataclass(frozen=True, slots=True)
class Box:
    """A carton. Missing faces take the colour of the board."""

    size: tuple[float, float, float]
    """Width, height, depth in centimetres."""
    faces: Mapping[str, Picture]
    """By `front`, `back`, `left`, `right`, `top`, `bottom`."""
    pose: Pose = Pose()
    board: str = "#C9B79A"
    gloss: float = 0.12

    def _corners(self) -> dict[str, Points]:
        w, h, d = self.size
        x, y, z = w / 2, h, d / 2
        faces = {
            "front": [(-x, y, z), (x, y, z), (x, 0, z), (-x, 0, z)],
            "back": [(x, y, -z), (-x, y, -z), (-x, 0, -z), (x, 0, -z)],
            "right": [(x, y, z), (x, y, -z), (x, 0, -z), (x, 0, z)],
            "left": [(-x, y, -z), (-x, y, z), (-x, 0, z), (-x, 0, -z)],
            "top": [(-x, y, -z), (x, y, -z), (x, y, z), (-x, y, z)],
            "bottom": [(-x, 0, z), (x, 0, z), (x, 0, -z), (-x, 0, -z)],
        }
        return {name: self.pose.world(np.array(corners)) for name, corners in faces.items()}

    def outline(self) -> Points:
        """Its eight corners."""
        faces = self._corners()
        return np.concatenate([faces["front"], faces["back"]])

    def layers(self, camera: Camera, light: Light) -> Iterator[Layer]:
        """The faces turned to the camera, each lit by how it faces the lamp, edges caught by the light."""
        lamp = unit(light.towards)
        for name, corners in self._corners().items():
            normal = unit(np.cross(corners[1] - corners[2], corners[3] - corners[2]))
            middle = corners.mean(axis=0)
            view = unit(np.subtract(camera.eye, middle))
            if float(normal @ view) <= 0.01:
                continue
            plain = np.full((8, 8, 3), rgb(self.board), np.uint8)
            layer = lay(camera, self.faces.get(name, plain), corners)
            if layer is None:
                continue
            shade = light.ambient + light.key * max(0.0, float(normal @ lamp))
            mirror = 2 * float(normal @ lamp) * normal - lamp
            sheen = self.gloss * max(0.0, float(mirror @ view)) ** 4
            height, width = layer.cover.shape
            fall = np.linspace(1.05, 0.93, height, dtype=np.float32)[:, None]
            fall = fall * np.linspace(1.03, 0.97, width, dtype=np.float32)[None, :]
            colour = layer.colour * (fall * np.float32(shade))[..., None] + np.float32(255 * sheen) * (fall[..., None] * 3 - 2)
            edge = cv2.GaussianBlur(layer.cover, (0, 0), 1.6)
            rim = np.clip(1 - edge, 0, 0.5) * layer.cover
            yield Layer(layer.left, layer.top, np.asarray(colour + rim[..., None] * 34, np.float32), layer.cover)


@dataclass(frozen=True, slots=True)
class Finish:
    """How a turned surface takes light, from one height to another."""

    up_to: float
    """Centimetres above its foot."""
    metal: float = 0.0
    gloss: float = 0.25
    tightness: float = 40.0


@dataclass(frozen=True, slots=True)
class Lathe:
    """A profile turned about the upright axis, wrapped in a skin."""

    profile: Sequence[tuple[float, float]]
    """(height, radius) in centimetres, foot to top."""
    skin: Picture
    """Once around (from the back, seen from outside, left to right), top of the profile to its foot."""
    pose: Pose = Pose()
    finishes: Sequence[Finish] = (Finish(1e9),)
    cap: Picture | None = None
    """What lies on top, seen from above; the skin's top colour where there is none."""

    def outline(self) -> Points:
        """Rings of points along the profile."""
        turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        rings = [
            np.stack([r * np.cos(turn), np.full_like(turn, y), r * np.sin(turn)], axis=1) for y, r in self.profile
        ]
        return self.pose.world(np.concatenate(rings))

    def layers(self, camera: Camera, light: Light) -> Iterator[Layer]:
        """One layer: every pixel's ray meets the turned surface, or misses it."""
        box = window(camera, self.outline())
        if box is None:
            return
        eye = np.asarray(np.subtract(camera.eye, self.pose.at) @ self.pose.rotation, np.float32)
        rays = np.asarray(camera.rays(box) @ self.pose.rotation.astype(np.float32))
        hit = _Hits(rays.shape[:2])
        for (y0, r0, s0), (y1, r1, s1) in _segments(self.profile):
            hit.cone(eye, rays, (y0, r0, s0), (y1, r1, s1))
        top, radius = self.profile[-1]
        hit.disc(eye, rays, top, radius)
        if not hit.found.any():
            return
        yield self._shaded(hit, rays, camera, light, box)

    def _shaded(
        self, hit: "_Hits", rays: NDArray[np.float32], camera: Camera, light: Light, box: tuple[int, int, int, int]
    ) -> Layer:
        low, high = self.profile[0][0], self.profile[-1][0]
        around = np.arctan2(hit.normal[..., 0], hit.normal[..., 2]) / (2 * np.pi) + 0.5
        upward = (high - hit.height) / max(high - low, 1e-6)
        across = float(np.ptp(camera.project(self.outline())[:, 0]))
        skin = shrunk(self.skin, across * np.pi * 1.1)
        rows, columns = skin.shape[:2]
        base = cv2.remap(
            skin, (around * (columns - 1)).astype(np.float32), (upward * (rows - 1)).astype(np.float32), cv2.INTER_LINEAR
        ).astype(np.float32)
        if self.cap is not None and hit.capped.any():
            radius = self.profile[-1][1]
            cap = shrunk(self.cap, across)
            side = cap.shape[0] - 1
            u = (hit.spot[..., 0] / radius * 0.5 + 0.5) * side
            v = (hit.spot[..., 1] / radius * 0.5 + 0.5) * side
            top = cv2.remap(cap, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR)
            base = np.where(hit.capped[..., None], top, base).astype(np.float32)
        view = -rays / np.linalg.norm(rays, axis=2, keepdims=True)
        lamp = (unit(light.towards) @ self.pose.rotation).astype(np.float32)
        colour = _lit(base, hit, view, lamp, light, self.finishes)
        solid = hit.found.astype(np.float32)
        soft = cv2.GaussianBlur(solid, (3, 3), 0.8)
        return Layer(box[0], box[1], colour, np.asarray(np.clip(soft * 1.5 - 0.5, 0, 1) * solid, np.float32))


def _segments(
    profile: Sequence[tuple[float, float]],
) -> Iterator[tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Pairs of (height, radius, slope angle), the slope shared where the profile bends gently."""
    steps = list(zip(profile, profile[1:], strict=False))
    slopes = [float(np.arctan2(r1 - r0, y1 - y0)) for (y0, r0), (y1, r1) in steps]
    for place, ((y0, r0), (y1, r1)) in enumerate(steps):
        own = slopes[place]
        before = slopes[place - 1] if place else own
        after = slopes[place + 1] if place + 1 < len(slopes) else own
        first = (own + before) / 2 if abs(own - before) < 0.6 else own
        last = (own + after) / 2 if abs(own - after) < 0.6 else own
        yield (y0, r0, first), (y1, r1, last)


class _Hits:
    """For every pixel the nearest point met so far, in the thing's own coordinates."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.distance = np.full(shape, np.inf, np.float32)
        self.height = np.zeros(shape, np.float32)
        self.normal = np.zeros((*shape, 3), np.float32)
        self.spot = np.zeros((*shape, 2), np.float32)
        self.capped = np.zeros(shape, bool)

    @property
    def found(self) -> NDArray[np.bool_]:
        return np.isfinite(self.distance)

    def cone(
        self,
        eye: NDArray[np.float32],
        rays: NDArray[np.float32],
        low: tuple[float, float, float],
        high: tuple[float, float, float],
    ) -> None:
        """Meet the side between two rings, each (height, radius, slope angle)."""
        (y0, r0, s0), (y1, r1, s1) = low, high
        if abs(y1 - y0) < 1e-6:
            self.disc(eye, rays, y0, max(r0, r1), hole=min(r0, r1))
            return
        slope = (r1 - r0) / (y1 - y0)
        start = r0 + slope * (eye[1] - y0)
        dx, dy, dz = rays[..., 0], rays[..., 1], rays[..., 2]
        a = dx * dx + dz * dz - slope * slope * dy * dy
        b = eye[0] * dx + eye[2] * dz - slope * start * dy
        c = eye[0] ** 2 + eye[2] ** 2 - start**2
        under = b * b - a * c
        with np.errstate(invalid="ignore", divide="ignore"):
            t = (-b - np.sqrt(under)) / a
            y = eye[1] + t * dy
        new = (under > 0) & (t > 0) & (y >= min(y0, y1)) & (y <= max(y0, y1)) & (t < self.distance)
        if not new.any():
            return
        t, y = t[new], y[new]
        x, z = eye[0] + t * dx[new], eye[2] + t * dz[new]
        share = (y - y0) / (y1 - y0)
        angle = s0 + (s1 - s0) * share
        radius = np.sqrt(x * x + z * z) + 1e-6
        self.distance[new], self.height[new] = t, y
        self.normal[new] = np.stack([x / radius * np.cos(angle), -np.sin(angle), z / radius * np.cos(angle)], axis=1)
        self.capped[new] = False

    def disc(
        self, eye: NDArray[np.float32], rays: NDArray[np.float32], y: float, radius: float, hole: float = 0.0
    ) -> None:
        """Meet a level ring; the topmost, without a hole, is the cap."""
        if radius < 1e-3 or eye[1] <= y:
            return
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (y - eye[1]) / rays[..., 1]
            x, z = eye[0] + t * rays[..., 0], eye[2] + t * rays[..., 2]
            away = x * x + z * z
        new = (t > 0) & (away <= radius**2) & (away >= hole**2) & (t < self.distance)
        self.distance[new], self.height[new] = t[new], y
        self.normal[new] = (0, 1, 0)
        self.spot[new] = np.stack([x[new], z[new]], axis=1)
        self.capped[new] = hole == 0.0


def _lit(  # noqa: PLR0913 - everything that light depends on
    base: NDArray[np.float32],
    hit: _Hits,
    view: NDArray[np.float32],
    lamp: NDArray[np.float32],
    light: Light,
    finishes: Sequence[Finish],
) -> NDArray[np.float32]:
    """Wrapped diffuse light, a highlight, and for metal the reflection of a room with two windows."""
    edges = np.array([finish.up_to for finish in finishes])
    which = np.minimum(np.searchsorted(edges, hit.height), len(finishes) - 1)
    metal = np.array([finish.metal for finish in finishes], np.float32)[which]
    gloss = np.array([finish.gloss for finish in finishes], np.float32)[which]
    tight = np.array([finish.tightness for finish in finishes], np.float32)[which]
    facing = hit.normal @ lamp
    diffuse = light.ambient * (0.92 + 0.08 * hit.normal[..., 1]) + light.key * np.clip((facing + 0.3) / 1.2, 0, 1)
    toward = np.einsum("hwc,hwc->hw", hit.normal, view)
    half = view + lamp
    half /= np.linalg.norm(half, axis=2, keepdims=True)
    shine = gloss * np.clip(np.einsum("hwc,hwc->hw", hit.normal, half), 0, 1) ** tight
    rebound = 2 * toward[..., None] * hit.normal - view
    azimuth = np.arctan2(rebound[..., 0], rebound[..., 2])
    room = 0.5 + 0.25 * rebound[..., 1]
    for place, breadth, power in ((-0.95, 0.22, 0.85), (0.75, 0.1, 0.6), (2.4, 0.5, 0.35)):
        room = room + power * np.exp(-(((azimuth - place) / breadth) ** 2))
    room = room - 0.28 * np.exp(-(((azimuth - 0.1) / 0.4) ** 2))
    rim = np.clip(1 - toward, 0, 1) ** 4 * gloss * 0.5
    lit = base * ((1 - metal) * diffuse + metal * room)[..., None]
    strip = (0.35 * gloss * np.exp(-(((azimuth + 0.95) / 0.2) ** 2)) * (1 - metal)) * 0.6
    return np.asarray(lit + (255 * (shine + rim + strip))[..., None], np.float32)
