"""Whatever a lathe can turn: bottles, tins, jars, mugs, balls. Each pixel's ray meets the surface itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera, Points, unit
from samples.drawing import Picture
from samples.solids import ORIGIN, Layer, Light, Pose, shrunk, window


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
    pose: Pose = ORIGIN
    finishes: Sequence[Finish] = ()
    """From foot to top; a plain, slightly glossy one where there is none."""
    cap: Picture | None = None
    """What lies on top, seen from above; the skin's top colour where there is none."""

    def outline(self) -> Points:
        """Rings of points along the profile."""
        return self.pose.world(_rings(self.profile))

    def layers(self, camera: Camera, light: Light) -> Iterator[Layer]:
        """One layer: every pixel's ray meets the turned surface, or misses it."""
        box = window(camera, self.outline())
        if box is None:
            return
        eye = np.asarray(np.subtract(camera.eye, self.pose.at) @ self.pose.rotation, np.float32)
        rays = np.asarray(camera.rays(box) @ self.pose.rotation.astype(np.float32))
        hit = _Hits(rays.shape[:2])
        for low, high in _segments(self.profile):
            around = window(camera, self.pose.world(_rings((low[:2], high[:2]))))
            if around is not None:
                hit.cone(eye, rays, (low, high), _within(around, box))
        top, radius = self.profile[-1]
        hit.disc(eye, rays, top, radius)
        if not hit.found.any():
            return
        colour = np.zeros((*hit.distance.shape, 3), np.float32)
        colour[hit.found] = self._shaded(hit, rays, camera, light)
        solid = hit.found.astype(np.float32)
        soft = cv2.GaussianBlur(solid, (3, 3), 0.8)
        yield Layer(box[0], box[1], colour, np.asarray(np.clip(soft * 1.5 - 0.5, 0, 1) * solid, np.float32))

    def _shaded(
        self, hit: "_Hits", rays: NDArray[np.float32], camera: Camera, light: Light
    ) -> NDArray[np.float32]:
        """Colours (n, 3) of the pixels that met the surface."""
        found = hit.found
        low, high = self.profile[0][0], self.profile[-1][0]
        normal, height = hit.normal[found], hit.height[found]
        across = float(np.ptp(camera.project(self.outline())[:, 0]))
        skin = shrunk(self.skin, across * np.pi * 1.1)
        rows, columns = skin.shape[:2]
        around = (
            np.arctan2(normal[:, 0], normal[:, 2]) * np.float32((columns - 1) / (2 * np.pi))
            + (columns - 1) / 2
        )
        down = (high - height) * np.float32((rows - 1) / max(high - low, 1e-6))
        base = _sampled(skin, around, down)
        if self.cap is not None and hit.capped.any():
            cap = shrunk(self.cap, across)
            side = (cap.shape[0] - 1) / 2
            spot = hit.spot[hit.capped] * np.float32(side / self.profile[-1][1]) + np.float32(side)
            base[hit.capped[found]] = _sampled(cap, spot[:, 0], spot[:, 1])
        view = -rays[found]
        view /= np.sqrt(np.einsum("nc,nc->n", view, view))[:, None]
        lamp = (unit(light.towards) @ self.pose.rotation).astype(np.float32)
        return _lit(
            base, _Surface(normal, view, lamp), light, _finish(self.finishes or (Finish(np.inf),), height)
        )


