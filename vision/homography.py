"""Where a reference lies in a picture, if its matches agree on one place that a camera could have seen.

Every match of two SIFT keypoints names a similarity by itself: their places, diameters and angles. So
no minimal sets are drawn at random. Each match's similarity is put to the vote of all the others, and
those with the most support are refined, first to an affine map, then to a homography. The same matches
always give the same answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vision.geometry_settings import GeometrySettings

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Size = tuple[int, int]

_SCHEDULE = (3.0, 2.0, 1.5, 1.0)
"""Tolerances of the rounds of refinement, as multiples of the last."""

_ENOUGH_FOR_HOMOGRAPHY = 8
"""Inliers from which eight unknowns are fitted instead of an affine map's six: twice the least."""

_APART = 3.0
"""Pixels: keypoints closer than this are one point seen twice (at two scales or angles)."""

_FORE = 0.5
"""Pixels of the step by which a homography's derivative is taken."""

_ALONG_X, _ALONG_Y = np.array([_FORE, 0.0]), np.array([0.0, _FORE])


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A reference found in a picture."""

    inliers: int
    """Distinct points that agree."""
    cells: int
    """Cells of the grid over the reference that hold one."""
    corners: Array
    """(4, 2): the reference's corners in pixels of the picture, from the top left, clockwise."""
    matrix: Array
    """(3, 3): the homography from the reference's pixels to the picture's."""
    size: Size
    """Width and height of the reference in pixels."""


def supported(reference: Array, picture: Array, *, settings: GeometrySettings) -> bool:
    """Whether one match's similarity explains as many as `voters_support`; arguments as for `locate`."""
    if len(reference) < settings.voters_support:
        return False
    support = _agreement(reference, picture, settings).sum(axis=1)
    return bool(support.max() >= settings.voters_support)


def locate(reference: Array, picture: Array, *, size: Size, settings: GeometrySettings) -> Place | None:
    """The best supported plausible place, or None.

    Args:
        reference: (M, 4) frames of the reference's keypoints: x, y, diameter, angle; the most distinct
            matches first.
        picture: (M, 4) frames of the picture's keypoints that they match, row by row.
        size: width and height of the reference in pixels.
        settings: tolerances and limits.
    """
    if len(reference) < settings.support:
        return None
    agree = _agreement(reference, picture, settings)
    support = agree.sum(axis=1)
    tried = 0
    covered = np.zeros(len(reference), dtype=np.bool_)
    best: Place | None = None
    for index in np.argsort(-support, kind="stable"):
        if support[index] < settings.support or tried == settings.hypotheses:
            break
        if covered[index]:
            continue
        tried += 1
        covered |= agree[index]
        place = _refine(agree[index], reference, picture, size=size, settings=settings)
        if place is not None and (best is None or place.inliers > best.inliers):
            best = place
        if best is not None and best.inliers >= settings.clear:
            break
    return best


def _agreement(reference: Array, picture: Array, settings: GeometrySettings) -> Mask:
    """(V, M): whether the similarity that the row's match names also explains the column's match."""
    named = slice(0, settings.voters)
    source = reference[:, 0] + 1j * reference[:, 1]
    target = picture[:, 0] + 1j * picture[:, 1]
    stretch = np.log(picture[:, 2] / reference[:, 2])
    turn = np.exp(1j * (picture[:, 3] - reference[:, 3]))
    moved = (np.exp(stretch[named]) * turn[named])[:, None] * (source - source[named, None])
    away = target - target[named, None]
    near = np.abs(moved - away) < settings.slack + settings.slack_share * np.abs(away)
    alike = np.abs(stretch - stretch[named, None]) < np.log(settings.stretch)
    parallel = (turn * turn[named, None].conj()).real > np.cos(np.deg2rad(settings.turn))
    return np.asarray(near & alike & parallel, dtype=np.bool_)


def _refine(
    agree: Mask, reference: Array, picture: Array, *, size: Size, settings: GeometrySettings
) -> Place | None:
    inliers = agree
    matrix: Array | None = None
    for number, multiple in enumerate(_SCHEDULE):
        matrix = fitted(reference[inliers], picture[inliers], affine=number < 2)
        if matrix is None:
            return None
        inliers = together(
            carried(matrix, reference),
            picture,
            within=settings.tolerance * multiple,
            stretch=settings.stretch,
            turn=settings.turn,
        )
        if inliers.sum() < settings.support:
            return None
    if matrix is None:
        return None
    return placed(matrix, reference[inliers], picture[inliers], size=size, settings=settings)


def placed(
    matrix: Array, reference: Array, picture: Array, *, size: Size, settings: GeometrySettings
) -> Place | None:
    """What the homography that (M, 4) frames of both agree on says, or None where no camera sees it so."""
    corners = _plausible_corners(matrix, size, settings)
    if corners is None:
        return None
    found = min(_distinct(reference[:, :2]), _distinct(picture[:, :2]))
    cells = _cells(reference[:, :2], size, settings.grid)
    return Place(found, cells, corners, matrix, size) if cells >= settings.cells else None


