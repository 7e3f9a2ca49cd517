"""A tenant's own pictures that are indexed to be found again: listings' and catalogues', not references."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from catalog.database import Database
from catalog.models import MediaRow
from catalog.tenants import require_tenant
from catalog.vectors.points import POINT_NAMESPACE

_AT_ONCE = 500
"""Ids asked for by one statement."""


def media_id(tenant: str, sha256: str) -> str:
    """The id of a picture of a tenant's: the same bytes always have the same.

    >>> media_id("acme", "0" * 64) == media_id("rival", "0" * 64)
    False
    """
    return str(uuid5(POINT_NAMESPACE, "\x1f".join((tenant, "media", sha256))))


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaAsset:
    """A picture that was indexed."""

    id: str
    tenant: str
    sha256: str
    name: str
    width: int
    height: int
    indexed_at: datetime


class Media:
    """Each tenant's; a picture is indexed once, by its bytes."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, tenant: str, sha256: str, *, name: str, size: tuple[int, int]) -> bool:
        """Record a picture, (width, height) in size; whether it is new. One that stands keeps its name."""
        insert = sqlite.insert if self._database.embedded else postgresql.insert
        row = {
            "id": media_id(tenant, sha256),
            "tenant": tenant,
            "sha256": sha256,
            "name": name,
            "width": size[0],
            "height": size[1],
            "indexed_at": self._clock(),
        }
        with self._database.writing() as session:
            require_tenant(session, tenant)
            statement = insert(MediaRow).values(row).on_conflict_do_nothing().returning(MediaRow.id)
            return session.scalar(statement) is not None

    def stamp(self, tenant: str) -> tuple[int, datetime | None]:
        """How many there are, and when the newest was indexed: another pair whenever something changed."""
        query = select(func.count(), func.max(MediaRow.indexed_at)).where(MediaRow.tenant == tenant)
        with self._database.reading() as session:
            count, newest = session.execute(query).one()
            return count, newest

    def ids(self, tenant: str) -> tuple[str, ...]:
        """All of them, in the order in which they were indexed."""
        query = (
            select(MediaRow.id).where(MediaRow.tenant == tenant).order_by(MediaRow.indexed_at, MediaRow.id)
        )
        with self._database.reading() as session:
            return tuple(session.scalars(query))

    def get(self, tenant: str, ids: Iterable[str]) -> dict[str, MediaAsset]:
        """The tenant's among these, by id."""
        wanted = list(dict.fromkeys(ids))
        found = dict[str, MediaAsset]()
        with self._database.reading() as session:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                query = select(MediaRow).where(MediaRow.tenant == tenant, MediaRow.id.in_(some))
                found |= {row.id: _asset(row) for row in session.scalars(query)}
        return found

    def remove(self, tenant: str, identifier: str) -> MediaAsset | None:
        """Forget one of the tenant's; what it was, or None where it has none of this id."""
        with self._database.writing() as session:
            row = session.get(MediaRow, identifier)
            if row is None or row.tenant != tenant:
                return None
            session.delete(row)
            return _asset(row)


def _asset(row: MediaRow) -> MediaAsset:
    return MediaAsset(
        id=row.id,
        tenant=row.tenant,
        sha256=row.sha256,
        name=row.name,
        width=row.width,
        height=row.height,
        indexed_at=row.indexed_at,
    )
