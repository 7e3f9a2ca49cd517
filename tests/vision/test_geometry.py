"""References are found in copies and nowhere else, the same way every time."""

import pickle

import numpy as np
import pytest

from tests.scenarios.modified_copies import KINDS
from tests.vision.drawn_pictures import poster
from vision.geometry import GeometryIndex, GeometrySettings, describe

EASY = ("crop", "emoji", "grey", "mirror", "padding", "meme_frame", "rotation", "perspective", "pasted")


@pytest.fixture(scope="module")
def index() -> GeometryIndex:
    index = GeometryIndex()
    for seed in range(4):
        index.add(f"poster-{seed}", describe(poster(seed)))
    return index


@pytest.mark.parametrize("kind", EASY)
def test_a_modified_copy_is_found(index: GeometryIndex, kind: str):
    hits = index.match(describe(KINDS[kind](poster(2), np.random.default_rng(3))))
    assert [hit.key for hit in hits] == ["poster-2"]
    assert hits[0].inliers >= 20
    assert hits[0].mirrored is (kind == "mirror")


def test_a_mirror_image_is_matched_as_well_as_the_picture_itself(index: GeometryIndex):
    (straight,) = index.match(describe(poster(2)))
    (flipped,) = index.match(describe(np.ascontiguousarray(poster(2)[:, ::-1])))
    assert flipped.mirrored
    assert flipped.inliers > 0.8 * straight.inliers


def test_the_quad_says_where(index: GeometryIndex):
    scene = np.full((600, 600, 3), 128, np.uint8)
    scene[300:600, 150:450] = poster(1)
    (hit,) = index.match(describe(scene))
    assert np.allclose(hit.quad, [(0.25, 0.5), (0.75, 0.5), (0.75, 1.0), (0.25, 1.0)], atol=0.01)
    assert 2 <= hit.cells <= 36


def test_the_quad_reaches_beyond_a_crop(index: GeometryIndex):
    (hit,) = index.match(describe(np.ascontiguousarray(poster(1)[:, 150:])))
    assert np.allclose(hit.quad, [(-1, 0), (1, 0), (1, 1), (-1, 1)], atol=0.02)


def test_two_references_in_one_picture_are_both_found(index: GeometryIndex):
    pair = np.hstack([poster(0), poster(3)])
    hits = index.match(describe(pair))
    assert {hit.key for hit in hits} == {"poster-0", "poster-3"}
    assert [hit.inliers for hit in hits] == sorted((hit.inliers for hit in hits), reverse=True)


@pytest.mark.parametrize("seed", range(10, 22))
def test_another_picture_of_the_same_style_is_not_found(index: GeometryIndex, seed: int):
    assert index.match(describe(poster(seed))) == []


def test_a_plain_picture_and_an_empty_index_find_nothing(index: GeometryIndex):
    assert index.match(describe(np.zeros((300, 300, 3), np.uint8))) == []
    assert GeometryIndex().match(describe(poster(0))) == []


def test_a_plain_reference_is_never_found(index: GeometryIndex):
    plain = GeometryIndex()
    plain.add("plain", describe(np.full((300, 300, 3), 200, np.uint8)))
    assert plain.match(describe(poster(0))) == []


def test_a_shortlist_changes_nothing_but_what_is_tried(index: GeometryIndex):
    seen = describe(np.hstack([poster(0), poster(3)]))
    every = index.match(seen)
    assert index.match(seen, only={"poster-3", "unheard-of"}) == [
        hit for hit in every if hit.key == "poster-3"
    ]
    assert index.match(seen, only=()) == []


def test_what_is_said_of_one_reference_does_not_depend_on_the_others(index: GeometryIndex):
    seen = describe(KINDS["perspective"](poster(2), np.random.default_rng(0)))
    alone = GeometryIndex()
    alone.add("poster-2", describe(poster(2)))
    assert alone.match(seen) == index.match(seen)


def test_it_survives_pickle_and_gives_the_same_hits(index: GeometryIndex):
    seen = describe(KINDS["pasted"](poster(2), np.random.default_rng(0)))
    copy = pickle.loads(pickle.dumps(index))  # our own bytes
    assert copy.match(seen) == index.match(seen) != []


def test_references_come_and_go():
    index = GeometryIndex()
    index.add("a", describe(poster(0)))
    index.add("a", describe(poster(1)))
    assert len(index) == 1
    assert "a" in index
    assert index.match(describe(poster(0))) == []
    assert [hit.key for hit in index.match(describe(poster(1)))] == ["a"]
    index.remove("a")
    assert "a" not in index
    assert index.match(describe(poster(1))) == []


def test_the_threshold_is_the_fewest_inliers_of_a_hit_unless_more_is_looked_for():
    seen = describe(KINDS["perspective"](poster(2), np.random.default_rng(0)))
    (found,) = _index_with(accept=8).match(seen)
    assert [hit.inliers for hit in _index_with(accept=found.inliers).match(seen)] == [found.inliers]
    assert _index_with(accept=found.inliers + 1).match(seen) == []


def _index_with(*, accept: int) -> GeometryIndex:
    index = GeometryIndex(settings=GeometrySettings(accept=accept, guided_surprise=float("inf")))
    index.add("poster-2", describe(poster(2)))
    return index
