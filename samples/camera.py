"""A pinhole camera over a table, in centimetres: x to the right, y up, z towards the camera."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
"""(n, 3) centimetres, or (n, 2) pixels."""


def unit(vector: ArrayLike) -> Points:
    """The vector at length 1."""
    values = np.asarray(vector, np.float64)
    return np.asarray(values / np.linalg.norm(values))


def turned(*, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Points:
    """A rotation matrix from degrees: roll about z, then pitch about x, then yaw about y."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


@dataclass(frozen=True)
class Camera:
    """Where it stands, what it looks at, and how large a picture it takes.

    Not slotted: the rotation is computed once and kept.
    """

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    size: tuple[int, int] = (960, 800)
    """Width and height in pixels."""
    focal: float = 1150.0
    """In pixels; 1150 for 960 across is a phone's 2x lens."""
    roll: float = 0.0
    """Degrees; nobody holds a phone quite level."""

    @cached_property
    def rotation(self) -> Points:
        """From the world's axes to right, down, forward."""
        forward = unit(np.subtract(self.target, self.eye))
        right = unit(np.cross(forward, [0.0, 1.0, 0.0]))
        down = np.cross(forward, right)
        return np.asarray(turned(roll=self.roll) @ np.stack([right, down, forward]))

    @property
    def intrinsics(self) -> Points:
        """The 3 by 3 matrix from camera coordinates to pixels."""
        width, height = self.size
        return np.array([[self.focal, 0, width / 2], [0, self.focal, height / 2], [0, 0, 1.0]])

    def project(self, points: ArrayLike) -> Points:
        """Pixels (n, 2) of world points (n, 3)."""
        seen = (np.asarray(points, np.float64) - self.eye) @ self.rotation.T @ self.intrinsics.T
        return np.asarray(seen[:, :2] / seen[:, 2:])

    def plane(self, origin: ArrayLike, across: ArrayLike, down: ArrayLike) -> Points:
        """The homography from (u, v) on a plane, in spans of `across` and `down`, to pixels."""
        columns = np.stack([np.asarray(across), np.asarray(down), np.subtract(origin, self.eye)], axis=1)
        return np.asarray(self.intrinsics @ self.rotation @ columns)

    def rays(self, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
        """Directions in the world, not normalised, of the pixels of (left, top, right, bottom)."""
        left, top, right, bottom = box
        x = (np.arange(left, right) + 0.5 - self.size[0] / 2) / self.focal
        y = (np.arange(top, bottom) + 0.5 - self.size[1] / 2) / self.focal
        grid = np.stack([*np.meshgrid(x, y), np.ones((len(y), len(x)))], axis=-1)
        return np.asarray(grid @ self.rotation, np.float32)
