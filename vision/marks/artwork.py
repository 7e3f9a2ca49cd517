"""A mark's artwork, ready to be searched for: what it looks like in every pose, and its outline."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from zipfile import BadZipFile

import cv2
import numpy as np
import numpy.typing as npt

from scoring.errors import CatalogError
from vision.marks.backbone import FINE_CELL, Floats, Pixels
from vision.marks.outline import Outline
from vision.marks.pieces import Pieces
from vision.marks.windows import MARGIN, Template, dump_templates, grid_for, load_templates, template

TURNS = (-15, 0, 15)
"""Degrees. With each template good for about 8 more either way, marks up to 23 degrees askew are found."""
_SHADES = ((40, 215), (215, 40))
"""Ink and ground of the two polarities, in grey levels."""
_GROUND_APART = 60.0
"""Distance in RGB from the ground from which a pixel is ink."""
_ONE_COLOUR = 40.0
"""Median distance in RGB of ink from its own median, at most, for the mark to have one colour."""
_FULL = (0.02, 0.98)
"""Shares of the box that ink may fill: a speck or a plain rectangle has no shape to go by."""
_SYMMETRIC = 0.9
"""Overlap with its own mirror image from which a mark has none."""
_KEPT_SIDE = 256


def ink(pixels: Pixels) -> Floats | None:
    """The mask of one-colour artwork on a plain ground, 0..1, cut to its ink; None where there is none.

    None as well for artwork of several colours: local features find that (`vision.geometry`).
    """
    grounds = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(grounds, axis=0)
    apart = np.linalg.norm(pixels.astype(np.float32) - ground, axis=2)
    there = apart > _GROUND_APART
    if there.mean() > _FULL[1]:  # the blurred rim of a tile, as 7 of 613 drawings have it
        ground = np.median(pixels.reshape(-1, 3), axis=0)
        apart = np.linalg.norm(pixels.astype(np.float32) - ground, axis=2)
        there = apart > _GROUND_APART
    if not there.any():
        return None
    colour = np.median(pixels[there], axis=0)
    if np.median(np.linalg.norm(pixels[there] - colour, axis=1)) > _ONE_COLOUR or _many(
        pixels[there], colour
    ):
        return None
    mask = np.clip(apart / max(float(np.linalg.norm(colour - ground)), 1.0), 0, 1).astype(np.float32)
    rows, columns = np.where(there.any(axis=1))[0], np.where(there.any(axis=0))[0]
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    low, high = _FULL
    return cut if low < cut.mean() < high else None


def _many(inked: npt.NDArray[np.uint8], colour: npt.NDArray[np.float64]) -> bool:
    """Whether a fifth of the ink has another colour."""
    return float((np.linalg.norm(inked - colour, axis=1) > 2 * _ONE_COLOUR).mean()) > 0.2


@dataclass(frozen=True, eq=False)
class Artwork:
    """One piece of one-colour artwork."""

    mask: Floats
    templates: tuple[Template, ...]

    @classmethod
    def of(cls, pixels: Pixels) -> Self | None:
        """From a drawing, (H, W, 3) RGB; None where its shape cannot be gone by (see `ink`)."""
        mask = ink(pixels)
        if mask is None:
            return None
        scale = min(1.0, _KEPT_SIDE / max(mask.shape))
        size = (max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale)))
        small = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
        flipped = np.ascontiguousarray(small[:, ::-1])
        overlap = np.minimum(small, flipped).sum() / np.maximum(small, flipped).sum()
        ways = ((False, small),) if overlap >= _SYMMETRIC else ((False, small), (True, flipped))
        return cls(
            small,
            tuple(
                template(patch, side=side, angle=turn, mirrored=mirrored)
                for mirrored, drawn in ways
                for turn in TURNS
                for patch, side in _patches(drawn, turn)
            ),
        )

    @cached_property
    def outlines(self) -> tuple[Outline, Outline]:
        """Upright and mirrored."""
        return Outline(self.mask), Outline(np.ascontiguousarray(self.mask[:, ::-1]))

    @cached_property
    def pieces(self) -> tuple[Pieces, Pieces | None]:
        """Upright, and mirrored where that is another shape."""
        flipped = np.ascontiguousarray(self.mask[:, ::-1])
        mirrored = any(one.mirrored for one in self.templates)
        return Pieces.of(self.mask), Pieces.of(flipped) if mirrored else None

    @property
    def has_shape(self) -> bool:
        """Whether its shapes tell where it lies in a picture; where not, the network's templates must."""
        return bool(len(self.pieces[0].looks))

    def to_bytes(self) -> bytes:
        """Arrays alone, in NumPy's own format."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, mask=self.mask, **dump_templates(self.templates))  # type: ignore[arg-type]
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The inverse of `to_bytes`; `CatalogError` where the bytes are anything else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                return cls(kept["mask"], load_templates(kept))
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise CatalogError(
                f"These bytes are no artwork of this version: {error}.", hint="Import the brand kit again."
            ) from error


def _patches(mask: Floats, turn: float) -> list[tuple[Pixels, float]]:
    """A turned mark in both polarities, each with its longer side in the patch's pixels."""
    height, width = mask.shape
    radians = np.deg2rad(turn)
    cosine, sine = abs(np.cos(radians)), abs(np.sin(radians))
    wide, tall = width * cosine + height * sine, width * sine + height * cosine
    grid = grid_for(wide, tall)
    size = (grid.columns * FINE_CELL, grid.rows * FINE_CELL)
    scale = min(size[0] / wide, size[1] / tall) / MARGIN
    rotation = scale * np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    middle = (np.array(size) - 1) / 2 - rotation @ ((np.array([width, height]) - 1) / 2)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.3, 0.45 / scale))
    laid = cv2.warpAffine(soft, np.column_stack([rotation, middle]), size)[..., None]
    return [
        (np.repeat(ground + (shade - ground) * laid, 3, axis=2).astype(np.uint8), scale * max(height, width))
        for shade, ground in _SHADES
    ]
