"""All pairs of 64-bit hashes within some bits of each other: sorted tables, exact distances, no pair missed.

A table is sorted by its band, so the hashes with one value of it lie side by side; flipping some of the
band's bits in a sorted table's keys visits the table nearly in order, which is what makes it quick. Memory
is the tables (12 bytes a hash, and they may be memory-mapped) and some megabytes of candidates.

Hashes crowd: in a band on a plain background thousands agree. Where two crowds meet, they are not
compared one by one but joined again by the other bits, with the distance that is left: still exact, and
only pairs that agree nearly everywhere are quadratic. Equal hashes are the caller's to collapse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vision.banding import Band, cheapest

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int64]
Pairs = tuple[Numbers, Numbers]

_ROWS = 2**14
"""Hashes looked up at once: with what they bring up, about what a core's cache holds."""
_CANDIDATES = 2**18
"""Candidates compared at once."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a join looks for."""

    within: int
    """The most differing bits."""
    same: bool = False
    """Whether a table is joined with itself: each pair then comes once, and nothing with itself."""
    bits: int = 64
    """How many of the highest bits are a hash; the others are 0."""
    crowd: int = 2**21
    """Pairs between two values of a band from which on they are joined by their other bits."""


@dataclass(frozen=True, slots=True)
class Table:
    """Hashes in the order of one band, each turned until the band lies in its highest bits."""

    turned: Hashes
    numbers: Numbers
    """What the caller calls each of them."""
    offsets: Offsets
    """Where each value of the band begins, and the end."""


def turned(hashes: Hashes, band: Band) -> Hashes:
    """The hashes, rotated until the band lies in their highest bits."""
    if not band.start:
        return hashes
    return (hashes << np.uint64(band.start)) | (hashes >> np.uint64(64 - band.start))


def keys(those: Hashes, band: Band) -> npt.NDArray[np.int64]:
    """The band's values of turned hashes."""
    return (those >> np.uint64(64 - band.width)).astype(np.int64)


def table(hashes: Hashes, numbers: Numbers, band: Band) -> Table:
    """The table of a band, in memory."""
    those = turned(hashes, band)
    order = np.argsort(those, kind="stable")
    those = those[order]
    counts = np.bincount(keys(those, band), minlength=1 << band.width)
    return Table(those, numbers[order], np.concatenate([[0], np.cumsum(counts)]))


def near_pairs(hashes: Hashes, *, within: int) -> Iterator[Pairs]:
    """The places of all pairs of distinct hashes within so many bits, in memory; some come twice."""
    numbers = np.arange(len(hashes), dtype=np.uint32)
    yield from _joined((hashes, numbers), (hashes, numbers), Reach(within, same=True))


def band_pairs(left: Table, right: Table, band: Band, reach: Reach) -> Iterator[Pairs]:
    """The numbers of all pairs that meet in one band and are within reach.

    `left` may be a part of the right table, cut between two values of the band.
    """
    masks = list(band.masks())
    begin = 0
    while begin < len(left.turned):
        end = _portion(left.turned, begin, band)
        part = Table(left.turned[begin:end], left.numbers[begin:end], left.offsets)
        yield from _portion_pairs(part, right, band, reach, masks)
        begin = end


def _portion(those: Hashes, begin: int, band: Band) -> int:
    """Where a part of a sorted table ends that no value of the band straddles."""
    end = min(begin + _ROWS, len(those))
    last = int(those[end - 1]) | ((1 << (64 - band.width)) - 1)
    return int(np.searchsorted(those, np.uint64(last), side="right"))


