"""A scan's journal: what has been read, measured and judged, in one SQLite file.

The scan's driver is its only writer. Every batch is one transaction, so after a crash at any
moment `--resume` finds exactly the rows that are finished and goes on with the others; a stage may
run twice and changes nothing. Nothing of a scan has to fit in memory.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.journal_rows import HASHES_ONLY, JournalListing, JournalPicture, read_picture
from pipelines.journal_sources import ReadJournal
from scoring.errors import SettingsError
from scoring.listing import Listing


class Journal(ReadJournal):
    """Opened for one scan by one driver; `SettingsError` where another is at work on it."""

    # What the scan is: it may only be resumed as the same scan.

    def bind(self, facts: dict[str, str]) -> None:
        """Remember what this scan is; refuse to go on as a different one."""
        known = dict(self._db.execute("SELECT name, value FROM facts").fetchall())
        changed = sorted(name for name, value in known.items() if facts.get(name) != value)
        if changed:
            raise SettingsError(
                f"this scan was begun with another {', '.join(changed)}.",
                hint="Resume it as it was begun, or start a new scan in another folder.",
            )
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    # Looking at pictures.

    def unseen(self) -> Iterator[tuple[str, str]]:
        """(key, source) of every picture that nobody has looked at."""
        yield from self._db.cursor().execute("SELECT key, source FROM pictures WHERE seen = 0 ORDER BY place")

    def add_looks(self, looks: Sequence[dict[str, Any]]) -> None:
        """Keep what looking at pictures showed: sha256, hashes and cheap features, or an error."""
        known = [(look["key"],) for look in looks if look["known"]]
        with self.transaction():
            self._db.executemany(
                "UPDATE pictures SET seen = CASE WHEN :hashes_only THEN 2 ELSE 1 END, "
                "sha256 = :sha256, dhash = :dhash, phash = :phash, "
                "features = :features, error = :error, failure = :failure WHERE key = :key",
                looks,
            )
            self._db.executemany("INSERT OR IGNORE INTO known VALUES (?)", known)

    def hashes(
        self, *, hashes_only: bool = False
    ) -> Iterator[tuple[str, str | None, str | None, str | None]]:
        """(key, sha256, dHash, pHash) of every picture, as listings named them first.

        Of those that could be read, or of those of which only hashes are left.
        """
        how = HASHES_ONLY if hashes_only else 1
        for row in self._pages(
            "SELECT place, key, sha256, dhash, phash FROM pictures "  # noqa: S608 - a number
            f"WHERE place > ? AND seen = {how} AND error IS NULL ORDER BY place LIMIT ?"
        ):
            yield row[1], row[2], row[3], row[4]

    def add_groups(self, groups: Iterable[tuple[str, str]]) -> None:
        """Keep (group, key) pairs: which picture is measured in whose stead."""
        with self.transaction():
            self._db.executemany("UPDATE pictures SET grp = ? WHERE key = ?", groups)

    def picture(self, key: str) -> JournalPicture:
        """One picture by its key."""
        row = self._db.execute(
            "SELECT key, source, sha256, dhash, phash, grp, features, error, seen FROM pictures "
            "WHERE key = ?",
            (key,),
        ).fetchone()
        return read_picture(row)

    # Counting against the tenant's cap.

    def admission(self, number: int) -> str | None:
        """How a listing's pictures came to be measured, or not; None where nobody has asked yet."""
        row = self._db.execute("SELECT how FROM admissions WHERE number = ?", (number,)).fetchone()
        return str(row[0]) if row else None

    def admit(self, number: int, how: str, *, groups: Iterable[str]) -> None:
        """Keep that, and that these groups' pictures need not be counted again."""
        with self.transaction():
            self._db.execute("INSERT INTO admissions VALUES (?, ?)", (number, how))
            self._db.executemany("INSERT OR IGNORE INTO known VALUES (?)", ((group,) for group in groups))

    def admissions(self) -> dict[str, int]:
        """How many listings were admitted how."""
        return dict(self._db.execute("SELECT how, COUNT(*) FROM admissions GROUP BY how").fetchall())

    def known(self, groups: Iterable[str]) -> bool:
        """Whether all of these groups were measured lately, or counted already."""
        return all(
            self._db.execute("SELECT 1 FROM known WHERE key = ?", (group,)).fetchone() for group in groups
        )

    # Measuring.

    def want(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Ask for (group, feature) pairs to be measured; asking twice is asking once."""
        with self.transaction():
            self._db.executemany("INSERT OR IGNORE INTO wanted VALUES (?, ?)", wanted)

    def unmeasured(self) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
        """(group, source, sha256, features) still to be measured."""
        rows = self._db.cursor().execute(
            "SELECT w.grp, p.source, p.sha256, group_concat(w.feature) "
            "FROM wanted w JOIN pictures p ON p.key = w.grp "
            "LEFT JOIN measured m ON m.grp = w.grp AND m.feature = w.feature "
            "WHERE m.grp IS NULL GROUP BY w.grp ORDER BY p.place"
        )
        for group, source, digest, features in rows:
            yield group, source, digest, tuple(sorted(features.split(",")))

    def unmeasured_features(self) -> tuple[str, ...]:
        """Which features are still to be measured on some group."""
        rows = self._db.execute(
            "SELECT DISTINCT w.feature FROM wanted w "
            "LEFT JOIN measured m ON m.grp = w.grp AND m.feature = w.feature WHERE m.grp IS NULL"
        )
        return tuple(sorted(feature for (feature,) in rows))

    def waiting(self) -> int:
        """How many groups still have something to be measured."""
        row = self._db.execute(
            "SELECT COUNT(DISTINCT w.grp) FROM wanted w "
            "LEFT JOIN measured m ON m.grp = w.grp AND m.feature = w.feature WHERE m.grp IS NULL"
        ).fetchone()
        return int(row[0])

    def add_measurements(self, values: Iterable[tuple[str, str, bytes]], counts: Mapping[str, int]) -> None:
        """Keep (group, feature, value) triples together with what they add to the scan's counts."""
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO measured VALUES (?, ?, ?)", values)
            self._db.executemany(
                "INSERT INTO counts VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
                counts.items(),
            )

    def measurements(self, group: str) -> dict[str, bytes]:
        """What was measured on a group's representative, by feature."""
        return dict(
            self._db.execute("SELECT feature, value FROM measured WHERE grp = ?", (group,)).fetchall()
        )

    # Judging.

    def listings(self, *, undecided: bool = False) -> Iterator[JournalListing]:
        """Every row of the source in its order, or only those without a verdict."""
        only = "AND verdict IS NULL AND listing IS NOT NULL" if undecided else ""
        for number, listing, platform, listing_id, errors, pictures, verdict, detail, why in self._pages(
            "SELECT number, listing, platform, listing_id, errors, pictures, verdict, detail, why "  # noqa: S608 - a constant
            f"FROM listings WHERE number > ? {only} ORDER BY number LIMIT ?"
        ):
            yield JournalListing(
                number,
                Listing.model_validate_json(listing) if listing else None,
                platform,
                listing_id,
                tuple(json.loads(errors)),
                tuple(json.loads(pictures)),
                json.loads(verdict) if verdict else None,
                detail,
                why,
            )

    def add_verdicts(self, verdicts: Iterable[tuple[str, int]]) -> None:
        """Keep (verdict as JSON, number) pairs."""
        with self.transaction():
            self._db.executemany("UPDATE listings SET verdict = ? WHERE number = ?", verdicts)

    def forget_verdicts(self) -> None:
        """Let every listing be judged again, by what was measured and what may still be."""
        with self.transaction():
            self._db.execute("UPDATE listings SET verdict = NULL")
            self._db.execute("UPDATE listings SET detail = NULL WHERE detail = 'unneeded'")

    def forget_verdicts_on(self, references: Collection[str]) -> int:
        """Let what rests on these references, and is in the queue, be judged again; how many listings."""
        marks = ", ".join("?" * len(references))
        with self.transaction():
            changed = self._db.execute(
                "UPDATE listings SET verdict = NULL "  # noqa: S608 - question marks alone
                "WHERE json_extract(verdict, '$.verdict.tier') <= 2 "
                f"AND json_extract(verdict, '$.verdict.reference_id') IN ({marks})",
                tuple(references),
            )
        return changed.rowcount

    def held(self) -> dict[str, int]:
        """How many listings wait for a reference in quarantine, by its id."""
        rows = self._db.execute(
            "SELECT json_extract(verdict, '$.verdict.reference_id'), COUNT(*) FROM listings "
            "WHERE json_extract(verdict, '$.verdict.rule') LIKE 'held: %' GROUP BY 1"
        )
        return dict(rows.fetchall())

    def add_error(self, number: int, error: str) -> None:
        """Add to what went wrong with a listing; what it says already is not said again."""
        row = self._db.execute("SELECT errors FROM listings WHERE number = ?", (number,)).fetchone()
        errors = dict.fromkeys([*json.loads(row[0]), error])
        self._db.execute(
            "UPDATE listings SET errors = ? WHERE number = ?", (json.dumps(list(errors)), number)
        )

    # What is kept beyond the scan.

    def first_said(self, name: str, value: str) -> str:
        """What was said of a name when the scan began; a later word does not replace it."""
        self._db.execute("INSERT OR IGNORE INTO said VALUES (?, ?)", (name, value))
        return str(self._db.execute("SELECT value FROM said WHERE name = ?", (name,)).fetchone()[0])

    def add_kept(self, kept: Iterable[tuple[str, int]]) -> None:
        """Note pictures, (sha256, bytes), that lie among the tenant's."""
        with self.transaction():
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", kept)

    def is_kept(self, digest: str) -> bool:
        """Whether a picture was noted as kept."""
        return self._db.execute("SELECT 1 FROM kept WHERE sha256 = ?", (digest,)).fetchone() is not None

    def not_whole(self) -> int:
        """How many listings show a picture of which only hashes are left."""
        if not self.total("pictures", "seen = 2"):
            return 0
        row = self._db.execute(
            "SELECT COUNT(DISTINCT l.number) FROM listings l, json_each(l.pictures) shown "
            "JOIN pictures p ON p.key = shown.value WHERE p.seen = 2"
        ).fetchone()
        return int(row[0])

    def kept(self) -> tuple[int, int]:
        """How many pictures of this scan are kept, and their bytes."""
        number, size = self._db.execute("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM kept").fetchone()
        return int(number), int(size)

    # Counting.

    def undecided(self) -> int:
        """How many listings have no verdict yet; those that could not be read never have one."""
        return self.total("listings", "verdict IS NULL AND listing IS NOT NULL")

    def unique_pictures(self) -> int:
        """How many groups of near-identical pictures there are."""
        return int(self._db.execute("SELECT COUNT(DISTINCT grp) FROM pictures").fetchone()[0])

    def failures(self) -> dict[str, int]:
        """How many rows and pictures failed, by kind."""
        found = dict(
            self._db.execute(
                "SELECT failure, COUNT(*) FROM pictures WHERE error IS NOT NULL GROUP BY failure"
            ).fetchall()
        )
        unreadable = self.total("listings", "listing IS NULL")
        return found | ({"ListingError": unreadable} if unreadable else {})

    def spend(self, stage: str, seconds: float) -> None:
        """Add to the time a stage has taken, over all of the scan's runs."""
        self._db.execute(
            "INSERT INTO seconds VALUES (?, ?) "
            "ON CONFLICT (stage) DO UPDATE SET seconds = seconds + excluded.seconds",
            (stage, seconds),
        )

    def figures(self) -> tuple[dict[str, float], dict[str, int]]:
        """Seconds by stage and counts by name."""
        return (
            dict(self._db.execute("SELECT stage, seconds FROM seconds").fetchall()),
            dict(self._db.execute("SELECT name, value FROM counts").fetchall()),
        )
