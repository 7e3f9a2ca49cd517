"""Things with a volume: what they share, and boxes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.camera import Camera, Points, turned, unit
from samples.drawing import Picture, rgb
from samples.textures import Field


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


ORIGIN = Pose()
"""Upright in the middle of the table."""


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
    return (
        (int(box[0]), int(box[1]), int(box[2]), int(box[3])) if box[0] < box[2] and box[1] < box[3] else None
    )


def shrunk(texture: Picture, width: float) -> Picture:
    """A texture reduced by a whole factor to `width` pixels or somewhat more, lest warping it alias."""
    factor = int(texture.shape[1] / max(width, 8.0))
    if factor < 2:
        return texture
    height, across = texture.shape[0] // factor, texture.shape[1] // factor
    whole = texture[: height * factor, : across * factor]
    return np.asarray(cv2.resize(whole, (across, height), interpolation=cv2.INTER_AREA), np.uint8)


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
    source = np.array(
        [[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]], np.float32
    )
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
    return Layer(box[0], box[1], colour.astype(np.float32), np.asarray(alpha, np.float32))


@dataclass(frozen=True, slots=True)
class Box:
    """A carton. Missing faces take the colour of the board."""

    size: tuple[float, float, float]
    """Width, height, depth in centimetres."""
    faces: Mapping[str, Picture]
    """By `front`, `back`, `left`, `right`, `top`, `bottom`."""
    pose: Pose = ORIGIN
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
            colour = layer.colour * (fall * np.float32(shade))[..., None] + np.float32(255 * sheen) * (
                fall[..., None] * 3 - 2
            )
            edge = cv2.GaussianBlur(layer.cover, (0, 0), 1.6)
            rim = np.clip(1 - edge, 0, 0.5) * layer.cover
            yield Layer(
                layer.left, layer.top, np.asarray(colour + rim[..., None] * 34, np.float32), layer.cover
            )