def _portion_pairs(
    left: Table, right: Table, band: Band, reach: Reach, masks: Sequence[int]
) -> Iterator[Pairs]:
    values = keys(left.turned, band)
    every = np.arange(len(values))
    # Of a pair that differs in these bits, the one without the highest of them asks.
    asking = [np.flatnonzero((values >> bit) & 1 == 0) if reach.same else every for bit in range(band.width)]
    for mask in masks:
        rows = asking[mask.bit_length() - 1] if mask else every
        asked = values[rows] ^ mask
        starts = right.offsets[asked]
        ends = right.offsets[asked + 1]
        if reach.same and not mask:
            starts = right.offsets[values[0]] + every + 1
        counts = ends - starts
        met = np.flatnonzero(counts)
        if not len(met):
            continue
        rows, starts, counts = rows[met], starts[met], counts[met]
        if int(counts.max()) * len(values) >= reach.crowd:
            crowded = _crowded(values[rows], counts, reach.crowd)
            for value in np.unique(values[rows[crowded]]).tolist():
                yield from _by_other_bits(left, right, band, (value, mask), reach)
            rows, starts, counts = rows[~crowded], starts[~crowded], counts[~crowded]
        for one, other in _compared(left.turned[rows], starts, counts, right.turned, reach.within):
            yield left.numbers[rows[one]], right.numbers[other]


def _crowded(values: Offsets, counts: Offsets, crowd: int) -> npt.NDArray[np.bool_]:
    """Which rows' values meet too many candidates together; rows come sorted by value."""
    firsts = np.flatnonzero(np.diff(values, prepend=-1))
    totals = np.add.reduceat(counts, firsts)
    return np.repeat(totals >= crowd, np.diff(firsts, append=len(values)))


def _compared(
    lefts: Hashes, starts: Offsets, counts: Offsets, rights: Hashes, within: int
) -> Iterator[tuple[Offsets, Offsets]]:
    """(row of `lefts`, place in `rights`) of the candidates that are near enough."""
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(ends):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _CANDIDATES, side="right")))
        part = counts[begin:end]
        upto = ends[begin:end] - done
        places = np.arange(int(upto[-1]))
        places += np.repeat(starts[begin:end] - (upto - part), part)
        differing = np.repeat(lefts[begin:end], part)
        differing ^= rights[places]
        near = np.flatnonzero(np.bitwise_count(differing) <= within)
        if len(near):
            yield begin + np.searchsorted(upto, near, side="right"), places[near]
        begin = end


def _by_other_bits(
    left: Table, right: Table, band: Band, met: tuple[int, int], reach: Reach
) -> Iterator[Pairs]:
    """The pairs of two crowds, a value's and a mask's away, joined by the bits outside the band."""
    value, mask = met
    own = keys(left.turned, band) == value
    crowd = slice(int(right.offsets[value ^ mask]), int(right.offsets[(value ^ mask) + 1]))
    yield from _joined(
        (_others(left.turned[own], band), left.numbers[own]),
        (_others(right.turned[crowd], band), right.numbers[crowd]),
        replace(
            reach,
            within=reach.within - mask.bit_count(),
            bits=reach.bits - band.width,
            same=reach.same and not mask,
        ),
    )


def _others(those: Hashes, band: Band) -> Hashes:
    """Turned hashes without the band: the bits before it, then those behind it, at the highest places."""
    if not band.start:
        return those << np.uint64(band.width)
    before = those & np.uint64((1 << band.start) - 1)
    behind = (those ^ before) << np.uint64(band.width)
    return (before << np.uint64(64 - band.start)) | (behind >> np.uint64(band.start))


def _joined(left: tuple[Hashes, Numbers], right: tuple[Hashes, Numbers], reach: Reach) -> Iterator[Pairs]:
    (lefts, named), (rights, others) = left, right
    bands: tuple[Band, ...] = ()
    if reach.bits:
        sizes = len(lefts), len(rights)
        bands = cheapest(*sizes, certain=reach.within, bits=reach.bits, same=reach.same)
    for band in bands:
        sought = table(rights, others, band)
        asking = sought if reach.same else table(lefts, named, band)
        yield from band_pairs(asking, sought, band, reach)
    if bands:
        return
    rows = max(1, _CANDIDATES // max(1, len(rights)))
    for begin in range(0, len(lefts), rows):
        near = np.bitwise_count(lefts[begin : begin + rows, None] ^ rights[None, :]) <= reach.within
        one, other = np.nonzero(near)
        one += begin
        if reach.same:
            one, other = one[one < other], other[one < other]
        if len(one):
            yield named[one], others[other]
