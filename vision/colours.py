"""The colours of the thing that a picture shows, and what they would be in whiter light.

The thing is what is not like the picture's rim; what lies in the middle counts more. No model is
asked: a rough split is enough for shares of colours, and it is the same on every machine.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

_SIDE = 96
"""Long side, pixels, at which colours are counted."""
_RIM = 0.04
"""Of the long side: how wide the rim is that shows the background."""
_LIKE_RIM = 14.0
"""Distance in L*a*b* within which a pixel has the background's colour."""
_RIM_SHARE = 0.15
"""Of the rim: a colour there is the background's only where it takes up this much."""
_LEAST = 0.08
"""Of the picture: a smaller rest is no thing, and then the whole picture is looked at."""
_APART = 14.0
"""Distance in L*a*b* within which pixels count as one colour: shading spreads a print about that far."""
_MOST = 6
_SMALLEST = 0.03

Pixels = npt.NDArray[np.uint8]
_Floats = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DominantColour:
    """A colour and how much of the thing has it."""

    hex: str
    """sRGB, `#rrggbb`."""
    share: float
    """Of the thing's area, the middle counting more; 0 to 1."""
    light: str
    """Whose white it was seen by: the picture's own (`own`), or with a cast taken away (`white patch`)."""


def dominant_colours(pixels: Pixels) -> tuple[DominantColour, ...]:
    """Up to six colours of the thing in a picture, (H, W, 3) uint8 RGB, in each of two lights.

    Deterministic: pixels are visited in a fixed order, and nothing is drawn at random.
    """
    small = _shrunk(pixels)
    weights = _thing(_lab(small))
    found: list[DominantColour] = []
    for light, gains in _lights(small).items():
        seen = np.clip(small * gains, 0, 1).astype(np.float32)
        found += (
            DominantColour(hex=hex_, share=round(share, 4), light=light)
            for hex_, share in _counted(seen, weights)
        )
    return tuple(found)


def _shrunk(pixels: Pixels) -> _Floats:
    height, width = pixels.shape[:2]
    factor = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _lab(rgb: _Floats) -> _Floats:
    converted: _Floats = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    return converted


def _thing(lab: _Floats) -> _Floats:
    """How much each pixel belongs to the thing, (H, W), 0 to 1."""
    height, width = lab.shape[:2]
    rim = np.ones((height, width), bool)
    edge = max(1, round(_RIM * max(height, width)))
    rim[edge:-edge, edge:-edge] = False
    around = lab[rim]
    like = np.zeros((height, width), bool)
    for colour, share in _groups(around, np.ones(len(around), np.float32), _LIKE_RIM):
        if share >= _RIM_SHARE:
            like |= ((lab - colour) ** 2).sum(-1) < _LIKE_RIM**2
    count, labels = cv2.connectedComponents(like.astype(np.uint8), connectivity=4)
    reaching = np.zeros(count, bool)
    reaching[np.unique(labels[rim & like])] = True
    thing = ~(like & reaching[labels])
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    middle = np.exp(-(x**2 + y**2)).astype(np.float32)
    if thing.mean() < _LEAST:
        thing[:] = True
    weights: _Floats = middle * thing
    return weights


def _lights(rgb: _Floats) -> dict[str, _Floats]:
    """Gains of the three channels by whose white the picture is seen.

    Making the brightest parts white found a package's colour in as many photos taken in warm and cool
    light as in plain ones (24, 23 and 26 %), its own light in 7, 12 and 14. Grey world added nothing.
    """
    bright = np.percentile(rgb.reshape(-1, 3), 97, axis=0).astype(np.float32) + 1e-4
    return {
        "own": np.ones(3, np.float32),
        "white patch": np.clip(0.97 / bright, 0.8, 1.8).astype(np.float32),
    }


def _counted(rgb: _Floats, weights: _Floats) -> list[tuple[str, float]]:
    lab = _lab(rgb).reshape(-1, 3)
    colours = [
        (_hex(colour), share) for colour, share in _groups(lab, weights.ravel(), _APART) if share >= _SMALLEST
    ]
    return colours[:_MOST]


def _groups(lab: _Floats, weights: _Floats, radius: float) -> list[tuple[_Floats, float]]:
    """The commonest colour, then the commonest of the rest, and so on, with their shares."""
    total = float(weights.sum())
    bins = np.floor(lab / (radius / 2)).astype(np.int64)
    keys = (bins[:, 0] * 4096 + bins[:, 1] + 64) * 4096 + bins[:, 2] + 64
    left = weights.astype(np.float64).copy()
    groups: list[tuple[_Floats, float]] = []
    values, inverse = np.unique(keys, return_inverse=True)
    while len(groups) < _MOST and left.sum() > _SMALLEST * total:
        heaviest = int(np.bincount(inverse, left, len(values)).argmax())
        chosen = inverse == heaviest
        colour = np.average(lab[chosen], axis=0, weights=left[chosen])
        for _ in range(2):
            near = (((lab - colour) ** 2).sum(1) < radius**2) & (left > 0)
            colour = np.average(lab[near], axis=0, weights=left[near])
        near = (((lab - colour) ** 2).sum(1) < radius**2) & (left > 0)
        share = float(left[near].sum()) / total
        left[near | chosen] = 0.0
        groups.append((colour.astype(np.float32), share))
    return sorted(groups, key=lambda group: -group[1])


def _hex(lab: _Floats) -> str:
    rgb = cv2.cvtColor(lab.reshape(1, 1, 3), cv2.COLOR_LAB2RGB).ravel()
    return "#" + "".join(f"{round(float(np.clip(value, 0, 1)) * 255):02x}" for value in rgb)
