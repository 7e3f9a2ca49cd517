"""Groups of pictures with those who show them, as the sightings say now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, select
from sqlalchemy.orm import Session

from catalog.models import GroupedPictureRow, PictureGroupRow, SightedListingRow, SightedPictureRow

_BATCH = 500
_BETWEEN = "\x1f"


class Role(StrEnum):
    """What a group's picture says about those who show it."""

    COPIES = "copies"
    """They have it from one another, or from one hand."""
    REFERENCE = "reference"
    """The brand's own picture, which anybody may have: it links nobody."""
    NEGATIVE = "negative"
    """What must never match, as somebody said: it links nobody."""
    COMMON = "common"
    """Shown with everything by very many, such as a platform's placeholder: it links nobody."""


KNOWN_ROLES = (Role.REFERENCE.value, Role.NEGATIVE.value)
"""Of pictures that the tenant has told us about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group with those who show it."""

    id: str
    role: Role
    reference_id: str | None
    sha256: str
    pictures: int
    listings: int
    sellers: int
    platforms: tuple[str, ...]
    brands: tuple[str, ...]
    tier: int | None
    """The most severe of its listings' tiers."""
    first_seen_at: datetime
    seen_at: datetime
    took_in: tuple[str, ...]
    """Groups that had an id of their own until they were found to be this one."""


def seller() -> ColumnElement[str]:
    """Who offers a listing: the platform and its own id of the seller, as one text."""
    return SightedListingRow.platform + _BETWEEN + SightedListingRow.seller_id


def by_group(tenant: str) -> "Select[Any]":
    """One row a group: its id, and what its pictures and listings come to."""
    listing = SightedListingRow
    columns = (
        GroupedPictureRow.group_id,
        func.count(distinct(GroupedPictureRow.sha256)),
        func.count(distinct(listing.platform + _BETWEEN + listing.listing_id)),
        func.count(distinct(seller())),
        func.min(listing.tier),
        func.min(listing.first_seen_at),
        func.max(listing.seen_at),
    )
    return _shown(tenant, *columns).group_by(GroupedPictureRow.group_id)


def groups_of(session: Session, tenant: str, query: "Select[Any]") -> list[Group]:
    """The groups of a query `by_group`, with where and for which brands they are shown."""
    rows = session.execute(query).all()
    ids = [row[0] for row in rows]
    group, listing = PictureGroupRow, SightedListingRow
    platforms, brands = dict[str, set[str]](), dict[str, set[str]]()
    known, took_in = dict[str, PictureGroupRow](), dict[str, list[str]]()
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        places = _shown(tenant, GroupedPictureRow.group_id, listing.platform, listing.brand)
        for id_, platform, brand in session.execute(
            places.where(GroupedPictureRow.group_id.in_(some)).distinct()
        ):
            platforms.setdefault(id_, set()).add(platform)
            if brand is not None:
                brands.setdefault(id_, set()).add(brand)
        for it in session.scalars(
            select(group).where(group.tenant == tenant, group.id.in_(some) | group.into.in_(some))
        ):
            known[it.id] = it
            if it.into is not None:
                took_in.setdefault(it.into, []).append(it.id)
    return [
        Group(
            id=id_,
            role=Role(known[id_].role),
            reference_id=known[id_].reference_id,
            sha256=known[id_].sha256,
            pictures=pictures,
            listings=listings,
            sellers=sellers,
            platforms=tuple(sorted(platforms[id_])),
            brands=tuple(sorted(brands.get(id_, ()))),
            tier=tier,
            first_seen_at=first,
            seen_at=last,
            took_in=tuple(sorted(took_in.get(id_, ()))),
        )
        for id_, pictures, listings, sellers, tier, first, last in rows
    ]


def _shown(tenant: str, *columns: Any) -> "Select[Any]":  # noqa: ANN401 - SQLAlchemy's columns and functions
    """These columns of every picture that is in a group, with each listing that shows it."""
    picture, shown, listing = GroupedPictureRow, SightedPictureRow, SightedListingRow
    return (
        select(*columns)
        .select_from(picture)
        .join(shown, (shown.tenant == picture.tenant) & (shown.sha256 == picture.sha256))
        .join(
            listing,
            (listing.tenant == shown.tenant)
            & (listing.platform == shown.platform)
            & (listing.listing_id == shown.listing_id),
        )
        .where(picture.tenant == tenant)
    )
