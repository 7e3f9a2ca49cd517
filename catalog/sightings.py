"""What a tenant's scans have seen, with its pictures' hashes, to be grouped and matched again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy import and_, delete, func, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalog.database import Database
from catalog.models import SightedListingRow, SightedPictureRow
from catalog.tenants import require_tenant
from scoring.listing import Listing

_BATCH = 500
"""Listings written or read at once: 14 values each, within SQLite's 32,766 for a statement."""

ListingKey = tuple[str, str]
"""(platform, listing id), as `Listing.key`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SightedPicture:
    """A picture of a listing, as it was when the listing was last seen."""

    sha256: str
    dhash: int | None
    phash: int | None
    """64 bits each; None where no hash could be taken."""
    source: str
    """The URL or path under which the listing named it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """As much of a listing's last verdict as tells what was made of it."""

    tier: int
    score: float
    route: str
    brand: str | None
    reference_id: str | None
    recipe_version: str
    encoder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A listing that a scan has seen: what it said, what it showed, and what was made of it."""

    listing: Listing
    pictures: tuple[SightedPicture, ...]
    """Those that could be read, in the listing's order."""
    judgement: Judgement | None
    """None where it could not be judged."""
    scan_id: str
    """The last scan that has seen it."""
    first_seen_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSighting:
    """What a scan hands over to be remembered."""

    listing: Listing
    pictures: tuple[SightedPicture, ...]
    judgement: Judgement | None


class Sightings:
    """Each tenant's, by platform and listing id; the newest sighting replaces the one before."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def keep(self, tenant: str, scan_id: str, seen: Iterable[NewSighting]) -> None:
        """Record that a scan has seen these; twice is once. When one was first seen stays."""
        waiting = iter(seen)
        while some := list(islice(waiting, _BATCH)):
            newest = {it.listing.key: it for it in some}
            with self._database.writing() as session:
                require_tenant(session, tenant)
                self._keep(session, tenant, scan_id, list(newest.values()))

    def all(
        self, tenant: str, *, since: datetime | None = None, after: ListingKey | None = None
    ) -> Iterator[Sighting]:
        """A tenant's sightings by platform and listing id, a page at a time.

        `since`: only what was seen at that moment or later. `after`: only behind that key, to go on.
        """
        while page := self._page(tenant, since, after):
            yield from page
            after = page[-1].listing.key

    def get(self, tenant: str, keys: Iterable[ListingKey]) -> dict[ListingKey, Sighting]:
        """Those of a tenant's among these keys that have been seen."""
        waiting, found = iter(dict.fromkeys(keys)), dict[ListingKey, Sighting]()
        while some := list(islice(waiting, _BATCH)):
            with self._database.reading() as session:
                rows = session.scalars(
                    select(SightedListingRow).where(
                        SightedListingRow.tenant == tenant,
                        tuple_(SightedListingRow.platform, SightedListingRow.listing_id).in_(some),
                    )
                ).all()
                found |= {it.listing.key: it for it in _with_pictures(session, tenant, rows)}
        return found

    def showing(self, tenant: str, digests: Iterable[str]) -> dict[str, list[ListingKey]]:
        """By sha256, the tenant's listings that show these pictures, in the order of their keys."""
        waiting, found = iter(dict.fromkeys(digests)), dict[str, list[ListingKey]]()
        picture = SightedPictureRow
        while some := list(islice(waiting, _BATCH)):
            query = (
                select(picture.sha256, picture.platform, picture.listing_id)
                .where(picture.tenant == tenant, picture.sha256.in_(some))
                .distinct()
                .order_by(picture.sha256, picture.platform, picture.listing_id)
            )
            with self._database.reading() as session:
                for digest, rows in groupby(session.execute(query), key=lambda row: str(row[0])):
                    found[digest] = [(platform, listing_id) for _, platform, listing_id in rows]
        return found

    def count(self, tenant: str) -> tuple[int, int]:
        """How many listings, and how many pictures of theirs."""
        with self._database.reading() as session:
            listings, pictures = (
                session.scalar(select(func.count()).select_from(table).where(table.tenant == tenant)) or 0
                for table in (SightedListingRow, SightedPictureRow)
            )
        return listings, pictures

    def forget(self, tenant: str, keys: Iterable[ListingKey]) -> None:
        """Remove these listings and their pictures' hashes."""
        waiting = iter(keys)
        while some := list(islice(waiting, _BATCH)):
            with self._database.writing() as session:
                for table in (SightedPictureRow, SightedListingRow):
                    session.execute(
                        delete(table).where(
                            table.tenant == tenant, tuple_(table.platform, table.listing_id).in_(some)
                        )
                    )

    def _page(self, tenant: str, since: datetime | None, after: ListingKey | None) -> list[Sighting]:
        row = SightedListingRow
        query = select(row).where(row.tenant == tenant).order_by(row.platform, row.listing_id).limit(_BATCH)
        if since is not None:
            query = query.where(row.seen_at >= since)
        if after is not None:
            platform, listing_id = after
            query = query.where(
                or_(row.platform > platform, and_(row.platform == platform, row.listing_id > listing_id))
            )
        with self._database.reading() as session:
            return _with_pictures(session, tenant, session.scalars(query).all())

    def _keep(self, session: Session, tenant: str, scan_id: str, seen: Sequence[NewSighting]) -> None:
        insert = sqlite.insert if self._database.embedded else postgresql.insert
        now = self._clock()
        rows = [
            {
                "tenant": tenant,
                "platform": it.listing.platform,
                "listing_id": it.listing.listing_id,
                "seller_id": it.listing.seller.id if it.listing.seller else None,
                "document": it.listing.model_dump_json(exclude_defaults=True),
                "scan_id": scan_id,
                "first_seen_at": now,
                "seen_at": now,
                **_columns(it.judgement),
            }
            for it in seen
        ]
        statement = insert(SightedListingRow).values(rows)
        kept = {"tenant", "platform", "listing_id"}
        session.execute(
            statement.on_conflict_do_update(
                index_elements=sorted(kept),
                set_={
                    name: statement.excluded[name] for name in rows[0] if name not in kept | {"first_seen_at"}
                },
            )
        )
        picture = SightedPictureRow
        keys = [it.listing.key for it in seen]
        session.execute(
            delete(picture).where(
                picture.tenant == tenant, tuple_(picture.platform, picture.listing_id).in_(keys)
            )
        )
        shown = [
            {
                "tenant": tenant,
                "platform": it.listing.platform,
                "listing_id": it.listing.listing_id,
                "place": place,
                "sha256": shot.sha256,
                "dhash": signed(shot.dhash),
                "phash": signed(shot.phash),
                "source": shot.source,
            }
            for it in seen
            for place, shot in enumerate(it.pictures)
        ]
        for start in range(0, len(shown), _BATCH):
            session.execute(insert(picture).values(shown[start : start + _BATCH]))


