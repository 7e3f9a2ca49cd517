"""Nothing within the limit is missed, and nothing beyond it is found: against comparing with everything."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.fingerprint import Fingerprint, View, fingerprint_distance
from vision.fingerprint_index import FingerprintIndex, Hit
from vision.lsh import DUPLICATE_DISTANCE, group_near

BASES = [
    Fingerprint(0, 0),
    Fingerprint(2**64 - 1, 2**64 - 1),
    Fingerprint(0x0123456789ABCDEF, 0xF0F0F0F0AAAA5555),
]


@st.composite
def fingerprints(draw: st.DrawFn, most: int) -> Fingerprint:
    """Some bits off a few bases, so that near pairs are common and the limit's edge is reached."""
    base = draw(st.sampled_from(BASES))
    flips = [draw(st.sets(st.integers(0, 63), max_size=most)) for _ in range(2)]
    dhash, phash = (sum(1 << bit for bit in bits) for bits in flips)
    return Fingerprint(base.dhash ^ dhash, base.phash ^ phash)


def view(fingerprint: Fingerprint, name: str = "whole") -> View:
    return View(name, fingerprint)


@settings(deadline=None)
@given(
    filed=st.lists(fingerprints(most=12), max_size=20),
    asked=st.lists(fingerprints(most=12), max_size=4),
    limit=st.integers(0, 64),
)
def test_search_is_what_comparing_with_everything_finds(filed, asked, limit):
    index = FingerprintIndex()
    for number, fingerprint in enumerate(filed):
        index.add(f"key {number % 7}", [view(fingerprint, f"view {number}")])
    hits = index.search([view(fingerprint) for fingerprint in asked], max_distance=limit)
    best: dict[str, int] = {}
    for number, fingerprint in enumerate(filed):
        for query in asked:
            distance = fingerprint_distance(fingerprint, query)
            if distance <= limit:
                best[f"key {number % 7}"] = min(distance, best.get(f"key {number % 7}", 64))
    assert {hit.key: hit.distance for hit in hits} == best
    assert hits == sorted(hits, key=lambda hit: (hit.distance, hit.key))
    for hit in hits:
        named = filed[int(hit.view.removeprefix("view "))]
        assert hit.distance == min(fingerprint_distance(named, query) for query in asked)


@pytest.mark.parametrize(
    ("dhash", "phash", "limit", "found"),
    [
        pytest.param(0xFF, 0, 8, True, id="eight bits of the dHash"),
        pytest.param(0x1FF, 0, 8, False, id="nine bits of the dHash"),
        pytest.param(0, 0xFF, 8, True, id="eight bits of the pHash"),
        pytest.param(0, 0x1FF, 8, False, id="nine bits of the pHash"),
        pytest.param(0xFF, 0xFF, 8, True, id="eight bits of each: the larger counts, not the sum"),
        pytest.param(2**64 - 1, 2**64 - 1, 64, True, id="everything, if asked for"),
    ],
)
def test_the_limit_counts_and_both_hashes_must_agree(dhash, phash, limit, found):
    index = FingerprintIndex()
    index.add("reference", [view(Fingerprint(0, 0))])
    assert bool(index.search([view(Fingerprint(dhash, phash))], max_distance=limit)) is found


def test_the_best_view_of_a_key_is_named_and_keys_may_grow():
    index = FingerprintIndex()
    index.add("empty", [])
    index.add("a", [view(Fingerprint(0b111, 0), "whole"), view(Fingerprint(0b1, 0), "mirror")])
    index.add("b", [view(Fingerprint(0b11, 0))])
    index.add("also empty", [])
    assert index.search([view(Fingerprint(0, 0))]) == [Hit("a", "mirror", 1), Hit("b", "whole", 2)]
    index.add("a", [view(Fingerprint(0, 0), "crop")])
    assert index.search([view(Fingerprint(0, 0))])[0] == Hit("a", "crop", 0)
    assert len(index) == 4


def test_nothing_in_nothing_out():
    assert FingerprintIndex().search([view(Fingerprint(0, 0))]) == []
    index = FingerprintIndex()
    index.add("a", [view(Fingerprint(0, 0))])
    assert index.search([]) == []


def test_an_index_survives_pickle_and_goes_on():
    index = FingerprintIndex()
    index.add("a", [view(Fingerprint(1, 1))])
    assert index.search([view(Fingerprint(1, 1))]) == [Hit("a", "whole", 0)]
    copy = pickle.loads(pickle.dumps(index))
    copy.add("b", [view(Fingerprint(1, 3))])
    assert copy.search([view(Fingerprint(1, 1))]) == [Hit("a", "whole", 0), Hit("b", "whole", 1)]
    assert len(index) == 1


def test_threads_search_while_others_add():
    index = FingerprintIndex()

    def add_then_find(number: int) -> bool:
        mine = Fingerprint(number * 0x9E3779B97F4A7C15 % 2**64, number * 0xC2B2AE3D27D4EB4F % 2**64)
        index.add(str(number), [view(mine)])
        return Hit(str(number), "whole", 0) in index.search([view(mine)])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(add_then_find, range(1, 400)))
    assert len(index) == 399


def bits_apart(one: Fingerprint, other: Fingerprint) -> int:
    return (one.dhash ^ other.dhash).bit_count() + (one.phash ^ other.phash).bit_count()


def pairs(fingerprints):
    return np.array([[it.dhash, it.phash] for it in fingerprints], np.uint64).reshape(-1, 2)


@settings(deadline=None)
@given(seen=st.lists(fingerprints(most=3), max_size=25), limit=st.integers(0, 3))
def test_groups_are_what_comparing_with_every_first_gives(seen, limit):
    expected: list[int] = []
    for number, fingerprint in enumerate(seen):
        firsts = [at for at, group in enumerate(expected) if at == group]
        distance, at = min(((bits_apart(fingerprint, seen[at]), at) for at in firsts), default=(129, -1))
        expected.append(at if distance <= limit else number)
    assert group_near(pairs(seen), max_distance=limit).tolist() == expected


def test_groups_do_not_chain():
    """Each member is near the first of its group, not merely near another member."""
    step = [Fingerprint((1 << DUPLICATE_DISTANCE * n) - 1, 0) for n in range(3)]
    assert group_near(pairs(step)).tolist() == [0, 0, 2]


@pytest.mark.parametrize("limit", [-1, 4])
def test_a_limit_the_bands_cannot_keep_is_refused(limit):
    with pytest.raises(ValueError, match="at most 3"):
        group_near(pairs([]), max_distance=limit)
