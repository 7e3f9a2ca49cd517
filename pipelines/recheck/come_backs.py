"""Listings that show the picture of one that was taken down, and came after it.

A copy that was there before is a copy, not a return. Neither is what an authorised seller offers, nor what a
person has dismissed; and the brand's own photograph is anybody's to copy, so it proves a return only where
the seller is the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from catalog.rechecks import ComeBack, ComeBackKind
from catalog.sightings import ListingKey, SightedPicture, Sighting
from scoring.brand import Brand


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A listing that has been taken down."""

    key: ListingKey
    seller_id: str | None
    pictures: tuple[SightedPicture, ...]
    gone_at: datetime
    """When it was first seen to be gone; …"""
    last_there_at: datetime | None
    """… and when it was last there. What was first seen in between may have come before it went."""

    @property
    def since(self) -> datetime:
        """What was first seen earlier is no return."""
        return self.last_there_at or self.gone_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Innocence:
    """What makes a listing with the same picture no return."""

    brands: Sequence[Brand] = ()
    """Whose authorised sellers may show it."""
    dismissed: AbstractSet[ListingKey] = frozenset()
    """Listings that a person has said do not infringe."""
    official: Callable[[SightedPicture], bool] = lambda _: False
    """Whether a picture is the brand's own, or nearly."""

    def clears(self, newcomer: Sighting) -> bool:
        """Whether a listing is no return whatever it shows."""
        listing = newcomer.listing
        return listing.key in self.dismissed or any(
            seller.covers(listing) for brand in self.brands for seller in brand.authorised_sellers
        )


@dataclass(slots=True)
class Found:
    """The returns, and what looked like one and is none."""

    come_backs: list[ComeBack] = field(default_factory=list)
    cleared: int = 0
    """Listings of authorised sellers, or dismissed ones."""
    official: int = 0
    """Pairs that share no more than the brand's own photograph, by different sellers."""


def find_come_backs(
    taken: Sequence[Taken], newcomers: Iterable[Sighting], innocence: Innocence, *, bits: int, now: datetime
) -> Found:
    """Every pair of a listing taken down and a later one that shows a picture of it.

    Args:
        taken: with their pictures.
        newcomers: each listing once; those that came too early are passed over.
        innocence: what is no return.
        bits: of 128, within which pictures are the same.
        now: when this is found.
    """
    found, shown = Found(), _Shown(taken, bits)
    for newcomer in newcomers:
        nearest, came_at = dict[int, _Pair](), _came_at(newcomer)
        for pair in shown.like(newcomer.pictures):
            it = taken[pair.taken]
            if it.key == newcomer.listing.key or came_at <= it.since:
                continue
            if _kind(it, newcomer) != "same seller" and innocence.official(pair.picture):
                found.official += 1
                continue
            if pair.taken not in nearest or pair.bits < nearest[pair.taken].bits:
                nearest[pair.taken] = pair
        if nearest and innocence.clears(newcomer):
            found.cleared += 1
            continue
        found.come_backs += [_come_back(taken[at], newcomer, pair, now) for at, pair in nearest.items()]
    return found


@dataclass(frozen=True, slots=True)
class _Pair:
    taken: int
    """Its place among those taken down."""
    picture: SightedPicture
    other: SightedPicture
    bits: int


class _Shown:
    """The pictures of everything that was taken down, compared with all at once: there are thousands."""

    def __init__(self, taken: Sequence[Taken], bits: int) -> None:
        self._bits = bits
        self._all = [(at, picture) for at, it in enumerate(taken) for picture in it.pictures]
        self._by_bytes: dict[str, list[int]] = {}
        for place, (_, picture) in enumerate(self._all):
            self._by_bytes.setdefault(picture.sha256, []).append(place)
        hashed = [
            (place, it.dhash, it.phash)
            for place, (_, it) in enumerate(self._all)
            if it.dhash is not None and it.phash is not None
        ]
        self._places = [place for place, _, _ in hashed]
        self._dhashes: npt.NDArray[np.uint64] = np.array([it for _, it, _ in hashed], np.uint64)
        self._phashes: npt.NDArray[np.uint64] = np.array([it for _, _, it in hashed], np.uint64)

    def like(self, pictures: Sequence[SightedPicture]) -> Iterator[_Pair]:
        for other in pictures:
            same = self._by_bytes.get(other.sha256, [])
            yield from (_Pair(self._all[place][0], self._all[place][1], other, 0) for place in same)
            if other.dhash is None or other.phash is None or not self._places:
                continue
            apart = np.bitwise_count(self._dhashes ^ np.uint64(other.dhash)).astype(np.int64)
            apart += np.bitwise_count(self._phashes ^ np.uint64(other.phash))
            for at in np.flatnonzero(apart <= self._bits):
                place = self._places[at]
                if place not in same:
                    yield _Pair(self._all[place][0], self._all[place][1], other, int(apart[at]))


def observed(seen: Sighting) -> datetime:
    """When a listing was there: as its source says, which for a file is when it was written."""
    at = seen.listing.observed_at
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), seen.seen_at)


def _came_at(newcomer: Sighting) -> datetime:
    return min(newcomer.first_seen_at, observed(newcomer))


def _kind(taken: Taken, newcomer: Sighting) -> ComeBackKind:
    if newcomer.listing.platform != taken.key[0]:
        return "other platform"
    seller = newcomer.listing.seller
    return "same seller" if seller is not None and seller.id == taken.seller_id else "other seller"


def _come_back(taken: Taken, newcomer: Sighting, pair: _Pair, now: datetime) -> ComeBack:
    listing = newcomer.listing
    return ComeBack(
        platform=taken.key[0],
        listing_id=taken.key[1],
        as_platform=listing.platform,
        as_listing_id=listing.listing_id,
        seller_id=listing.seller.id if listing.seller else None,
        kind=_kind(taken, newcomer),
        certain=_came_at(newcomer) > taken.gone_at,
        bits=pair.bits,
        picture=pair.picture.sha256,
        as_picture=pair.other.sha256,
        first_seen_at=_came_at(newcomer),
        found_at=now,
    )
