"""Where a batch of new pictures belongs: in a group that is known, or in one of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from catalog.groups import Anchor, Member, group_id
from catalog.sightings import SightedPicture
from pipelines.likenesses import AnchorsOf, Likenesses
from vision.fingerprint import MAX_DISTANCE
from vision.leaders import Leaders, apart_by

SPREAD = 10
"""Differing bits, by both hashes, up to which a picture may be from its group's anchor.

Pictures join within `MAX_DISTANCE` (8) of an anchor; within this two groups become one, where a picture lies
between them. The measurement beside `MAX_DISTANCE` found 8 of 396,000 unrelated pairs within 10."""


@dataclass(slots=True)
class Placed:
    """What came of a batch."""

    made: list[Anchor] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    bridges: set[tuple[str, str]] = field(default_factory=set)
    """Two groups that one picture would fit into, the older first."""


class Book:
    """The groups of a tenant by their anchors' hashes, as a run knows them."""

    def __init__(self, tenant: str, anchors: Iterable[tuple[Anchor, str]]) -> None:
        self._tenant = tenant
        self._leaders = Leaders(within=MAX_DISTANCE)
        self._groups: list[str] = []
        self._main: dict[str, int] = {}
        self._hashes: list[tuple[int, int]] = []
        self.anchor_of: dict[str, str] = {}
        """By group, the sha256 of its anchor."""
        self._file(anchors)

    def place(
        self, pictures: Sequence[SightedPicture], likenesses: Likenesses | None, anchors_of: AnchorsOf
    ) -> Placed:
        """Say where distinct pictures belong that are in no group yet, in their order."""
        near = self._near(pictures)
        fresh = _Fresh()
        group_of: dict[str, str] = {}
        placed = Placed()
        for at, picture in enumerate(pictures):
            fits = [*self._fitting(picture, near.get(at, ())), *fresh.fitting(picture)]
            if fits:
                group_of[picture.sha256] = min(fits, key=lambda it: it[0])[1]
                first = fits[0][1]
                placed.bridges |= {(first, other) for _, other in fits if other != first}
            else:
                group_of[picture.sha256] = fresh.make(self._tenant, picture)
        moved = self._alike(fresh, likenesses, anchors_of, group_of) if likenesses else {}
        placed.made = [it for it in fresh.anchors if it.id not in moved]
        placed.members = [
            Member(moved.get(group, group), it.sha256, it.dhash, it.phash)
            for it in pictures
            for group in (group_of[it.sha256],)
        ]
        placed.bridges = {pair for pair in placed.bridges if not moved.keys() & set(pair)}
        self._file((it, it.id) for it in placed.made)
        return placed

    def may_become_one(self, group: str, members: Iterable[Member]) -> bool:
        """Whether another group's pictures all lie within `SPREAD` of a group's anchor."""
        if group not in self._main:
            return False
        dhash, phash = self._hashes[self._main[group]]
        return all(
            it.dhash is not None
            and it.phash is not None
            and _apart((dhash, phash), (it.dhash, it.phash)) <= SPREAD
            for it in members
        )

    def take_in(self, group: str, other: str) -> None:
        """Make one group of two."""
        self._groups = [group if it == other else it for it in self._groups]
        self._main.pop(other, None)

    def __contains__(self, group: str) -> bool:
        """Whether a group is one still."""
        return group in self._main

    def _file(self, anchors: Iterable[tuple[Anchor, str]]) -> None:
        hashes = list[tuple[int, int]]()
        for anchor, group in anchors:
            if anchor.id == group:
                self.anchor_of[group] = anchor.sha256
            if anchor.dhash is None or anchor.phash is None:
                continue
            if anchor.id == group:
                self._main[group] = len(self._groups)
            self._groups.append(group)
            hashes.append((anchor.dhash, anchor.phash))
        self._hashes += hashes
        if hashes:
            both = np.array(hashes, np.uint64)
            self._leaders.add(both[:, 0], both[:, 1])

    def _near(self, pictures: Sequence[SightedPicture]) -> Mapping[int, list[tuple[int, int]]]:
        """By picture, (leader, differing bits) of what is within reach, the oldest first."""
        asked = [
            (at, it.dhash, it.phash)
            for at, it in enumerate(pictures)
            if it.dhash is not None and it.phash is not None
        ]
        if not asked:
            return {}
        rows = np.array([it[0] for it in asked])
        hashes = np.array([it[1:] for it in asked], np.uint64)
        ones, leaders, bits = self._leaders.near(hashes[:, 0], hashes[:, 1])
        found: dict[int, list[tuple[int, int]]] = {}
        for one, leader, apart in zip(rows[ones].tolist(), leaders.tolist(), bits.tolist(), strict=True):
            found.setdefault(one, []).append((leader, apart))
        return found

    def _fitting(self, picture: SightedPicture, near: Iterable[tuple[int, int]]) -> Iterator[tuple[int, str]]:
        """(differing bits, group) of the groups that a picture fits into, the oldest first, each once."""
        best: dict[str, int] = {}
        for leader, apart in near:
            group = self._groups[leader]
            main = self._main.get(group)
            if main is None or picture.dhash is None or picture.phash is None:
                continue
            # The anchor of a group taken in leads to the one that took it in, not further than that reaches.
            if main != leader and _apart(self._hashes[main], (picture.dhash, picture.phash)) > SPREAD:
                continue
            best[group] = min(apart, best.get(group, apart))
        for group in sorted(best, key=self._main.__getitem__):
            yield best[group], group

    def _alike(
        self,
        fresh: "_Fresh",
        likenesses: Likenesses,
        anchors_of: AnchorsOf,
        group_of: Mapping[str, str],
    ) -> dict[str, str]:
        """By group that was about to be made, the group that its anchor's embedding puts it into."""
        made = {it.id: it.sha256 for it in fresh.anchors}

        def anchors(digests: Iterable[str]) -> dict[str, str]:
            here = {
                it: made.get(group_of[it]) or self.anchor_of[group_of[it]] for it in digests if it in group_of
            }
            return {**anchors_of(it for it in digests if it not in group_of), **here}

        # A picture too flat for hashes is like every other such picture.
        asking = [it.sha256 for it in fresh.anchors if it.dhash is not None]
        found = likenesses.anchors(asking, anchors)
        order = {it.sha256: place for place, it in enumerate(fresh.anchors)}
        moved: dict[str, str] = {}
        for place, it in enumerate(fresh.anchors):
            likes = {
                group_id(self._tenant, anchor): (cosine, -order.get(anchor, -1))
                for anchor, cosine in found.get(it.sha256, {}).items()
                if order.get(anchor, -1) < place
            }
            standing = {group: worth for group, worth in likes.items() if group not in moved}
            if standing:
                moved[it.id] = max(standing, key=standing.__getitem__)
        return moved


