"""Local features: what is kept of a picture, and that bytes bring it back."""

import cv2
import numpy as np
import pytest

from scoring.errors import CatalogError
from tests.vision.drawn_pictures import poster
from vision.geometry_settings import GeometrySettings
from vision.local_features import NORM, LocalFeatures, describe

SIZES = [
    ((100, 50), (300, 150), "enlarged three times at most"),
    ((150, 198), (291, 384), "a thumbnail is enlarged to 384"),
    ((400, 300), (400, 300), "between the two it is left alone"),
    ((1280, 640), (448, 224), "a large one is reduced to 448"),
]


@pytest.mark.parametrize(("shape", "scaled", "reason"), SIZES, ids=[row[2] for row in SIZES])
def test_pictures_are_described_at_a_sensible_size(
    shape: tuple[int, int], scaled: tuple[int, int], reason: str
):
    height, width = scaled
    assert describe(poster(1, shape)).size == (width, height)


def test_features_have_the_promised_form():
    features = describe(poster(1))
    assert len(features) > 100
    assert features.frames.dtype == np.float32
    assert features.frames.shape == (len(features), 4)
    assert features.descriptors.dtype == np.uint8
    norms = np.linalg.norm(features.descriptors.astype(float), axis=1)
    assert np.abs(norms / NORM - 1).max() < 0.02, "a clipped or unnormalised descriptor"


def test_the_cap_keeps_the_strongest_in_the_same_order():
    every = describe(poster(1), settings=GeometrySettings(keypoints=500))
    few = describe(poster(1), settings=GeometrySettings(keypoints=50))
    assert len(few) == 50
    assert np.array_equal(few.frames, every.strongest(50).frames)
    assert np.array_equal(few.descriptors, every.strongest(50).descriptors)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_picture_gives_the_same_features_on_any_number_of_threads(threads: int):
    before = cv2.getNumThreads()
    expected = describe(poster(2)).to_bytes()
    cv2.setNumThreads(threads)
    try:
        assert describe(poster(2)).to_bytes() == expected
    finally:
        cv2.setNumThreads(before)


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.full((200, 200, 3), 240, np.uint8), "nothing to see"),
        (np.zeros((1, 1, 3), np.uint8), "one pixel"),
        (np.zeros((2, 900, 3), np.uint8), "a line"),
    ],
    ids=["plain", "one pixel", "a line"],
)
def test_a_picture_without_detail_has_no_keypoints(pixels: np.ndarray, reason: str):
    features = describe(pixels)
    assert len(features) == 0
    assert features.frames.shape == (0, 4)
    assert LocalFeatures.from_bytes(features.to_bytes()).size == features.size


def test_bytes_bring_the_features_back_exactly():
    features = describe(poster(3))
    data = features.to_bytes()
    assert len(data) == 12 + 144 * len(features)
    back = LocalFeatures.from_bytes(data)
    assert back.size == features.size
    assert np.array_equal(back.frames, features.frames)
    assert np.array_equal(back.descriptors, features.descriptors)


BROKEN = [
    (lambda data: b"", "nothing at all"),
    (lambda data: data[:8], "a part of the header"),
    (lambda data: b"XXXX" + data[4:], "another format"),
    (lambda data: data[:-1], "cut short by a byte"),
    (lambda data: data + b"\0", "a byte too many"),
]


@pytest.mark.parametrize(("damage", "reason"), BROKEN, ids=[reason for _, reason in BROKEN])
def test_bytes_of_anything_else_are_refused_with_advice(damage, reason: str):
    with pytest.raises(CatalogError, match=r"Import the brand kit again"):
        LocalFeatures.from_bytes(damage(describe(poster(3)).to_bytes()))
