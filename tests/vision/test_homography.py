"""A place is believed where distinct points agree on something that a camera could have seen."""

from dataclasses import replace

import numpy as np
import pytest

from vision.geometry_settings import GeometrySettings
from vision.homography import _plausible_corners, locate

SIZE = (300, 300)
SETTINGS = GeometrySettings()


def spread(count: int, seed: int = 0) -> np.ndarray:
    """Frames all over the reference."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(10, 290, (count, 2))
    return np.column_stack([places, rng.uniform(3, 20, count), rng.uniform(0, 2 * np.pi, count)])


def moved(frames: np.ndarray, *, scale: float = 1.0, degrees: float = 0.0, by: tuple[float, float] = (0, 0)):
    """The frames as another picture shows them."""
    turn = np.deg2rad(degrees)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    places = frames[:, :2] @ spin.T + by
    return np.column_stack([places, frames[:, 2] * scale, frames[:, 3] + turn])


def squeezed(frames: np.ndarray) -> np.ndarray:
    """Every keypoint onto one of three places, as repeated texture is matched."""
    copy = frames.copy()
    copy[:, :2] = np.array([[100, 100], [103, 100], [100, 103]])[np.arange(len(frames)) % 3]
    return copy


def turned_at_random(frames: np.ndarray) -> np.ndarray:
    copy = frames.copy()
    copy[:, 3] = np.random.default_rng(1).uniform(0, 2 * np.pi, len(frames))
    return copy


def sized_at_random(frames: np.ndarray) -> np.ndarray:
    copy = frames.copy()
    copy[:, 2] *= np.exp(np.random.default_rng(1).uniform(-6, 6, len(frames)))
    return copy


def mirrored(frames: np.ndarray) -> np.ndarray:
    copy = frames.copy()
    copy[:, 0] = 300 - copy[:, 0]
    return copy


def bunched(frames: np.ndarray) -> np.ndarray:
    copy = frames.copy()
    copy[:, :2] = 60 + copy[:, :2] / 8
    return copy


FOUND = [
    (moved(spread(40)), "the same place"),
    (moved(spread(40), scale=0.4, degrees=70, by=(200, 50)), "smaller and turned"),
    (moved(spread(40), scale=2.5, degrees=180, by=(900, 900)), "larger and upside down"),
    (moved(spread(40), degrees=-179), "angles compared around the circle"),
]


@pytest.mark.parametrize(("picture", "reason"), FOUND, ids=[reason for _, reason in FOUND])
def test_points_that_agree_are_found(picture: np.ndarray, reason: str):
    place = locate(spread(40), picture, size=SIZE, settings=SETTINGS)
    assert place is not None
    assert place.inliers >= 38  # two of forty may share a spot of three pixels
    corners = np.array([[0, 0, 1, 0], [300, 0, 1, 0], [300, 300, 1, 0], [0, 300, 1, 0]], float)
    # The reference's corners go where the motion that made the picture takes them.
    matrix, *_ = np.linalg.lstsq(np.c_[spread(40)[:, :2], np.ones(40)], picture[:, :2], rcond=None)
    assert np.allclose(place.corners, np.c_[corners[:, :2], np.ones(4)] @ matrix, atol=0.5)


def test_a_perspective_is_followed_to_its_corners():
    quad = np.array([[20, 10], [280, 40], [250, 270], [50, 290]], np.float64)
    matrix = homography_to(quad)
    frames = spread(60)
    place = locate(frames, seen_through(matrix, frames), size=SIZE, settings=SETTINGS)
    assert place is not None
    assert place.inliers >= 55
    assert np.allclose(place.corners, quad, atol=1.0)


def test_most_matches_may_be_wrong():
    frames = spread(100)
    rng = np.random.default_rng(3)
    picture = moved(frames, scale=0.7, degrees=20)
    wrong = rng.permutation(100)[:85]
    picture[wrong] = spread(85, seed=4)
    place = locate(frames, picture, size=SIZE, settings=SETTINGS)
    assert place is not None
    assert 14 <= place.inliers <= 18


REFUSED = [
    (spread(40), spread(40, seed=9), "places at random"),
    (spread(40), squeezed(spread(40)), "many points onto few"),
    (spread(40), turned_at_random(spread(40)), "places agree, angles do not"),
    (spread(40), sized_at_random(spread(40)), "places agree, sizes do not"),
    (spread(40), mirrored(spread(40)), "turned inside out: the mirror image is tried apart"),
    (bunched(spread(40)), bunched(spread(40)), "all in one cell of the reference"),
    (spread(3), spread(3), "fewer than a homography takes"),
    (spread(0), spread(0), "no match at all"),
    (
        np.repeat(spread(1), 20, axis=0),
        np.repeat(spread(1), 20, axis=0),
        "one point twenty times",
    ),
    (spread(40), moved(spread(40), scale=0.08), "too small to have been seen"),
]


@pytest.mark.parametrize(("reference", "picture", "reason"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_no_camera_saw_is_refused(reference: np.ndarray, picture: np.ndarray, reason: str):
    place = locate(reference, picture, size=SIZE, settings=SETTINGS)
    assert place is None or place.inliers < SETTINGS.accept


def test_a_point_seen_twice_counts_once():
    frames = spread(20)
    twice = np.vstack([frames, frames])
    once = locate(frames, moved(frames, scale=0.9), size=SIZE, settings=SETTINGS)
    both = locate(twice, moved(twice, scale=0.9), size=SIZE, settings=SETTINGS)
    assert once is not None
    assert both is not None
    assert once.inliers == both.inliers


PLAUSIBLE = [
    ([[0, 0], [300, 0], [300, 300], [0, 300]], True, "as it is"),
    ([[0, 0], [31, 0], [31, 31], [0, 31]], True, "just over a hundredth of the area"),
    ([[0, 0], [29, 0], [29, 29], [0, 29]], False, "just under a hundredth"),
    ([[0, 0], [1035, 0], [1035, 1035], [0, 1035]], True, "just under twelve times the area"),
    ([[0, 0], [1045, 0], [1045, 1045], [0, 1045]], False, "just over twelve times"),
    ([[0, 0], [300, 0], [300, 39], [0, 39]], True, "sides just under 8:1"),
    ([[0, 0], [300, 0], [300, 36], [0, 36]], False, "sides just over 8:1"),
    ([[0, 0], [300, 0], [100, 100], [0, 300]], False, "not convex"),
    ([[0, 0], [300, 300], [300, 0], [0, 300]], False, "crossed like a bow tie"),
    ([[300, 0], [0, 0], [0, 300], [300, 300]], False, "mirrored"),
]


@pytest.mark.parametrize(("quad", "plausible", "reason"), PLAUSIBLE, ids=[row[2] for row in PLAUSIBLE])
def test_which_quadrilaterals_a_camera_can_see(quad: list[list[int]], plausible: bool, reason: str):
    corners = _plausible_corners(homography_to(np.array(quad, float)), SIZE, SETTINGS)
    assert (corners is not None) is plausible
    if corners is not None:
        assert np.allclose(corners, quad, atol=1e-6)


def test_foreshortening_has_its_limit():
    steep = np.eye(3)
    steep[2, 0] = 6.9 / 300  # the right side 7.9 times as deep as the left
    loose = replace(SETTINGS, sides=1e9, area=(0.0, 1e9))
    assert _plausible_corners(steep, SIZE, loose) is not None
    steep[2, 0] = 7.1 / 300
    assert _plausible_corners(steep, SIZE, loose) is None


def test_the_same_matches_give_the_same_place():
    frames, picture = spread(60), moved(spread(60), scale=0.6, degrees=33)
    picture[:30] = spread(30, seed=8)
    first, second = (locate(frames, picture, size=SIZE, settings=SETTINGS) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.inliers == second.inliers
    assert np.array_equal(first.corners, second.corners)


def homography_to(quad: np.ndarray) -> np.ndarray:
    """The matrix that carries the reference's corners to the quadrilateral's, in closed form."""
    rows = []
    for (x, y), (u, v) in zip([(0, 0), (300, 0), (300, 300), (0, 300)], quad, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return np.append(np.linalg.solve(np.array(rows, float), quad.reshape(-1)), 1.0).reshape(3, 3)


def seen_through(matrix: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """The frames' places exactly, their sizes and angles by small steps."""

    def at(points: np.ndarray) -> np.ndarray:
        images = np.c_[points, np.ones(len(points))] @ matrix.T
        return images[:, :2] / images[:, 2:]

    places = frames[:, :2]
    heading = np.column_stack([np.cos(frames[:, 3]), np.sin(frames[:, 3])])
    ahead = at(places + 0.01 * heading) - at(places)
    aside = at(places + 0.01 * heading[:, ::-1] * [-1, 1]) - at(places)
    growth = np.sqrt(np.abs(ahead[:, 0] * aside[:, 1] - ahead[:, 1] * aside[:, 0])) / 0.01
    return np.column_stack([at(places), frames[:, 2] * growth, np.arctan2(ahead[:, 1], ahead[:, 0])])