class _Fresh:
    """Groups about to be made, and their anchors' hashes."""

    def __init__(self) -> None:
        self.anchors: list[Anchor] = []
        self._hashed: list[str] = []
        self._dhashes = np.zeros(64, np.uint64)
        self._phashes = np.zeros(64, np.uint64)

    def make(self, tenant: str, picture: SightedPicture) -> str:
        """A group of which a picture is the anchor."""
        made = Anchor(
            id=group_id(tenant, picture.sha256),
            sha256=picture.sha256,
            dhash=picture.dhash,
            phash=picture.phash,
        )
        self.anchors.append(made)
        if picture.dhash is not None and picture.phash is not None:
            count = len(self._hashed)
            if count == len(self._dhashes):
                self._dhashes = np.concatenate([self._dhashes, np.zeros(count, np.uint64)])
                self._phashes = np.concatenate([self._phashes, np.zeros(count, np.uint64)])
            self._dhashes[count], self._phashes[count] = picture.dhash, picture.phash
            self._hashed.append(made.id)
        return made.id

    def fitting(self, picture: SightedPicture) -> list[tuple[int, str]]:
        """(differing bits, group) of those that a picture fits into, the oldest first."""
        if picture.dhash is None or picture.phash is None or not self._hashed:
            return []
        count = len(self._hashed)
        apart = apart_by(
            self._dhashes[:count], self._phashes[:count], np.uint64(picture.dhash), np.uint64(picture.phash)
        )
        near = np.flatnonzero(apart <= MAX_DISTANCE)
        return [(int(apart[at]), self._hashed[at]) for at in near.tolist()]


def _apart(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max((one[0] ^ other[0]).bit_count(), (one[1] ^ other[1]).bit_count())
