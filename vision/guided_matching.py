"""Whether a reference lies where a few matches say: its keypoints are looked for there, one by one.

A match by itself must be clearly nearer than every other keypoint of the picture. On a package held aslant,
or whose letters repeat, few are. Once a place is supposed, a keypoint needs only to resemble what lies where
it should be, at its size and angle. How often keypoints of these two pictures at those sizes and angles are
alike anywhere says how many would be alike there by chance. Letters of one line are alike whatever it says,
so what is found must not lie along one.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vision.descriptor_matching import Floats
from vision.geometry_settings import GeometrySettings
from vision.homography import Array, Mask, Place, carried, fitted, placed, together
from vision.local_features import NORM

_ROUNDS = 4
"""Of looking and fitting anew: what lies near the first few matches tells where to look farther off."""


class _Pairs(NamedTuple):
    """Rows of the picture's keypoints and of the reference's."""

    picture: npt.NDArray[np.intp]
    reference: npt.NDArray[np.intp]


def confirmed(
    place: Place, similar: Floats, reference: Array, picture: Array, *, settings: GeometrySettings
) -> Place | None:
    """The place, fitted to what was found there, or None where that is no more than chance would give.

    Args:
        place: what a few matches agree on, from `locate`.
        similar: (P, R) inner products of the picture's descriptors with the reference's.
        reference: (R, 4) frames of all of the reference's keypoints.
        picture: (P, 4) frames of all of the picture's.
        settings: how alike is alike, and how unlikely chance must be.
    """
    alike = settings.guided_cosine * NORM**2
    best, least = None, settings.guided_surprise
    for _ in range(_ROUNDS):
        seen = carried(place.matrix, reference)
        there = _there(seen, picture, settings)
        pairs = _mutual(there, similar, alike)
        found = placed(
            place.matrix,
            reference[pairs.reference],
            picture[pairs.picture],
            size=place.size,
            settings=settings,
        )
        if found is None:
            break
        across, along = _deviations(reference[pairs.reference])
        wide = across >= max(settings.guided_spread * max(place.size), settings.guided_breadth * along)
        if found.inliers >= settings.accept and wide:
            chance = _chance(seen, picture, similar >= alike, there, settings)
            surprise = _surprise(found.inliers, len(there.picture), chance)
            if surprise >= least:
                best, least = found, surprise
        matrix = fitted(reference[pairs.reference], picture[pairs.picture])
        if matrix is None:
            break
        place = replace(found, matrix=matrix)
    return best


def _there(reference: Array, picture: Array, settings: GeometrySettings) -> _Pairs:
    """Every pair of one of the picture's and one of the reference's, as carried, that lie together."""
    across = np.abs(picture[:, None, 0] - reference[None, :, 0]) < settings.tolerance
    down = np.abs(picture[:, None, 1] - reference[None, :, 1]) < settings.tolerance
    rows, columns = np.nonzero(across & down)
    kept = together(
        reference[columns],
        picture[rows],
        within=settings.tolerance,
        stretch=settings.guided_stretch,
        turn=settings.guided_turn,
    )
    return _Pairs(rows[kept], columns[kept])


def _mutual(there: _Pairs, similar: Floats, alike: float) -> _Pairs:
    """Those that are alike, and each other's likest there."""
    likeness = similar[there]
    order = np.argsort(-likeness, kind="stable")
    order = order[likeness[order] >= alike]
    pictures, references = (np.unique(side[order], return_index=True)[1] for side in there)
    kept = order[np.intersect1d(pictures, references, assume_unique=True)]
    return _Pairs(there.picture[kept], there.reference[kept])


def _chance(
    reference: Array, picture: Array, alike: Mask, there: _Pairs, settings: GeometrySettings
) -> float:
    """Of all pairs of one size and angle that do not lie together, how many are alike; never quite none."""
    sizes = np.abs(np.log(picture[:, None, 2]) - np.log(reference[None, :, 2]))
    turns = np.exp(1j * picture[:, 3])[:, None] * np.exp(-1j * reference[:, 3])[None]
    same = (sizes < np.log(settings.guided_stretch)) & (turns.real > np.cos(np.deg2rad(settings.guided_turn)))
    same[there] = False
    return float(((same & alike).sum() + 1) / (same.sum() + 2))


def _deviations(frames: Array) -> tuple[float, float]:
    """Pixels: standard deviations of places across the line along which they deviate most; along it."""
    across, along = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(frames[:, :2].T)), 0.0))
    return float(across), float(along)


def _surprise(found: int, pairs: int, chance: float) -> float:
    """Nats: Chernoff's bound on how likely so many of these pairs are alike if `chance` says of each."""
    share = min(found / pairs, 1.0)
    if share <= chance:
        return 0.0
    rest = (1 - share) * np.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return float(pairs * (share * np.log(share / chance) + rest))
