"""Soft things without a simple volume (pouches, shoes, tools, leaves): a silhouette, inflated and lit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera, Points
from samples.drawing import Picture, Point
from samples.lettering import Coverage
from samples.solids import ORIGIN, Layer, Light, Pose, lay
from samples.textures import Field, noise


def silhouette(
    size: tuple[int, int], polygons: Sequence[Sequence[Point]], *, rounding: float = 0.0
) -> Coverage:
    """Polygons as coverage; `rounding` pixels off every corner. Size is (width, height)."""
    ink = np.zeros((size[1], size[0]), np.uint8)
    for polygon in polygons:
        cv2.fillPoly(ink, [(np.array(polygon) * 16).round().astype(np.int32)], 255, cv2.LINE_AA, 4)
    if rounding <= 0:
        return ink
    soft = cv2.GaussianBlur(ink, (0, 0), rounding).astype(np.float32)
    return np.asarray(np.clip((soft - 127.5) * 4 + 127.5, 0, 255), np.uint8)


@dataclass(frozen=True, slots=True)
class Bulge:
    """How a silhouette is blown up."""

    depth: float = 40.0
    """Pixels from the edge to where it lies flat."""
    height: float = 1.0
    """Of the dome against its depth."""
    crinkle: float = 0.0
    """Wrinkles, as of foil or cloth."""
    gloss: float = 0.3
    tightness: float = 24.0
    seed: int = 1


def inflated(picture: Picture, ink: Coverage, bulge: Bulge, lamp: Point = (-0.5, -0.6)) -> Picture:
    """The picture shaded as if its silhouette were puffed up; the lamp is given in the picture's plane."""
    distance = cv2.distanceTransform((ink > 127).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(distance / bulge.depth, 0, 1)
    dome: Field = np.asarray(np.sqrt(1 - (1 - share) ** 2) * bulge.depth * bulge.height, np.float32)
    if bulge.crinkle:
        folds = noise(bulge.seed, (ink.shape[0], ink.shape[1]), (4, 3), octaves=5)
        dome = np.asarray(dome + np.abs(folds) * bulge.crinkle * 9, np.float32)
    dome = np.asarray(cv2.GaussianBlur(dome, (0, 0), max(1.2, bulge.depth / 14)), np.float32)
    slope_x = cv2.Sobel(dome, cv2.CV_32F, 1, 0, scale=1 / 8)
    slope_y = cv2.Sobel(dome, cv2.CV_32F, 0, 1, scale=1 / 8)
    length = np.sqrt(slope_x**2 + slope_y**2 + 1)
    lx, ly = lamp
    lz = 0.75
    norm = float(np.sqrt(lx * lx + ly * ly + lz * lz))
    facing = (-slope_x * lx - slope_y * ly + lz) / (length * norm)
    hx, hy, hz = lx / norm, ly / norm, lz / norm + 1
    half = float(np.sqrt(hx * hx + hy * hy + hz * hz))
    shine = np.clip((-slope_x * hx - slope_y * hy + hz) / (length * half), 0, 1) ** bulge.tightness
    gain = 0.45 + 0.75 * np.clip(facing, 0, 1)
    lit = picture * gain[..., None] + (bulge.gloss * 150 * shine)[..., None]
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flat or inflated picture, standing upright or lying on the table."""

    picture: Picture
    ink: Coverage | None
    width: float
    """Centimetres; the height follows from the picture."""
    pose: Pose = ORIGIN
    lying: bool = False
    thickness: float = 1.0
    """Centimetres that a lying thing rises above the table, for its shadow."""

    def _corners(self) -> Points:
        half, tall = self.width / 2, self.width * self.picture.shape[0] / self.picture.shape[1]
        if self.lying:
            h, y = tall / 2, self.thickness
            flat = [(-half, y, -h), (half, y, -h), (half, y, h), (-half, y, h)]
        else:
            flat = [(-half, tall, 0), (half, tall, 0), (half, 0, 0), (-half, 0, 0)]
        return self.pose.world(np.array(flat, np.float64))

    def outline(self) -> Points:
        """Points along the silhouette, and the same points on the table where it lies."""
        corners = self._corners()
        if self.ink is None:
            edge = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
        else:
            found, _ = cv2.findContours(
                (self.ink > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
            )
            hull = cv2.convexHull(np.concatenate(found))[:, 0].astype(np.float64)
            edge = hull / [self.ink.shape[1], self.ink.shape[0]]
        points = (
            corners[0] + edge[:, :1] * (corners[1] - corners[0]) + edge[:, 1:] * (corners[3] - corners[0])
        )
        if not self.lying:
            return np.asarray(points)
        return np.concatenate([points, points * [1, 0, 1]])

    def fallen(self, lamp: Points) -> "Sheet":
        """The shadow of a lying sheet: itself, down on the table and away from the lamp."""
        x, y, z = (np.asarray(self.pose.at) - lamp * (self.thickness / lamp[1])).tolist()
        return replace(self, pose=replace(self.pose, at=(x, y, z)))

    def layers(self, camera: Camera, light: Light) -> Iterator[Layer]:
        """One layer, its colours as they were lit in its own plane."""
        layer = lay(camera, self.picture, self._corners(), self.ink)
        if layer is not None:
            gain: NDArray[np.float32] = np.float32(light.ambient + light.key * 0.75) * np.ones(1, np.float32)
            yield Layer(layer.left, layer.top, np.asarray(layer.colour * gain, np.float32), layer.cover)
