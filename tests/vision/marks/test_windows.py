"""The search compares every window with every template, however it lays them out in memory."""

import numpy as np
import pytest

from tests.vision.marks.drawn_marks import arrow, cloth
from vision.marks.artwork import Artwork
from vision.marks.lettering import drawn_lettering
from vision.marks.windows import CHANNELS, Grid, Level, Packed, Template, find, levels


@pytest.mark.parametrize("grid", [Grid(6, 6), Grid(3, 12), Grid(12, 3)])
def test_the_likeliest_place_is_where_the_cosine_is_highest(grid):
    random = np.random.default_rng(1)
    cells = random.normal(size=(14, 17, CHANNELS)).astype(np.float32)
    wanted = random.normal(size=(2, grid.rows * grid.columns * CHANNELS)).astype(np.float32)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    there = [(down, across) for down in range(15 - grid.rows) for across in range(18 - grid.columns)]
    views = [cells[y : y + grid.rows, x : x + grid.columns].ravel() for y, x in there]
    cosines = np.array([wanted @ view / np.linalg.norm(view) for view in views])
    known = {f"{number}": [Template(grid, one, 40.0)] for number, one in enumerate(wanted)}
    found = find([Level(cells, 1.0, 1.0)], known, most=3)
    for number in range(2):
        best = int(cosines[:, number].argmax())
        y, x = there[best]
        [first, *_] = found[f"{number}"]
        assert first.likeness == pytest.approx(cosines[best, number], abs=1e-5)
        assert (first.x, first.y) == ((x + grid.columns / 2) * 8, (y + grid.rows / 2) * 8)


def test_packed_once_or_anew_the_places_are_the_same():
    templates = {"arrow": Artwork.of(arrow()).templates}
    picture = levels(cloth(3), sides=(160, 113))
    assert find(picture, Packed.of(templates), most=4) == find(picture, templates, most=4)


def test_a_place_smaller_than_is_wanted_is_none():
    templates = {"arrow": Artwork.of(arrow()).templates}
    picture = levels(cloth(3), sides=(160, 113))
    sizes = sorted(place.size for place in find(picture, templates, most=50)["arrow"])
    kept = find(picture, templates, most=50, least={"arrow": sizes[-1]})["arrow"]
    assert {place.size for place in kept} == {sizes[-1]}


def test_lettering_is_drawn_the_same_each_time_and_never_twice():
    drawn = drawn_lettering(6)
    assert all(picture.shape == (360, 480, 3) for picture in drawn)
    assert len({picture.tobytes() for picture in drawn}) == 6
    assert all((one == other).all() for one, other in zip(drawn, drawn_lettering(6), strict=True))
    assert all(picture.astype(float).mean(axis=2).std() > 3 for picture in drawn), "something can be seen"