def fitted(reference: Array, picture: Array, *, affine: bool = False) -> Array | None:
    """The (3, 3) map of the places of M frames by least squares: a homography only where there are enough."""
    fit = _affine if affine or len(reference) < _ENOUGH_FOR_HOMOGRAPHY else _homography
    return fit(reference[:, :2], picture[:, :2])


def _affine(source: Array, target: Array) -> Array | None:
    solution, _, rank, _ = np.linalg.lstsq(_homogeneous(source), target, rcond=None)
    if rank < 3:
        return None
    return np.vstack([solution.T, [0.0, 0.0, 1.0]])


def _homography(source: Array, target: Array) -> Array | None:
    """Least squares over all points, in coordinates normalised as in Hartley, 1997."""
    a, shrink = _normalised(source)
    b, grow = _normalised(target)
    x, zero = _homogeneous(a), np.zeros((len(a), 3))
    system = np.vstack([np.hstack([x, zero, -b[:, :1] * x]), np.hstack([zero, x, -b[:, 1:] * x])])
    flat = np.linalg.svd(system, full_matrices=False)[2][-1]
    matrix = np.linalg.inv(grow) @ flat.reshape(3, 3) @ shrink
    return None if abs(matrix[2, 2]) < 1e-9 else np.asarray(matrix / matrix[2, 2])


def _normalised(points: Array) -> tuple[Array, Array]:
    middle = points.mean(axis=0)
    scale = np.sqrt(2) / max(float(np.hypot(*(points - middle).T).mean()), 1e-9)
    transform = np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1.0]])
    return (points - middle) * scale, transform


def _homogeneous(points: Array) -> Array:
    return np.hstack([points, np.ones((len(points), 1))])


def _project(matrix: Array, points: Array) -> tuple[Array, Array]:
    """(N, 2) images and (N,) depths; a depth that is not positive lies behind the camera."""
    images = _homogeneous(points) @ matrix.T
    depth = images[:, 2]
    return images[:, :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)[:, None], depth


def carried(matrix: Array, reference: Array) -> Array:
    """(N, 4) frames as the homography shows them; of what lies behind the camera or inside out, nan."""
    points = reference[:, :2]
    images, depth = _project(matrix, points)
    along_x = (_project(matrix, points + _ALONG_X)[0] - images) / _FORE
    along_y = (_project(matrix, points + _ALONG_Y)[0] - images) / _FORE
    determinant = along_x[:, 0] * along_y[:, 1] - along_x[:, 1] * along_y[:, 0]
    angle = reference[:, 3:]
    heading = along_x * np.cos(angle) + along_y * np.sin(angle)
    frames = np.column_stack(
        [
            images,
            reference[:, 2] * np.sqrt(np.maximum(determinant, 1e-6)),
            np.arctan2(heading[:, 1], heading[:, 0]),
        ]
    )
    frames[(depth <= 0) | (determinant <= 1e-6)] = np.nan
    return frames


def together(one: Array, other: Array, *, within: float, stretch: float, turn: float) -> Mask:
    """Which rows of two (N, 4) frames lie so near, are of such alike sizes and point so alike."""
    near = np.hypot(*(one[:, :2] - other[:, :2]).T) < within
    sizes = np.abs(np.log(other[:, 2] / one[:, 2])) < np.log(stretch)
    parallel = np.cos(other[:, 3] - one[:, 3]) > np.cos(np.deg2rad(turn))
    return np.asarray(near & sizes & parallel, dtype=np.bool_)


def _plausible_corners(matrix: Array, size: Size, settings: GeometrySettings) -> Array | None:
    """The reference's corners in the picture, or None for what no camera sees of a flat thing."""
    width, height = size
    corners, depth = _project(matrix, np.array([[0, 0], [width, 0], [width, height], [0, height]], float))
    if depth.min() <= 0 or depth.max() > settings.foreshortening * depth.min():
        return None
    ahead = np.roll(corners, -1, axis=0)
    lengths = np.hypot(*(ahead - corners).T)
    if lengths.max() > settings.sides * lengths.min():
        return None
    # With every corner before the camera the quadrilateral is convex; inside out, its area is negative.
    area = 0.5 * float((corners[:, 0] * ahead[:, 1] - ahead[:, 0] * corners[:, 1]).sum()) / (width * height)
    return corners if settings.area[0] <= area <= settings.area[1] else None


def _distinct(points: Array) -> int:
    return len(np.unique(np.floor(points / _APART), axis=0))


def _cells(points: Array, size: Size, grid: int) -> int:
    cells = np.clip(np.floor(points / size * grid), 0, grid - 1)
    return len(np.unique(cells, axis=0))
