"""Near-identical pictures share one measurement: one inference for the photo that fifty sellers use."""

from array import array
from collections.abc import Collection
from itertools import chain

import numpy as np

from pipelines.journal import Journal
from vision.lsh import Hashes, group_near


def group_pictures(journal: Journal, most_bits: int, *, apart: Collection[str] = ()) -> int:
    """Give every readable picture its group, named by the first picture of it; how many pictures there are.

    Pictures whose sha256 is in `apart` share with their own bytes alone: what must not be sent out must
    not stand for others, nor others for it. So do those too flat to have hashes.

    Pictures come in the order in which listings named them, whoever looked at them first, so that a
    resumed scan groups them as an uninterrupted one does. All that is held of a picture is numbers.
    """
    keys, digests, hashes = array("Q"), array("Q"), array("Q")
    alone = bytearray()
    # Those of which only hashes are left come last: what can still be measured stands for them.
    for key, digest, dhash, phash in chain(journal.hashes(), journal.hashes(hashes_only=True)):
        keys.extend(_halves(key))
        digests.extend(_halves(digest or key))
        alone.append(dhash is None or phash is None or digest in apart)
        hashes.extend((int(dhash or "0", 16), int(phash or "0", 16)))
    same = group_near(_pairs(digests), max_distance=0)
    groups = same.copy()
    numbers = np.arange(len(same))
    compared = np.flatnonzero((same == numbers) & (np.frombuffer(alone, np.uint8) == 0))
    groups[compared] = compared[group_near(_pairs(hashes)[compared], max_distance=most_bits)]
    groups = groups[same]
    journal.add_groups((_key(keys, group), _key(keys, at)) for at, group in enumerate(groups.tolist()))
    return len(groups)


def _halves(digest: str) -> tuple[int, int]:
    """The first 128 bits of a digest in hex: what `picture_key` keeps of one, too."""
    return int(digest[:16], 16), int(digest[16:32], 16)


def _key(keys: "array[int]", at: int) -> str:
    return f"{keys[2 * at]:016x}{keys[2 * at + 1]:016x}"


def _pairs(numbers: "array[int]") -> Hashes:
    return np.frombuffer(numbers, np.uint64).reshape(-1, 2)
