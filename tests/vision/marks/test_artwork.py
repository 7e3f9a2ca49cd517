"""Artwork is found where it was pasted, whichever way round, and nowhere else."""

import numpy as np
import pytest

from scoring.errors import CatalogError
from tests.scenarios.composited_marks import ink as mask_of
from tests.scenarios.composited_marks import paste_mark
from tests.vision.marks.drawn_marks import arrow, cloth
from vision.marks import Artwork, BuiltIn, MarkIndex
from vision.marks.artwork import ink


@pytest.fixture(scope="module")
def index():
    return MarkIndex(artworks={"arrow": Artwork.of(arrow())})


def embedder(_: str) -> BuiltIn:
    return BuiltIn()


def pasted(seed: int, *, mirrored: bool = False):
    return paste_mark(cloth(seed), mask_of(arrow()), np.random.default_rng(seed), mirrored=mirrored)


@pytest.mark.parametrize("seed", range(3))
def test_a_pasted_mark_is_found_in_its_place(index, seed):
    there = pasted(seed)
    [hit] = index.find(there.pixels, embedder)
    assert (hit.key, hit.mirrored, hit.partial) == ("arrow", False, False)
    assert hit.probability >= 0.9
    assert np.abs(np.subtract(hit.quad, there.quad)).max() < 0.03


def test_a_mirrored_mark_is_found_and_called_so(index):
    [hit] = index.find(pasted(1, mirrored=True).pixels, embedder)
    assert hit.mirrored


def test_a_mark_cut_by_the_edge_is_in_part(index):
    there = pasted(2)
    left = min(x for x, _ in there.quad) * there.pixels.shape[1]
    width = (max(x for x, _ in there.quad) - min(x for x, _ in there.quad)) * there.pixels.shape[1]
    [hit] = index.find(there.pixels[:, int(left + 0.2 * width) :], embedder)
    assert hit.partial


def test_artwork_whose_shapes_tell_a_pose_needs_no_templates():
    bare = Artwork(Artwork.of(arrow()).mask, templates=())
    [hit] = MarkIndex(artworks={"arrow": bare}).find(pasted(0).pixels, embedder)
    assert hit.probability >= 0.9


def dots():
    """So many and so small that none tells a pose."""
    drawn = np.full((256, 256, 3), 255, np.uint8)
    for x, y in np.random.default_rng(4).permutation([(x, y) for x in range(5) for y in range(5)])[:14]:
        drawn[20 + 50 * y : 32 + 50 * y, 20 + 50 * x : 32 + 50 * x] = 0
    return drawn


def test_artwork_without_such_a_shape_is_found_by_its_templates():
    artwork = Artwork.of(dots())
    picture = paste_mark(cloth(0), mask_of(dots()), np.random.default_rng(0)).pixels
    assert not artwork.has_shape
    assert [hit.key for hit in MarkIndex(artworks={"dots": artwork}).find(picture, embedder)] == ["dots"]
    assert MarkIndex(artworks={"dots": Artwork(artwork.mask, ())}).find(picture, embedder) == []


@pytest.mark.parametrize("seed", [10, 11])
def test_cloth_without_it_bears_no_mark(index, seed):
    assert index.find(cloth(seed), embedder) == []


def test_what_is_found_does_not_depend_on_the_company(index):
    other = np.full((200, 200, 3), 255, np.uint8)
    other[40:160, 60:80] = other[90:110, 20:180] = 0
    both = MarkIndex(artworks={**index.artworks, "cross": Artwork.of(other)})
    picture = pasted(0).pixels
    assert [hit for hit in both.find(picture, embedder) if hit.key == "arrow"] == index.find(
        picture, embedder
    )


def test_artwork_survives_being_kept():
    artwork = Artwork.of(arrow())
    again = Artwork.from_bytes(artwork.to_bytes())
    assert len(again.templates) == len(artwork.templates) == 12  # three turns, two shades, two ways round
    for one, other in zip(artwork.templates, again.templates, strict=True):
        assert (one.grid, one.angle, one.mirrored) == (other.grid, other.angle, other.mirrored)
        np.testing.assert_array_equal(one.cells, other.cells)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", Artwork.of(arrow()).to_bytes()[:-40]], ids=["none", "zip", "cut"]
)
def test_other_bytes_are_no_artwork(data):
    with pytest.raises(CatalogError, match="no artwork"):
        Artwork.from_bytes(data)


def two_colours():
    drawn = np.full((100, 100, 3), 255, np.uint8)
    drawn[10:90, 10:50], drawn[10:90, 50:90] = (200, 0, 0), (0, 0, 200)
    return drawn


def square():
    drawn = np.full((100, 100, 3), 255, np.uint8)
    drawn[20:80, 20:80] = 0
    return drawn


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        (np.full((60, 60, 3), 255, np.uint8), "nothing is drawn"),
        (two_colours(), "two colours have no one outline"),
        (square(), "a plain rectangle is on every package"),
    ],
)
def test_artwork_without_a_shape_of_its_own(drawn, reason):
    assert ink(drawn) is None, reason


def test_the_blurred_rim_of_a_tile_is_no_ground():
    tile = np.full((400, 400, 3), 140, np.uint8)
    tile[1:399, 1:399] = 10
    tile[120:280, 160:240] = tile[160:200, 80:320] = 250
    drawn = ink(tile)
    assert drawn is not None
    assert drawn.mean() < 0.5, "the cross is ink, not all of the tile"


def test_light_on_dark_is_the_same_shape():
    np.testing.assert_allclose(ink(arrow()), ink(255 - arrow()), atol=0.02)
