"""Groups on disk, day by day: the same as joining everything at once, whatever dies in between."""

import numpy as np
import pytest

from pipelines.near_pictures import NearPictures
from pipelines.near_texts import joined, near_texts
from scoring.errors import SettingsError


def some(seed, count=3000):
    """Clusters, single ones, and a placeholder that a third of all listings show."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**64, 400, dtype=np.uint64)[rng.integers(0, 400, count)]
    for _ in range(6):
        hashes ^= np.uint64(1) << rng.integers(0, 64, count, dtype=np.uint64)
    hashes[::3] = 0xFFFF0000FFFF0000
    return hashes


def by_comparing(hashes, within=10):
    names = np.arange(len(hashes))
    near = np.bitwise_count(hashes[:, None] ^ hashes[None, :]) <= within
    while True:
        lower = np.array([names[row].min() for row in near])
        if np.array_equal(lower, names):
            return names.tolist()
        names = lower


def test_day_by_day_gives_the_groups_of_joining_everything_at_once(tmp_path):
    hashes = some(0)
    pictures = NearPictures(tmp_path, rows=256)
    for day, part in (("mon", hashes[:1800]), ("tue", hashes[1800:2700]), ("wed", hashes[2700:])):
        pictures.add(day, part)
        pictures.add(day, part)  # a day is kept once
        groups = pictures.join().tolist()
    assert groups == by_comparing(hashes)
    assert len(set(groups[::3])) == 1
    assert pictures.join().tolist() == groups


def test_a_run_that_died_goes_on_behind_its_last_shard(tmp_path):
    hashes = some(1)
    pictures = NearPictures(tmp_path, rows=256)
    pictures.add("mon", hashes)
    written = []

    def dies(work, tasks):
        for task in tasks:
            if len(written) == 3:
                raise KeyboardInterrupt
            written.append(task[1:3])
            yield work(task)

    def goes_on(work, tasks):
        tasks = list(tasks)
        assert not {task[1:3] for task in tasks} & set(written)
        written.extend(task[1:3] for task in tasks)
        return map(work, tasks)

    with pytest.raises(KeyboardInterrupt):
        pictures.join(spread=dies)
    assert len(pictures.groups()) == 0
    assert NearPictures(tmp_path, rows=256).join(spread=goes_on).tolist() == by_comparing(hashes)
    assert len(written) == len(set(written)) > 3
    assert not list(tmp_path.glob("join-*"))


def test_more_certainty_than_distance_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="no more certainty"):
        NearPictures(tmp_path, within=5, certainly=7)


STORY = (
    "Genuine leather wallet for men, six card pockets, coin purse, comes in its gift box, ships within a day"
)


@pytest.mark.parametrize(
    ("other", "near", "why"),
    [
        (STORY, True, "the same"),
        (STORY.upper().replace(",", " -"), True, "letters' case and stops do not count"),
        (STORY.replace("a day", "two days"), True, "a word changed"),
        (
            "Wooden toy train with three waggons, painted by hand, for children from three years on",
            False,
            "else",
        ),
    ],
)
def test_texts_that_say_nearly_the_same(other, near, why):
    assert (list(near_texts({3: STORY, 8: other})) == [(8, 3)]) is near, why


def test_short_texts_are_not_alike_by_being_short():
    assert list(near_texts({1: "shoe", 2: "shoe"})) == []


def test_listings_are_joined_by_a_picture_or_a_text():
    groups = np.array([0, 1, 0, 3, 1], np.uint32)
    listings = [[0], [2, 1], [3], [4], []]
    assert joined(listings, groups, [(4, 2)]) == {0: [0, 1, 3], 2: [2, 4]}
