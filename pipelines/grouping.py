"""Near-identical pictures share one measurement: one inference for the photo that fifty sellers use."""

from collections.abc import Collection
from itertools import chain

from pipelines.journal import Journal
from vision.fingerprint import Fingerprint
from vision.lsh import NearDuplicates


def group_pictures(journal: Journal, most_bits: int, *, apart: Collection[str] = ()) -> int:
    """Give every readable picture its group, named by the first picture of it; how many there are.

    Pictures whose sha256 is in `apart` share with their own bytes alone: what must not be sent out must
    not stand for others, nor others for it.

    Pictures come in the order in which listings named them, whoever looked at them first, so that a
    resumed scan groups them as an uninterrupted one does.
    """
    known = NearDuplicates(max_distance=most_bits)
    by_bytes: dict[str, str] = {}
    groups: list[tuple[str, str]] = []
    # Those of which only hashes are left come last: what can still be measured stands for them.
    for picture in chain(journal.seen(), journal.seen(hashes_only=True)):
        digest = picture.sha256 or picture.key
        group = by_bytes.get(digest)
        if group is None:
            group = picture.key
            if digest not in apart and picture.dhash is not None and picture.phash is not None:
                group = known.add(picture.key, Fingerprint(picture.dhash, picture.phash))
            by_bytes[digest] = group
        groups.append((group, picture.key))
    journal.add_groups(groups)
    return len(groups)
