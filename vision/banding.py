"""Bands of a 64-bit hash: which of them to look at, and how far around, so that no near pair is missed.

A hash is cut into bands side by side, and each band is looked up at every value within its own radius.
By the pigeonhole principle two hashes that agree in no band differ by at least sum(radius + 1) bits: all
pairs that differ by fewer are certain to meet. With `b` bands of one radius `r` that is (r + 1) * b - 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

STEP = 3e-5
LOOKUP = 4e-9
CANDIDATE = 9e-9
COMPARED = 2e-9
SORTED = 150e-9
"""Seconds that a mask, a looked-up bucket, a candidate brought up by one, a pair of a plain comparison and a
sorted hash take, about (one core, numpy 2.4). They choose among bandings that all find the same pairs."""

WIDEST = 22
"""Bits: a table has a place for each value of its band, 32 MB at this width. A wider share of the hash is cut
to it: of bits left out none can differ, so the guarantee stays."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some neighbouring bits, counted from the highest, and up to how many of them may differ."""

    start: int
    width: int
    radius: int

    def probes(self) -> int:
        """At how many values it is looked up."""
        return sum(comb(self.width, bits) for bits in range(self.radius + 1))

    def masks(self) -> Iterator[int]:
        """What to flip: every mask of at most `radius` of its bits, the fewest first."""
        for bits in range(self.radius + 1):
            for places in combinations(range(self.width), bits):
                yield sum(1 << place for place in places)


def certain(bands: tuple[Band, ...]) -> int:
    """The most differing bits at which no pair is missed.

    >>> certain(banded(4, certain=7))
    7
    """
    return sum(band.radius + 1 for band in bands) - 1


def banded(number: int, *, certain: int, bits: int = 64) -> tuple[Band, ...]:
    """So many bands over the highest `bits` bits, their radii as even as the guarantee allows.

    >>> [(band.width, band.radius) for band in banded(3, certain=10)]
    [(22, 3), (21, 3), (21, 2)]
    """
    if not 1 <= number <= min(certain + 1, bits):
        raise ValueError(f"{number} bands cannot be made for {certain} differing bits of {bits}.")
    radius, further = divmod(certain + 1, number)
    width, wider = divmod(bits, number)
    bands, start = [], 0
    for at in range(number):
        wide = width + (at < wider)
        kept = min(wide, WIDEST)
        bands.append(Band(start, kept, min(kept, radius - 1 + (at < further))))
        start += wide
    return tuple(bands)


def cheapest(
    lefts: int, rights: int, *, certain: int, bits: int = 64, same: bool = False
) -> tuple[Band, ...]:
    """The bands that find all pairs within `certain` soonest; none where comparing all with all is sooner.

    >>> cheapest(100, 100, certain=10)
    ()
    """
    pairs = lefts * rights / (2 if same else 1)
    best: float = COMPARED * pairs
    bands: tuple[Band, ...] = ()
    for number in range(1, certain + 2):
        if number > bits:
            break
        proposed = banded(number, certain=certain, bits=bits)
        spent = SORTED * number * (lefts + rights)
        for band in proposed:
            asked = band.probes() / (2 if same else 1)
            spent += (
                band.probes() * STEP
                + LOOKUP * lefts * asked
                + CANDIDATE * pairs * band.probes() / 2**band.width
            )
        if spent < best:
            best, bands = spent, proposed
    return bands