def _columns(judgement: Judgement | None) -> dict[str, object]:
    names = Judgement.__dataclass_fields__
    return {name: getattr(judgement, name) if judgement else None for name in names}


def _with_pictures(session: Session, tenant: str, rows: Sequence[SightedListingRow]) -> list[Sighting]:
    picture = SightedPictureRow
    query = (
        select(picture)
        .where(
            picture.tenant == tenant,
            tuple_(picture.platform, picture.listing_id).in_([(it.platform, it.listing_id) for it in rows]),
        )
        .order_by(picture.place)
    )
    shown = dict[ListingKey, list[SightedPicture]]()
    for row in session.scalars(query):
        shown.setdefault((row.platform, row.listing_id), []).append(
            SightedPicture(
                sha256=row.sha256,
                dhash=unsigned(row.dhash),
                phash=unsigned(row.phash),
                source=row.source,
            )
        )
    return [
        Sighting(
            listing=Listing.model_validate_json(row.document),
            pictures=tuple(shown.get((row.platform, row.listing_id), ())),
            judgement=_judgement(row),
            scan_id=row.scan_id,
            first_seen_at=row.first_seen_at,
            seen_at=row.seen_at,
        )
        for row in rows
    ]


def _judgement(row: SightedListingRow) -> Judgement | None:
    if row.tier is None or row.score is None or row.route is None or row.recipe_version is None:
        return None
    return Judgement(
        tier=row.tier,
        score=row.score,
        route=row.route,
        brand=row.brand,
        reference_id=row.reference_id,
        recipe_version=row.recipe_version,
        encoder=row.encoder,
    )


def signed(bits: int | None) -> int | None:
    """64 bits as the databases' signed integers hold them.

    >>> signed(2**64 - 1), unsigned(-1) == 2**64 - 1
    (-1, True)
    """
    return bits if bits is None or bits < 2**63 else bits - 2**64


def unsigned(number: int | None) -> int | None:
    """The 64 bits again."""
    return number if number is None or number >= 0 else number + 2**64
