"""Leaders of groups by their fingerprints: which of those known are near a picture, without chains.

A group is what lies near one picture, its leader, and not what lies near what lies near it: however many
pictures there are, none is further from the leader than the reach. Most leaders lie in sorted tables, looked
up by bands (`vision.near_hashes`), so nearly nothing is compared with everything; the newest are compared
one by one until there are enough of them for new tables.
"""

import numpy as np
import numpy.typing as npt

from vision.banding import Band, cheapest
from vision.fingerprint import MAX_DISTANCE
from vision.near_hashes import Hashes, Reach, Table, band_pairs, table

Places = npt.NDArray[np.int64]

_TAIL = 2**14
"""Leaders compared one by one: 2,000 pictures take 0.1 s for them, new tables of a million about a second."""
_ASKED = 2**11
"""How many are asked about at once, as far as choosing bands goes."""


class Leaders:
    """Fingerprints by their place, in the order in which they were added; 16 bytes each, 12 more a band."""

    def __init__(self, *, within: int = MAX_DISTANCE) -> None:
        self._within = within
        self._dhashes = np.zeros(0, np.uint64)
        self._phashes = np.zeros(0, np.uint64)
        self._tables: list[tuple[Band, Table]] = []
        self._tabled = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._dhashes)

    def add(self, dhashes: Hashes, phashes: Hashes) -> None:
        """File some more, behind those that are there."""
        self._dhashes = np.concatenate([self._dhashes, dhashes])
        self._phashes = np.concatenate([self._phashes, phashes])

    def near(self, dhashes: Hashes, phashes: Hashes) -> tuple[Places, Places, Places]:
        """Pairs within reach: which of those asked about, which leader, and how many bits apart."""
        if len(self) - self._tabled > _TAIL:
            self._lay_out()
        none = np.zeros(0, np.int64)
        ones, others = [none], [none]
        for one, other in self._by_bands(dhashes):
            ones.append(one)
            others.append(other)
        rows = max(1, 2**22 // max(1, len(self) - self._tabled))
        for begin in range(0, len(dhashes), rows):
            apart = np.bitwise_count(
                dhashes[begin : begin + rows, None] ^ self._dhashes[None, self._tabled :]
            )
            one, other = np.nonzero(apart <= self._within)
            ones.append(one + begin)
            others.append(other + self._tabled)
        asked, leaders = np.concatenate(ones), np.concatenate(others)
        distances = apart_by(dhashes[asked], phashes[asked], self._dhashes[leaders], self._phashes[leaders])
        kept = distances <= self._within
        # A pair may meet in several bands.
        pairs = np.unique(np.stack([asked[kept], leaders[kept], distances[kept]]), axis=1)
        return pairs[0], pairs[1], pairs[2]

    def _by_bands(self, dhashes: Hashes) -> list[tuple[Places, Places]]:
        if not self._tabled:
            return []
        numbers = np.arange(len(dhashes), dtype=np.uint32)
        return [
            (ones.astype(np.int64), others.astype(np.int64))
            for band, those in self._tables
            for ones, others in band_pairs(table(dhashes, numbers, band), those, band, Reach(self._within))
        ]

    def _lay_out(self) -> None:
        bands = cheapest(_ASKED, len(self), certain=self._within)
        if not bands:
            return
        numbers = np.arange(len(self), dtype=np.uint32)
        self._tables = [(band, table(self._dhashes, numbers, band)) for band in bands]
        self._tabled = len(self)


def apart_by(
    dhashes: Hashes, phashes: Hashes, others: Hashes | np.uint64, otherwise: Hashes | np.uint64
) -> Places:
    """Differing bits of each pair of fingerprints, as `fingerprint_distance`: the larger of the two."""
    apart: Places = np.maximum(
        np.bitwise_count(dhashes ^ others), np.bitwise_count(phashes ^ otherwise)
    ).astype(np.int64)
    return apart
