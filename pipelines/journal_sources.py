"""The journal's side of reading: sources and how far each is, pages of listings, and their details."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cluster.measure import MOST_PICTURES, beyond
from connectors.interface import Checkpoint, SourceRow
from pipelines.journal_file import JournalFile
from pipelines.journal_rows import picture_key
from scoring.listing import Listing

_STRIDE = 2**32
"""Numbers that each source has for its listings: whichever is read faster, the order of rows is the same."""
_WANTED, _HAD, _UNNEEDED, _UNANSWERED = "wanted", "had", "unneeded", "unanswered"
"""What became of a listing's details; nothing until the cheap steps have judged it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What a page cost, beside what it brought."""

    calls: int = 0
    waited: float = 0.0
    """Seconds that its pace, or the platform, had it wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProgress(Effort):
    """How far the reading of a source is, over all of the scan's runs."""

    source: str
    pages: int
    listings: int
    """Rows that its pages held; one that another page had brought before counts, and is kept once."""
    whole: bool
    """Whether it has been read to its end."""


class ReadJournal(JournalFile):
    """Sources in, listings and their pictures kept; whatever is added twice is there once."""

    # Reading.

    def plan(self, sources: Sequence[str]) -> None:
        """Fix what is read, in this order."""
        with self.transaction():
            for source in sources:
                self._ordinal(source)

    def leave_out(self, words: Mapping[str, str]) -> None:
        """Keep what of a source, as it was named, is not read on purpose."""
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO left_out VALUES (?, ?)", words.items())

    def left_out(self) -> dict[str, str]:
        """By source, what is not read on purpose."""
        return dict(self._db.execute("SELECT source, words FROM left_out").fetchall())

    def planned(self) -> tuple[str, ...]:
        """Every source of this scan, in its order."""
        return tuple(row[0] for row in self._db.execute("SELECT source FROM sources ORDER BY ordinal"))

    def progress(self) -> tuple[SourceProgress, ...]:
        """How far each source is."""
        rows = self._db.execute(
            "SELECT source, pages, listings, whole, calls, waited FROM sources ORDER BY ordinal"
        )
        names = ("source", "pages", "listings", "whole", "calls", "waited")
        return tuple(
            SourceProgress(**dict(zip(names, row, strict=True)) | {"whole": bool(row[3])}) for row in rows
        )

    def checkpoint(self, source: str) -> Checkpoint | None:
        """Where the reading of a source got to: None at its beginning."""
        row = self._db.execute("SELECT checkpoint FROM sources WHERE source = ?", (source,)).fetchone()
        return Checkpoint.from_json(row[0]) if row and row[0] else None

    def add_page(
        self,
        source: str,
        rows: Sequence[SourceRow],
        checkpoint: Checkpoint,
        *,
        once: bool = False,
        effort: Effort | None = None,
    ) -> None:
        """Keep one page of a source together with the checkpoint behind it.

        With `once`, a listing that some page brought before is not kept again.
        """
        effort = effort or Effort()
        with self.transaction():
            self._add(self._ordinal(source), list(self._unknown(rows)) if once else rows)
            self._db.execute(
                "UPDATE sources SET checkpoint = ?, pages = pages + 1, listings = listings + ?, "
                "calls = calls + ?, waited = waited + ? WHERE source = ?",
                (checkpoint.to_json(), len(rows), effort.calls, effort.waited, source),
            )

    def read_whole(self, source: str) -> None:
        """Keep that a source has been read to its end."""
        self._db.execute("UPDATE sources SET whole = 1 WHERE source = ?", (source,))

    def add_effort(self, source: str, effort: Effort) -> None:
        """Count what brought no page: calls that failed, and details."""
        self._db.execute(
            "UPDATE sources SET calls = calls + ?, waited = waited + ? WHERE source = ?",
            (effort.calls, effort.waited, source),
        )

    def holds(self, platform: str, listing_id: str) -> bool:
        """Whether some page has brought this listing."""
        found = self._db.execute(
            "SELECT 1 FROM listings WHERE listing_id = ? AND platform = ?", (listing_id, platform)
        ).fetchone()
        return found is not None

    def listings_of(self, source: str) -> Iterator[Listing]:
        """Every listing that a source's pages brought, a page at a time."""
        first = self._ordinal(source) * _STRIDE
        last = first
        while rows := self._db.execute(
            "SELECT number, listing FROM listings WHERE number > ? AND number < ? AND listing IS NOT NULL "
            "ORDER BY number LIMIT 1000",
            (last, first + _STRIDE),
        ).fetchall():
            yield from (Listing.model_validate_json(listing) for _, listing in rows)
            last = rows[-1][0]

    def fate(self, source: str, key: tuple[str, str]) -> Literal["gone", "there"] | None:
        """What a look-up said of a listing that this scan has missed; None where there was none."""
        row = self._db.execute(
            "SELECT fate FROM missed WHERE source = ? AND platform = ? AND listing_id = ?", (source, *key)
        ).fetchone()
        return row[0] if row else None

    def add_fate(self, source: str, key: tuple[str, str], fate: str) -> None:
        """Keep what a look-up said of a listing that this scan has missed."""
        self._db.execute("INSERT OR REPLACE INTO missed VALUES (?, ?, ?, ?)", (source, *key, fate))

    def _ordinal(self, source: str) -> int:
        self._db.execute(
            "INSERT OR IGNORE INTO sources (ordinal, source) "
            "SELECT COALESCE(MAX(ordinal), -1) + 1, ? FROM sources",
            (source,),
        )
        return int(self._db.execute("SELECT ordinal FROM sources WHERE source = ?", (source,)).fetchone()[0])

    def _unknown(self, rows: Sequence[SourceRow]) -> Iterator[SourceRow]:
        seen = set()
        for row in rows:
            key = (row.platform, row.raw_id)
            if row.raw_id is None or row.platform is None:
                yield row
            elif key not in seen and not self.holds(row.platform, row.raw_id):
                seen.add(key)
                yield row

    def _add(self, ordinal: int, rows: Sequence[SourceRow], *, detail: str | None = None) -> None:
        first = ordinal * _STRIDE
        (base,) = self._db.execute(
            "SELECT COALESCE(MAX(number), ?) FROM listings WHERE number BETWEEN ? AND ?",
            (first, first, first + _STRIDE - 1),
        ).fetchone()
        for number, row in enumerate(rows, start=base + 1):
            there = row.listing.images if row.listing else ()
            images = there[:MOST_PICTURES]
            errors = row.errors if images == there else (*row.errors, beyond(len(images), len(there)))
            self._db.execute(
                "INSERT INTO listings (number, listing, platform, listing_id, errors, pictures, detail) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    row.listing.model_dump_json() if row.listing else None,
                    row.listing.platform if row.listing else row.platform,
                    row.listing.listing_id if row.listing else row.raw_id,
                    json.dumps(errors),
                    json.dumps(self._add_pictures(number, images)),
                    detail,
                ),
            )

    def _add_pictures(self, number: int, images: Sequence[str]) -> list[str]:
        """Keep each distinct picture once, placed by the first listing that names it; its keys."""
        keys = [picture_key(image) for image in images]
        self._db.executemany(
            "INSERT INTO pictures (key, source, place) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET place = min(place, excluded.place)",
            [
                (key, image, number * MOST_PICTURES + at)
                for at, (key, image) in enumerate(zip(keys, images, strict=True))
            ],
        )
        return keys

    # Details.

    def want_details(self, decided: Sequence[tuple[int, float | None]]) -> None:
        """Keep which listings are worth a look-up, by their suspicion, and which are not (None)."""
        with self.transaction():
            self._db.executemany(
                "UPDATE listings SET detail = ?, worth = ? WHERE number = ?",
                [(_UNNEEDED if worth is None else _WANTED, worth, number) for number, worth in decided],
            )

    def wanted_details(self, source: str) -> list[tuple[int, Listing]]:
        """(number, listing) of those of a source still to be looked up, the most suspicious first."""
        first = self._ordinal(source) * _STRIDE
        rows = self._db.execute(
            "SELECT number, listing FROM listings WHERE detail = ? AND number BETWEEN ? AND ? "
            "ORDER BY worth DESC, number",
            (_WANTED, first, first + _STRIDE - 1),
        )
        return [(number, Listing.model_validate_json(listing)) for number, listing in rows.fetchall()]

    def add_detail(
        self, number: int, listing: Listing, *, errors: Sequence[str] = (), others: Sequence[Listing] = ()
    ) -> None:
        """Keep what a look-up told of a listing; its pictures come behind those that were known.

        `others` are listings that came with it, and need no look-up of their own; those that are known
        already are not kept again.
        """
        with self.transaction():
            known, had = self._db.execute(
                "SELECT listing, errors FROM listings WHERE number = ?", (number,)
            ).fetchone()
            there = Listing.model_validate_json(known).images
            images = tuple(dict.fromkeys((*there, *listing.images)))
            listing = listing.model_copy(update={"images": images})
            keys = self._add_pictures(number, images[:MOST_PICTURES])
            self._db.execute(
                "UPDATE listings SET listing = ?, errors = ?, pictures = ?, detail = ? WHERE number = ?",
                (
                    listing.model_dump_json(),
                    json.dumps(list(dict.fromkeys([*json.loads(had), *errors]))),
                    json.dumps(keys),
                    _HAD,
                    number,
                ),
            )
            rows = [
                SourceRow(number=at, listing=one, raw_id=one.listing_id, platform=one.platform)
                for at, one in enumerate(others, start=1)
            ]
            self._add(number // _STRIDE, list(self._unknown(rows)), detail=_UNNEEDED)

    def leave_details(self, numbers: Sequence[int], why: str) -> None:
        """Keep that listings were not looked up, and why: they are judged as they are."""
        with self.transaction():
            self._db.executemany(
                "UPDATE listings SET detail = ?, why = ? WHERE number = ?",
                [(_UNANSWERED, why, number) for number in numbers],
            )

    def details(self, source: str) -> tuple[int, dict[str, int]]:
        """How many of a source's listings were looked up, and by reason how many were not though wanted."""
        first = self._ordinal(source) * _STRIDE
        rows = self._db.execute(
            "SELECT detail, why, COUNT(*) FROM listings WHERE detail IN (?, ?) AND number BETWEEN ? AND ? "
            "GROUP BY detail, why",
            (_HAD, _UNANSWERED, first, first + _STRIDE - 1),
        ).fetchall()
        had = sum(number for detail, _, number in rows if detail == _HAD)
        return had, {why: number for detail, why, number in rows if detail == _UNANSWERED}


def ordinal_of(number: int) -> int:
    """Which of the scan's sources brought a listing, counted from 0 in the plan's order."""
    return number // _STRIDE
