"""Groups of pictures that are copies of one, and the listings, sellers and platforms that show them.

What is kept is which picture is in which group. Who shows a group, and since when, is asked of the
sightings, so it is true whenever it is asked: a listing that is forgotten has left its groups.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, distinct, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import (
    GroupedPictureRow,
    GroupingRow,
    PictureGroupRow,
    SightedPictureRow,
)
from catalog.shown_groups import KNOWN_ROLES, Group, Role, by_group, groups_of, seller
from catalog.sightings import ListingKey, signed, unsigned
from catalog.tenants import require_tenant
from scoring.errors import CatalogError

_BATCH = 500
_NAMESPACE = UUID("d3f0c0de-5f0a-5c1b-8a3e-2f8f0b7f6a10")
"""Drawn once. Changing it would give every group another id."""
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The picture that a group is made of copies of."""

    id: str
    """The group's."""
    sha256: str
    dhash: int | None
    phash: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """A picture on its way into a group."""

    group: str
    sha256: str
    dhash: int | None
    phash: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a tenant's sightings are grouped."""

    alike: float
    references: str
    read_until: datetime | None


def group_id(tenant: str, sha256: str) -> str:
    """The id of the group whose anchor this picture is: the same whenever it is made."""
    return str(uuid5(_NAMESPACE, f"{tenant}{_BETWEEN}{sha256}"))


