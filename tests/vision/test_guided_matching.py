"""Few matches that agree are believed where what they suppose is there; a wrong supposition finds nothing."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.vision.drawn_pictures import poster
from vision.descriptor_matching import Halves, scratch, similarities
from vision.geometry import GeometryIndex, describe
from vision.geometry_settings import DEFAULT_GEOMETRY
from vision.guided_matching import confirmed
from vision.homography import Place, placed

UNGUIDED = replace(DEFAULT_GEOMETRY, guided_surprise=float("inf"))


def aslant(picture: np.ndarray, squeezed: float) -> np.ndarray:
    """Seen from far to one side, on a wall."""
    height, width = picture.shape[:2]
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    far = 60 + width * squeezed
    seen = [(60, 0), (far, height * 0.12), (far, height * 0.88), (60, height)]
    move = cv2.getPerspectiveTransform(np.float32(corners), np.float32(seen))
    return cv2.warpPerspective(picture, move, (width + 60, height), borderValue=(120, 130, 140))


def index(number: int, settings=DEFAULT_GEOMETRY) -> GeometryIndex:
    known = GeometryIndex(settings=settings)
    known.add("poster", describe(poster(number)))
    return known


@pytest.mark.parametrize(("number", "squeezed"), [(0, 0.36), (3, 0.36), (4, 0.33)])
def test_what_is_seen_from_the_side_is_found_where_few_matches_say(number: int, squeezed: float):
    features = describe(aslant(poster(number), squeezed))
    assert index(number, UNGUIDED).match(features) == [], "too few agree unasked, or this shows nothing"
    (hit,) = index(number).match(features)
    assert hit.inliers == DEFAULT_GEOMETRY.accept, "points that were looked for count no more than that"
    assert np.mean(hit.quad, axis=0) == pytest.approx((0.31, 0.5), abs=0.04)


def test_its_mirror_image_is_found_as_well():
    features = describe(np.ascontiguousarray(aslant(poster(3), 0.36)[:, ::-1]))
    assert index(3, UNGUIDED).match(features) == []
    (hit,) = index(3).match(features)
    assert hit.mirrored


SUPPOSED = [
    (poster(1), np.eye(3), True, "the poster itself, where it is"),
    (poster(1), np.array([[1, 0, 3], [0, 1, -3], [0, 0, 1.0]]), True, "some pixels beside it"),
    (poster(1), np.array([[1, 0, 90], [0, 1, 60], [0, 0, 1.0]]), False, "far beside it"),
    (poster(1), np.array([[0, -1, 383], [1, 0, 0], [0, 0, 1.0]]), False, "turned by a quarter"),
    (poster(2), np.eye(3), False, "another poster of the same style"),
    (np.tile(poster(2, (30, 30)), (10, 10, 1)), np.eye(3), False, "one detail over and over"),
]


@pytest.mark.parametrize(
    ("picture", "matrix", "there", "reason"), SUPPOSED, ids=[reason for *_, reason in SUPPOSED]
)
def test_a_supposed_place_is_confirmed_only_where_it_is(
    picture: np.ndarray, matrix: np.ndarray, there: bool, reason: str
):
    reference, seen = describe(poster(1)).strongest(800), describe(picture)
    room = scratch(len(seen), len(reference))
    halves = Halves.of(seen.descriptors, factor=1), Halves.of(reference.descriptors, factor=0.5)
    known, looked_at = reference.frames.astype(float), seen.frames.astype(float)
    few = Place(inliers=4, cells=2, corners=np.zeros((4, 2)), matrix=matrix, size=reference.size)
    found = confirmed(
        few,
        similarities(*halves, room=room)[0],
        known,
        looked_at,
        settings=DEFAULT_GEOMETRY,
    )
    assert (found is not None) is there, reason
    if found is not None:
        assert found.inliers >= DEFAULT_GEOMETRY.accept
        width, height = reference.size
        assert found.corners == pytest.approx(
            np.array([(0, 0), (width, 0), (width, height), (0, height)]), abs=5
        )


def test_what_lies_along_a_line_is_lettering():
    features = describe(poster(1))
    frames = features.frames.astype(float)
    band = np.abs(frames[:, 1] - 200) < 20
    halves = Halves.of(features.descriptors, factor=1), Halves.of(features.descriptors[band], factor=0.5)
    similar = similarities(*halves, room=scratch(len(frames), int(band.sum())))[0]
    few = Place(inliers=4, cells=2, corners=np.zeros((4, 2)), matrix=np.eye(3), size=features.size)
    limits = DEFAULT_GEOMETRY.guided_spread, DEFAULT_GEOMETRY.guided_breadth
    for (spread, breadth), found in (((0.01, 0.01), True), ((0.01, limits[1]), False), (limits, False)):
        settings = replace(DEFAULT_GEOMETRY, guided_spread=spread, guided_breadth=breadth)
        place = confirmed(few, similar, frames[band], frames, settings=settings)
        assert (place is not None) is found, (spread, breadth)


def test_no_camera_sees_a_thing_inside_out():
    frames = describe(poster(1)).frames.astype(float)
    flipped = np.diag([1.0, -1.0, 1.0])
    assert placed(flipped, frames, frames, size=(384, 384), settings=DEFAULT_GEOMETRY) is None