def _sampled(picture: Picture, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture's colours (n, 3) at points; remap takes at most 32767 rows, so the points are folded."""
    fold = -(-len(x) // 1024) * 1024
    maps = [np.resize(values.astype(np.float32), fold).reshape(-1, 1024) for values in (x, y)]
    return np.asarray(
        cv2.remap(picture, maps[0], maps[1], cv2.INTER_LINEAR).reshape(-1, 3)[: len(x)], np.float32
    )


def _rings(profile: Sequence[tuple[float, float]]) -> Points:
    """Points on the circles of a profile."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    rings = [
        np.stack([r * np.cos(turn), np.full_like(turn, y), r * np.sin(turn)], axis=1) for y, r in profile
    ]
    return np.concatenate(rings)


def _within(inner: tuple[int, int, int, int], outer: tuple[int, int, int, int]) -> tuple[slice, slice]:
    """Rows and columns of one window inside another that starts elsewhere."""
    return (
        slice(max(0, inner[1] - outer[1]), max(0, inner[3] - outer[1])),
        slice(max(0, inner[0] - outer[0]), max(0, inner[2] - outer[0])),
    )


def _segments(
    profile: Sequence[tuple[float, float]],
) -> Iterator[tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Pairs of (height, radius, slope angle), the slope shared where the profile bends gently."""
    steps = list(pairwise(profile))
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
        ends: tuple[tuple[float, float, float], tuple[float, float, float]],
        part: tuple[slice, slice],
    ) -> None:
        """Meet the side between two rings, each (height, radius, slope angle), in a part of the window."""
        (y0, r0, s0), (y1, r1, s1) = ends
        if abs(y1 - y0) < 1e-6:
            self.disc(eye, rays, y0, max(r0, r1), hole=min(r0, r1))
            return
        slope = (r1 - r0) / (y1 - y0)
        start = r0 + slope * (eye[1] - y0)
        dx, dy, dz = rays[part][..., 0], rays[part][..., 1], rays[part][..., 2]
        a = dx * dx + dz * dz - slope * slope * dy * dy
        b = eye[0] * dx + eye[2] * dz - slope * start * dy
        c = eye[0] ** 2 + eye[2] ** 2 - start**2
        under = b * b - a * c
        with np.errstate(invalid="ignore", divide="ignore"):
            t = (-b - np.sqrt(under)) / a
            y = eye[1] + t * dy
        known = self.distance[part]
        new = (under > 0) & (t > 0) & (y >= min(y0, y1)) & (y <= max(y0, y1)) & (t < known)
        if not new.any():
            return
        t, y = t[new], y[new]
        x, z = eye[0] + t * dx[new], eye[2] + t * dz[new]
        angle = s0 + (s1 - s0) * (y - y0) / (y1 - y0)
        radius = np.sqrt(x * x + z * z) + 1e-6
        known[new] = t
        self.height[part][new] = y
        self.normal[part][new] = np.stack(
            [x / radius * np.cos(angle), -np.sin(angle), z / radius * np.cos(angle)], axis=1
        )
        self.capped[part][new] = False

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


def _bump(middle: float, breadth: float) -> NDArray[np.float32]:
    """A bell over the azimuths from -pi to pi, 1024 steps."""
    azimuth = np.linspace(-np.pi, np.pi, 1024, dtype=np.float32)
    return np.asarray(np.exp(-(((azimuth - middle) / breadth) ** 2)), np.float32)


# What metal mirrors, by direction: two windows, a pale wall behind, the dark of whoever takes the picture.
_WINDOWS = (
    0.5 + 0.85 * _bump(-0.95, 0.22) + 0.6 * _bump(0.75, 0.1) + 0.35 * _bump(2.4, 0.5) - 0.28 * _bump(0.1, 0.4)
)
_STRIP = _bump(-0.95, 0.2)


class _Surface(NamedTuple):
    """How n pixels' surface lies: normals (n, 3), directions to the eye (n, 3), and to the lamp (3,)."""

    normal: NDArray[np.float32]
    view: NDArray[np.float32]
    lamp: NDArray[np.float32]


def _finish(finishes: Sequence[Finish], height: NDArray[np.float32]) -> NDArray[np.float32]:
    """Metal, gloss and tightness (3, n) at heights."""
    which = np.minimum(np.searchsorted([finish.up_to for finish in finishes], height), len(finishes) - 1)
    table = np.array([(finish.metal, finish.gloss, finish.tightness) for finish in finishes], np.float32)
    return np.ascontiguousarray(table[which].T)


def _lit(
    base: NDArray[np.float32], surface: _Surface, light: Light, finish: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Wrapped diffuse light, a highlight, and for metal the reflection of a room with two windows."""
    normal, view, lamp = surface
    metal, gloss, tight = finish
    facing = normal @ lamp
    diffuse = light.ambient * (0.92 + 0.08 * normal[:, 1]) + light.key * np.clip((facing + 0.3) / 1.2, 0, 1)
    toward = np.einsum("nc,nc->n", normal, view)
    half = view + lamp
    half /= np.sqrt(np.einsum("nc,nc->n", half, half))[:, None]
    shine = gloss * np.clip(np.einsum("nc,nc->n", normal, half), 0, 1) ** tight
    rebound = 2 * toward[:, None] * normal - view
    azimuth = np.arctan2(rebound[:, 0], rebound[:, 2])
    index = ((azimuth + np.pi) * (1023 / (2 * np.pi))).astype(np.int32)
    room = _WINDOWS[index] + 0.25 * rebound[:, 1]
    rim = np.clip(1 - toward, 0, 1) ** 4 * gloss * 0.5
    strip = 0.21 * gloss * (1 - metal) * _STRIP[index]
    lit = base * ((1 - metal) * diffuse + metal * room)[:, None]
    return np.asarray(lit + (255 * (shine + rim + strip))[:, None], np.float32)
