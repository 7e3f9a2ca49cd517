"""Listings that an earlier scan of a source held and this one does not: gone, or only not shown.

A search is no inventory: it may leave out today what it showed yesterday. So a listing is called gone only
where its platform was asked for it by itself and says so; elsewhere it was "not found again", and no more is
claimed. Files are left out, which hold whatever their maker put into them, and so are sources that could not
be read whole.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.seen_listings import MissedListing, SeenListing, SeenListings
from connectors import Access, Connector, open_source
from pipelines.journal import Journal
from pipelines.watched import Watch
from scoring.errors import CounterfoilError
from scoring.listing import Listing, Seller

Fate = Literal["gone", "not_found_again", "there", "unanswered"]
"""Confirmed by a look-up; not shown, and the platform has no look-up; still there, though the search did not
show it; or the look-up could not be made."""

_MOST = 200
"""Look-ups of missed listings for each source and scan: eBay's day has 5,000 calls for everything."""

SCHEMA = pa.schema(
    [
        ("tenant", pa.string()),
        ("scan_id", pa.string()),
        ("source", pa.string()),
        ("platform", pa.string()),
        ("listing_id", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("seller_id", pa.string()),
        ("fate", pa.string()),
        ("last_scan_id", pa.string()),
        ("last_seen_at", pa.timestamp("us", "UTC")),
    ]
)
"""One row of `vanished.parquet` for each listing that is gone or was not found again."""


@dataclass(slots=True)
class Vanished:
    """What became of the listings that were missed."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    """Of `SCHEMA`, but for the scan's own columns."""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """By source and fate."""
    unanswered: dict[str, str] = field(default_factory=dict)
    """By source, why some missed listings were not looked up."""
    there: dict[str, list[MissedListing]] = field(default_factory=dict)
    """By source, those that its search did not show, and that a look-up did."""

    def tell(self, seen: SeenListings, out: Path, *, tenant: str, scan_id: str) -> None:
        """Write `vanished.parquet` where there is something to tell; remember what need not be asked again.

        Those that are still there have been seen by this scan too, if not by its search.
        """
        for source, listings in self.there.items():
            seen.keep(tenant, source, scan_id, listings)
        if not self.rows:
            return
        # The scan that held it last is `last_scan_id`; `scan_id` is the one that tells of it.
        rows = [row | {"tenant": tenant, "scan_id": scan_id} for row in self.rows]
        unfinished = out / "vanished.parquet.part"
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), unfinished, compression="zstd")
        unfinished.replace(out / "vanished.parquet")
        for source in self.counts:
            told = [(row["platform"], row["listing_id"]) for row in self.rows if row["source"] == source]
            seen.told_gone(tenant, source, told)


def is_search(source: str, access: Access) -> bool:
    """Whether a source is a marketplace's, where a listing that is missing may be gone."""
    return bool(open_source(source, access).capabilities.searches)


@dataclass(frozen=True, slots=True)
class Missing:
    """What was read, held against what earlier scans had seen."""

    journal: Journal
    seen: SeenListings
    access: Access
    tenant: str

    def find(self, sources: Iterable[str], scan_id: str) -> Vanished:
        """Of sources that were read whole, what is missing; what was read is kept for the next scan.

        Doing it twice does no harm: what was looked up is in the journal, and is not asked for again.
        """
        found = Vanished()
        for source in sources:
            self.seen.keep(self.tenant, source, scan_id, _kept(self.journal, source))
            missed = [
                it
                for it in self.seen.missed(self.tenant, source, scan_id)
                if not self.journal.holds(it.platform, it.listing_id)
            ]
            if missed:
                self._find(source, missed, found)
        return found

    def _find(self, source: str, missed: Sequence[MissedListing], found: Vanished) -> None:
        watch = Watch(self.access)
        try:
            fates, why = self._fates(source, open_source(source, watch.watched), missed)
        finally:
            self.journal.add_effort(source, watch.spent())
        found.there[source] = [it for it in missed if fates[it.key] == "there"]
        found.rows += [
            _row(source, it, fates[it.key]) for it in missed if fates[it.key] in ("gone", "not_found_again")
        ]
        found.counts[source] = dict(Counter(fates.values()))
        if why:
            found.unanswered[source] = why

    def _fates(
        self, source: str, connector: Connector, missed: Sequence[MissedListing]
    ) -> tuple[dict[tuple[str, str], Fate], str]:
        """Each missed listing's fate, by its key, and why some have none."""
        if connector.capabilities.details is None:
            return {it.key: "not_found_again" for it in missed}, ""
        fates: dict[tuple[str, str], Fate] = {
            it.key: self.journal.fate(source, it.key) or "unanswered" for it in missed
        }
        unknown = [it for it in missed if fates[it.key] == "unanswered"]
        waiting = iter(asked := unknown[:_MOST])
        why = f"a scan looks {_MOST} up at most" if len(asked) < len(unknown) else ""
        try:
            for detail in connector.details(_listing(it) for it in asked):
                it = next(waiting)
                if detail.errors and not detail.gone:
                    why = detail.errors[0]
                    continue
                fate: Fate = "gone" if detail.gone else "there"
                fates[it.key] = fate
                self.journal.add_fate(source, it.key, fate)
        except (CounterfoilError, ValueError) as error:
            why = str(error)
        return fates, why


def _kept(journal: Journal, source: str) -> Iterator[SeenListing]:
    for listing in journal.listings_of(source):
        yield SeenListing(
            platform=listing.platform,
            listing_id=listing.listing_id,
            url=listing.url,
            title=listing.title,
            seller_id=listing.seller.id if listing.seller else None,
        )


def _listing(missed: MissedListing) -> Listing:
    return Listing(
        platform=missed.platform,
        listing_id=missed.listing_id,
        url=missed.url,
        title=missed.title,
        seller=Seller(id=missed.seller_id) if missed.seller_id else None,
        observed_at=missed.seen_at,
    )


def _row(source: str, missed: MissedListing, fate: Fate) -> dict[str, Any]:
    told = {"source": source, "fate": fate, "last_scan_id": missed.scan_id, "last_seen_at": missed.seen_at}
    return asdict(missed) | told
