"""Of many references the right ones are looked at, whoever asks, in whatever order they were added."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from tests.scenarios.modified_copies import KINDS
from tests.vision.drawn_pictures import poster
from vision.geometry import GeometryIndex, LocalFeatures, describe
from vision.geometry_settings import DEFAULT_GEOMETRY
from vision.shortlist import DEFAULT_SHORTLIST, Shortlist, ShortlistSettings
from vision.visual_words import visual_words

MANY = 60
FEW = replace(DEFAULT_SHORTLIST, length=5, exact_up_to=10)


@pytest.fixture(scope="module")
def references() -> list[LocalFeatures]:
    return [describe(poster(seed)) for seed in range(MANY)]


@pytest.fixture(scope="module")
def shortlist(references) -> Shortlist:
    return _of(references)


def _of(references, settings: ShortlistSettings = FEW, *, order=None) -> Shortlist:
    made = Shortlist(settings=settings)
    for number in range(len(references)) if order is None else order:
        made.add(str(number), references[number])
    return made


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_modified_copy_brings_its_reference_up_first(shortlist, kind):
    seen = describe(KINDS[kind](poster(7), np.random.default_rng(3)))
    named = shortlist.nearest(seen)
    assert named[0] == "7"
    assert len(named) == FEW.length


def test_every_reference_in_the_picture_is_named(shortlist):
    pair = describe(np.hstack([poster(3), np.ascontiguousarray(poster(12)[:, ::-1])]))
    assert set(shortlist.nearest(pair)[:2]) == {"3", "12"}


def test_votes_count_together_only_where_they_agree(references):
    """The same keypoints, each turned and scaled at random, are outvoted by fewer that agree."""
    seen, rng = references[0], np.random.default_rng(0)
    frames = seen.frames.copy()
    frames[:, 2] *= np.exp2(rng.uniform(-3, 3, len(frames)))
    frames[:, 3] = rng.uniform(0, 2 * np.pi, len(frames))
    third = LocalFeatures(seen.frames[::3], seen.descriptors[::3], seen.size)
    made = Shortlist(settings=FEW)
    made.add("all, at odds", LocalFeatures(frames, seen.descriptors, seen.size))
    made.add("a third, at one", third)
    assert made.nearest(seen) == ["a third, at one", "all, at odds"]


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (range(MANY - 1, -1, -1), "backwards"),
        (np.random.default_rng(1).permutation(MANY).tolist(), "in any order"),
    ],
)
def test_the_order_of_adding_does_not_matter(references, shortlist, order, reason):
    seen = describe(KINDS["pasted"](poster(7), np.random.default_rng(3)))
    assert _of(references, order=order).nearest(seen) == shortlist.nearest(seen), reason


def test_references_that_come_and_go_between_searches_leave_no_trace(references, shortlist):
    seen = describe(KINDS["pasted"](poster(7), np.random.default_rng(3)))
    made = _of(references[:20])
    made.add("5", references[30])
    made.nearest(seen)
    made.remove("7")
    assert "7" not in made.nearest(seen)
    for number in (*range(7, MANY), 5):
        made.add(str(number), references[number])
    assert made.nearest(seen) == shortlist.nearest(seen)
    made.remove("7")
    assert "7" not in made.nearest(seen)


def test_it_survives_pickle(shortlist):
    seen = describe(KINDS["crop"](poster(7), np.random.default_rng(3)))
    again = pickle.loads(pickle.dumps(shortlist))  # our own bytes
    assert again.nearest(seen) == shortlist.nearest(seen)
    again.remove("7")
    assert "7" not in again.nearest(seen)


def test_words_that_everybody_has_are_not_looked_up(references):
    seen = references[0]
    crowd = replace(FEW, crowded=MANY)
    assert _of([seen] * MANY, crowd).nearest(seen)
    assert _of([seen] * (MANY + 1), crowd).nearest(seen) == []


def test_a_plain_picture_and_an_empty_shortlist_name_nobody(shortlist, references):
    assert shortlist.nearest(describe(np.full((300, 300, 3), 90, np.uint8))) == []
    assert Shortlist().nearest(references[0]) == []


def test_words_and_signatures_do_not_depend_on_the_batch(references):
    descriptors = references[0].descriptors
    words = visual_words().words(descriptors, nearest=4)
    signatures = visual_words().signatures(descriptors, words)
    for row in (0, len(descriptors) // 2, len(descriptors) - 1):
        alone = visual_words().words(descriptors[row : row + 1], nearest=4)
        assert alone.tolist() == words[row : row + 1].tolist()
        assert (
            visual_words().signatures(descriptors[row : row + 1], alone).tolist()
            == signatures[row : row + 1].tolist()
        )
    own = visual_words().words(descriptors)
    assert (words == own).any(axis=1).all(), "the nearest word is among the nearest four"


@pytest.mark.parametrize(
    ("exact_up_to", "found", "reason"),
    [(MANY, 2, "so many are all looked at"), (MANY - 1, 1, "one more, and only the shortlist's one is")],
)
def test_a_shortlist_is_made_only_beyond_what_is_cheap(references, exact_up_to, found, reason):
    index = GeometryIndex(shortlist=replace(FEW, length=1, exact_up_to=exact_up_to))
    for number, features in enumerate(references):
        index.add(str(number), features)
    assert len(index.match(describe(np.hstack([poster(3), poster(12)])))) == found, reason


@pytest.mark.parametrize(
    ("needed", "found", "reason"),
    [
        (DEFAULT_GEOMETRY.voters_support, ["7"], "a mirrored copy's votes agree on one place"),
        (1000, [], "so many can never agree: it is not looked at, though geometry would find it"),
    ],
)
def test_a_reference_is_looked_at_in_full_only_where_its_votes_agree(references, needed, found, reason):
    settings = replace(DEFAULT_GEOMETRY, voters_support=needed)
    index = GeometryIndex(settings=settings, shortlist=FEW)
    for number, features in enumerate(references):
        index.add(str(number), features)
    seen = describe(KINDS["mirror"](poster(7), np.random.default_rng(3)))
    assert [it.key for it in index.match(seen)] == found, reason
    assert [it.key for it in index.match(seen, only=["7"])] == ["7"], "who names it has it looked at"


def test_what_is_found_is_what_comparing_with_all_finds(references):
    short = GeometryIndex(shortlist=FEW)
    full = GeometryIndex(shortlist=replace(FEW, exact_up_to=MANY))
    for number, features in enumerate(references):
        short.add(str(number), features)
        full.add(str(number), features)
    carried = pickle.loads(pickle.dumps(short))  # as workers and replicas get it
    for kind in ("crop", "mirror", "pasted"):
        seen = describe(KINDS[kind](poster(9), np.random.default_rng(1)))
        assert full.match(seen) == short.match(seen) == carried.match(seen) != []
