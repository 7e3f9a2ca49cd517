"""The join misses no near pair and finds no other: against comparing all with all."""

import numpy as np
import pytest

from vision.banding import Band, banded, certain, cheapest
from vision.near_hashes import Reach, band_pairs, near_pairs, table
from vision.union import forest, roots, unite


def by_comparing(hashes, within):
    one, other = np.nonzero(np.bitwise_count(hashes[:, None] ^ hashes[None, :]) <= within)
    return {(int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b}


def as_set(pairs):
    links = [link for ones, others in pairs for link in zip(ones.tolist(), others.tolist(), strict=True)]
    return {tuple(sorted(link)) for link in links}


def clustered(rng, count, most):
    """Hashes `most` bits at most off a few: every distance up to twice that."""
    flips = np.zeros(count, np.uint64)
    for _ in range(most):
        flips |= np.uint64(1) << rng.integers(0, 64, count, dtype=np.uint64)
    return np.unique(rng.integers(0, 2**64, 20, dtype=np.uint64)[rng.integers(0, 20, count)] ^ flips)


def crowded(rng, count):
    """Hashes that agree in 40 bits, as those of pictures on one plain ground do."""
    return np.unique(rng.integers(0, 2**24, count, dtype=np.uint64) << np.uint64(17))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("number", [3, 4, 5, 7, 11])
def test_every_banding_finds_all_pairs_that_it_promises(number, seed):
    hashes = clustered(np.random.default_rng(seed), 500, 9)
    bands = banded(number, certain=10)
    within, numbers = certain(bands), np.arange(len(hashes), dtype=np.uint32)
    found = set()
    for band in bands:
        whole = table(hashes, numbers, band)
        found |= as_set(band_pairs(whole, whole, band, Reach(within, same=True)))
    wanted = by_comparing(hashes, within)
    assert len(wanted) > 100
    assert found == wanted


@pytest.mark.parametrize("crowd", [20, 2**21], ids=["crowds everywhere", "none"])
@pytest.mark.parametrize("make", [lambda rng: clustered(rng, 600, 9), lambda rng: crowded(rng, 600)])
def test_crowds_are_joined_by_their_other_bits_and_stay_exact(make, crowd):
    hashes = make(np.random.default_rng(1))
    numbers = np.arange(len(hashes), dtype=np.uint32)
    found = set()
    for band in banded(4, certain=10):
        whole = table(hashes, numbers, band)
        found |= as_set(band_pairs(whole, whole, band, Reach(10, same=True, crowd=crowd)))
    assert found == by_comparing(hashes, 10)


def test_new_against_all_finds_what_joining_everything_does():
    hashes = clustered(np.random.default_rng(2), 500, 9)
    new = np.arange(300, len(hashes), dtype=np.uint32)
    found = set()
    for band in banded(3, certain=10):
        whole = table(hashes, np.arange(len(hashes), dtype=np.uint32), band)
        left = table(hashes[new], new, band)
        found |= as_set(band_pairs(left, whole, band, Reach(10)))
    wanted = {pair for pair in by_comparing(hashes, 10) if pair[1] >= 300}
    assert {pair for pair in found if pair[0] != pair[1]} == wanted


def test_few_hashes_are_compared_all_with_all():
    hashes = clustered(np.random.default_rng(3), 300, 6)
    assert cheapest(300, 300, certain=10, same=True) == ()
    assert as_set(near_pairs(hashes, within=10)) == by_comparing(hashes, 10)


@pytest.mark.parametrize("number", [0, 12, 65])
def test_bands_that_cannot_be_are_refused(number):
    with pytest.raises(ValueError, match="bands cannot be made"):
        banded(number, certain=10)


def test_a_band_is_looked_up_at_every_value_within_its_radius():
    band = Band(3, 9, 2)
    assert len(set(band.masks())) == band.probes() == 1 + 9 + 36


def test_groups_are_called_by_their_lowest_however_links_come():
    rng = np.random.default_rng(4)
    ones, others = rng.integers(0, 500, (2, 300)).astype(np.uint32)
    names = list(range(500))
    for one, other in zip(ones.tolist(), others.tolist(), strict=True):
        low, high = sorted((names[one], names[other]))
        names = [low if name == high else name for name in names]
    for links in ((ones, others), forest(ones, others)):
        parents = np.arange(500, dtype=np.uint32)
        unite(parents, *links)
        assert roots(parents, np.arange(500, dtype=np.uint32)).tolist() == names
