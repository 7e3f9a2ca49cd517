"""A brand's mark laid on somebody else's picture, as photo editors do it: scenario 6.

The artwork is a mask: 1 where it has ink, 0 where it has none. It is laid on in one of five colours, at 0.18
to 0.38 of the picture's width, up to 20 degrees askew, and saved as JPEG. The colour is one that can be seen
where the mark lies: nobody pastes a white mark on a white shoe. The generator alone decides, so one
seed gives one picture.

    pasted = paste_mark(photograph, mask, np.random.default_rng(7))
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tests.scenarios.modified_copies import BRIGHT, Pixels, reencode

SHARES = (0.18, 0.38)
"""The mark's longer side as a share of the picture's width."""
TURN = 20.0
"""Degrees to either side."""
LEGIBLE = 60.0
"""Euclidean distance in RGB between ink and the mean of the ground; JPEG's own noise stays under 15."""


@dataclass(frozen=True, slots=True)
class PastedMark:
    """A picture with a mark on it, and where."""

    pixels: Pixels
    quad: tuple[tuple[float, float], ...]
    """The artwork's corners, from the top left, clockwise, as fractions of width and height."""
    colour: tuple[int, int, int]


def ink(artwork: Pixels) -> npt.NDArray[np.float32]:
    """The mask of one-colour artwork drawn dark on white, cut to where there is ink."""
    mask = np.asarray(1 - cv2.cvtColor(artwork, cv2.COLOR_RGB2GRAY) / np.float32(255), np.float32)
    rows, columns = np.where(mask.max(axis=1) > 0.5)[0], np.where(mask.max(axis=0) > 0.5)[0]
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def paste_mark(
    photograph: Pixels, mask: npt.NDArray[np.float32], rng: np.random.Generator, *, mirrored: bool = False
) -> PastedMark:
    """Lay a mark on a photograph; `mirrored` turns it left for right first."""
    height, width = photograph.shape[:2]
    drawn = np.ascontiguousarray(mask[:, ::-1]) if mirrored else mask
    tall, wide = drawn.shape
    scale = rng.uniform(*SHARES) * width / max(tall, wide)
    angle = np.deg2rad(rng.uniform(-TURN, TURN))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]]) @ turn.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = np.maximum((width, height) - (high - low), 0)
    at = rng.uniform(0, 1, 2) * room - low
    # INTER_AREA does not reach warpAffine: a mask that shrinks is smoothed first, or its edges crumble.
    smooth = cv2.GaussianBlur(drawn, (0, 0), max(0.3, 0.4 / scale))
    laid = cv2.warpAffine(smooth, np.column_stack([turn, at]), (width, height), flags=cv2.INTER_LINEAR)
    ground = photograph[laid > 0.5].mean(axis=0)
    seen = [colour for colour in BRIGHT if np.linalg.norm(np.subtract(colour, ground)) >= LEGIBLE]
    colour = seen[rng.integers(len(seen))]
    cover = laid[..., None]
    pixels = np.rint(photograph * (1 - cover) + np.array(colour) * cover).astype(np.uint8)
    quad = tuple((float(x / width), float(y / height)) for x, y in corners + at)
    return PastedMark(reencode(pixels, quality=int(rng.integers(60, 95))), quad, colour)