class Groups:
    """Each tenant's. An id stays when a group grows; one that was taken in still leads to its group."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def standing(self, tenant: str) -> Standing | None:
        """How far they are grouped; None where they never were."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            row = session.get(GroupingRow, tenant)
            if row is None:
                return None
            return Standing(alike=row.alike, references=row.references, read_until=row.read_until)

    def settle(self, tenant: str, standing: Standing) -> None:
        """Say how far they are grouped."""
        with self._database.writing() as session:
            require_tenant(session, tenant, lock=True)
            row = session.get(GroupingRow, tenant) or GroupingRow(tenant=tenant)
            row.alike, row.references = standing.alike, standing.references
            row.read_until = standing.read_until
            session.add(row)

    def anchors(self, tenant: str) -> Iterator[tuple[Anchor, str]]:
        """Every anchor with the group it stands for now, the oldest first; those taken in included."""
        row = PictureGroupRow
        query = (
            select(row.id, row.sha256, row.dhash, row.phash, row.into)
            .where(row.tenant == tenant)
            .order_by(row.made_at, row.id)
        )
        with self._database.reading() as session:
            for id_, sha256, dhash, phash, into in session.execute(query):
                anchor = Anchor(id=id_, sha256=sha256, dhash=unsigned(dhash), phash=unsigned(phash))
                yield anchor, into or id_

    def of_pictures(self, tenant: str, digests: Iterable[str]) -> dict[str, str]:
        """The group of each of these pictures, by sha256; those in none are left out."""
        row, waiting, found = GroupedPictureRow, iter(dict.fromkeys(digests)), dict[str, str]()
        while some := list(islice(waiting, _BATCH)):
            query = select(row.sha256, row.group_id).where(row.tenant == tenant, row.sha256.in_(some))
            with self._database.reading() as session:
                found |= {row.sha256: row.group_id for row in session.execute(query)}
        return found

    def members(self, tenant: str, group: str | None = None) -> Iterator[Member]:
        """The pictures of a group, or of all, by sha256."""
        row = GroupedPictureRow
        query = select(row).where(row.tenant == tenant).order_by(row.sha256)
        if group is not None:
            query = query.where(row.group_id == group)
        with self._database.reading() as session:
            for it in session.scalars(query.execution_options(yield_per=_BATCH)):
                yield Member(it.group_id, it.sha256, unsigned(it.dhash), unsigned(it.phash))

    def keep(
        self,
        tenant: str,
        made: Sequence[Anchor],
        members: Sequence[Member],
        *,
        unions: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Keep new groups and pictures, all of them or none; a picture that is in a group stays there.

        Of each of the `unions` the first keeps its id, and names the other, which it takes in.
        """
        insert = sqlite.insert if self._database.embedded else postgresql.insert
        now = self._clock()
        groups = [
            {
                **_columns(tenant, it.sha256, it.dhash, it.phash),
                "id": it.id,
                "made_at": now,
                "role": Role.COPIES.value,
            }
            for it in made
        ]
        pictures = [
            {**_columns(tenant, it.sha256, it.dhash, it.phash), "group_id": it.group} for it in members
        ]
        with self._database.writing() as session:
            require_tenant(session, tenant)
            for table, rows in ((PictureGroupRow, groups), (GroupedPictureRow, pictures)):
                for start in range(0, len(rows), _BATCH):
                    statement = insert(table).values(rows[start : start + _BATCH])
                    session.execute(statement.on_conflict_do_nothing())
            for group, other in unions:
                _take_in(session, tenant, group, other)

    def name_roles(self, tenant: str, roles: Mapping[str, tuple[Role, str | None]]) -> None:
        """Say what groups' pictures are; a reference's with its id."""
        row = PictureGroupRow
        with self._database.writing() as session:
            for group, (role, reference) in roles.items():
                session.execute(
                    update(row)
                    .where(row.tenant == tenant, row.id == group)
                    .values(role=role.value, reference_id=reference)
                )

    def forget_references(self, tenant: str) -> None:
        """Say of no group any more that it shows a reference, or what must never match: they have changed."""
        row = PictureGroupRow
        with self._database.writing() as session:
            session.execute(
                update(row)
                .where(row.tenant == tenant, row.role.in_(KNOWN_ROLES))
                .values(role=Role.COPIES.value, reference_id=None)
            )

    def prune(self, tenant: str) -> int:
        """Forget pictures that no listing shows any more, and groups without pictures; how many pictures."""
        picture, row, shown = GroupedPictureRow, PictureGroupRow, SightedPictureRow
        seen = exists().where(shown.tenant == picture.tenant, shown.sha256 == picture.sha256)
        kept = exists().where(
            picture.tenant == row.tenant, picture.group_id == func.coalesce(row.into, row.id)
        )
        with self._database.writing() as session:
            gone = session.execute(
                delete(picture).where(picture.tenant == tenant, ~seen).returning(picture.sha256)
            ).all()
            session.execute(delete(row).where(row.tenant == tenant, ~kept))
        return len(gone)

    def clear(self, tenant: str) -> None:
        """Forget every group of a tenant's, to group anew."""
        with self._database.writing() as session:
            for table in (GroupedPictureRow, PictureGroupRow, GroupingRow):
                session.execute(delete(table).where(table.tenant == tenant))

    def of(self, tenant: str, *, least_sellers: int = 2) -> list[Group]:
        """Groups that so many sellers show, the most severe first, then those of the most sellers."""
        with self._database.reading() as session:
            require_tenant(session, tenant)
            many = func.count(distinct(seller())) >= least_sellers
            found = groups_of(session, tenant, by_group(tenant).having(many))
        return sorted(found, key=lambda it: (it.tier or 9, -it.sellers, -it.listings, it.id))

    def get(self, tenant: str, group: str) -> Group:
        """A group by its id, or by that of one it took in; `CatalogError` where no listing shows it."""
        row = PictureGroupRow
        with self._database.reading() as session:
            require_tenant(session, tenant)
            known = session.get(row, (tenant, group))
            now = None if known is None else known.into or known.id
            query = by_group(tenant).where(GroupedPictureRow.group_id == now)
            if now is not None and (found := groups_of(session, tenant, query)):
                return found[0]
        raise CatalogError(
            f"Tenant {tenant!r} has no group {group!r}.", hint="counterfoil cluster shows what there is."
        )

    def shown_by(self, tenant: str, groups: Iterable[str]) -> dict[str, dict[ListingKey, tuple[str, ...]]]:
        """By group, the listings that show it and the sha256 of each one's pictures of it."""
        waiting, found = iter(dict.fromkeys(groups)), dict[str, dict[ListingKey, tuple[str, ...]]]()
        picture, shown = GroupedPictureRow, SightedPictureRow
        while some := list(islice(waiting, _BATCH)):
            query = (
                select(picture.group_id, shown.platform, shown.listing_id, shown.sha256)
                .join(shown, (shown.tenant == picture.tenant) & (shown.sha256 == picture.sha256))
                .where(picture.tenant == tenant, picture.group_id.in_(some))
                .distinct()
                .order_by(picture.group_id, shown.platform, shown.listing_id, shown.sha256)
            )
            with self._database.reading() as session:
                for group, platform, listing_id, sha256 in session.execute(query):
                    listings = found.setdefault(group, {})
                    key = (platform, listing_id)
                    listings[key] = (*listings.get(key, ()), sha256)
        return found


def _take_in(session: Session, tenant: str, group: str, other: str) -> None:
    row, picture = PictureGroupRow, GroupedPictureRow
    session.execute(
        update(picture).where(picture.tenant == tenant, picture.group_id == other).values(group_id=group)
    )
    session.execute(
        update(row).where(row.tenant == tenant, (row.id == other) | (row.into == other)).values(into=group)
    )
    taken = session.get(row, (tenant, other))
    if taken is not None and taken.role in KNOWN_ROLES:
        session.execute(
            update(row)
            .where(row.tenant == tenant, row.id == group)
            .values(role=taken.role, reference_id=taken.reference_id)
        )


def _columns(tenant: str, sha256: str, dhash: int | None, phash: int | None) -> dict[str, Any]:
    return {"tenant": tenant, "sha256": sha256, "dhash": signed(dhash), "phash": signed(phash)}
