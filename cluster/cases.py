"""Reviewers' decisions joined to the results that they were made on.

A decision names a listing; what it rested on is copied from the row of a scan's results, so that the
results may be deleted afterwards.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.decisions import NewDecision
from cluster.decision_file import Unread, Written, read_decisions
from scoring.decisions import Basis, Ruling, Weighed
from scoring.errors import RowError, SettingsError
from scoring.evidence import Abstained

_COLUMNS = (
    "tenant",
    "scan_id",
    "platform",
    "listing_id",
    "seller_id",
    "tier",
    "score",
    "brand",
    "exemption",
    "recipe_version",
    "contributions",
    "abstentions",
)
_ROWS = 8192
"""Read at a time: some ten megabytes."""

Results = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of results by listing id; several where platforms share it, or scans saw it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The decisions of a file that can be kept, and why others cannot."""

    decisions: tuple[NewDecision, ...]
    left_out: tuple[str, ...]


def decide(
    results: Path, listings: Sequence[str], *, tenant: str, ruling: Ruling, by: str
) -> tuple[NewDecision, ...]:
    """One person's decision on listings of a scan, each named by its id or as `platform:id`.

    Raises `SettingsError` where one is not in the results, or is there more than once.
    """
    found = find_rows([results], {part for it in listings for part in _readings(it)}, tenant=tenant)
    try:
        rows = [_only(found, called) for called in dict.fromkeys(listings)]
    except RowError as error:
        raise SettingsError(f"nothing was decided: {error}", hint="Correct it and try again.") from error
    return tuple(_decision(row, ruling, by) for row in rows)


def join(decisions: Path, results: Sequence[Path], *, tenant: str, by: str | None) -> Joined:
    """The decisions of a file, each with its row of the results; a row that cannot be used is left out.

    Where results saw a listing more than once, the latest scan counts, unless the file names a `scan_id`.
    Of several decisions without a moment on one listing, the file's last one counts.
    """
    read = list(read_decisions(decisions, by=by))
    left_out = [str(it) for it in read if isinstance(it, Unread)]
    written = [it for it in read if isinstance(it, Written)]
    found = find_rows(results, {it.listing_id for it in written}, tenant=tenant)
    undated: dict[tuple[str, str], NewDecision] = {}
    dated: list[NewDecision] = []
    for it in written:
        try:
            row = _only(found, it.listing_id, platform=it.platform, scan_id=it.scan_id)
        except RowError as error:
            left_out.append(f"line {it.line}: {error}")
            continue
        decision = _decision(row, it.outcome, it.by, it)
        if decision.at is None:
            undated[decision.platform, decision.listing_id] = decision
        else:
            dated.append(decision)
    return Joined(decisions=(*dated, *undated.values()), left_out=tuple(left_out))


def find_rows(results: Sequence[Path], wanted: set[str], *, tenant: str) -> Results:
    """The rows on some listings, by listing id, read a piece at a time.

    Raises `SettingsError` for a file that is not a scan's results, or another tenant's.
    """
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    values = pa.array(sorted(wanted), pa.string())
    for path in results:
        for batch in _batches(path):
            others = set(batch.column("tenant").unique().to_pylist()) - {tenant}
            if others:
                raise SettingsError(
                    f"{path} holds results of tenant {', '.join(sorted(map(str, others)))}, not of {tenant}.",
                    hint="Name the tenant that scanned: decisions never leave it.",
                )
            for row in batch.filter(pc.is_in(batch.column("listing_id"), value_set=values)).to_pylist():
                found[row["listing_id"]].append(row)
    return found


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    hint = "Name the results.parquet of a scan."
    try:
        file = pq.ParquetFile(path)
        missing = sorted(set(_COLUMNS) - set(file.schema_arrow.names))
        if missing:
            raise SettingsError(f"{path} lacks {', '.join(missing)}: no scan's results.", hint=hint)
        yield from file.iter_batches(batch_size=_ROWS, columns=list(_COLUMNS))
    except (OSError, pa.ArrowException) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", hint=hint) from error


def _readings(called: str) -> tuple[str, ...]:
    """The listing ids that a word may mean: an id may hold colons itself."""
    _, colon, rest = called.partition(":")
    return (called, rest) if colon and rest else (called,)


def _only(
    found: Results, called: str, *, platform: str | None = None, scan_id: str | None = None
) -> Mapping[str, Any]:
    rows = list(found.get(called, ()))
    if not rows and platform is None and ":" in called:
        platform, _, called = called.partition(":")
        rows = list(found.get(called, ()))
    rows = [row for row in rows if platform in (None, row["platform"]) and scan_id in (None, row["scan_id"])]
    if not rows:
        among = "".join([f" of {platform}" if platform else "", f" of scan {scan_id}" if scan_id else ""])
        raise RowError(f"the results hold no listing {called!r}{among}.")
    platforms = sorted({row["platform"] for row in rows})
    if len(platforms) > 1:
        raise RowError(f"{called!r} is a listing of {' and of '.join(platforms)}: say which, as platform:id.")
    return max(rows, key=lambda row: row["scan_id"])  # an id begins with the second of its scan


def _decision(row: Mapping[str, Any], ruling: Ruling, by: str, written: Written | None = None) -> NewDecision:
    return NewDecision(
        platform=row["platform"],
        listing_id=row["listing_id"],
        brand=(written.brand if written else None) or row["brand"],
        ruling=ruling,
        by=by,
        at=written.at if written else None,
        basis=Basis(
            scan_id=row["scan_id"],
            recipe_version=row["recipe_version"],
            tier=row["tier"],
            score=row["score"],
            seller_id=row["seller_id"],
            exemption=row["exemption"],
            # An exemption's share is no signal's evidence: it follows from the basis' `exemption`.
            evidence=tuple(
                Weighed(it["signal"], it["score"], it["weight"])
                for it in row["contributions"] or ()
                if it["signal"] != row["exemption"]
            ),
            abstentions=tuple(Abstained(it["signal"], it["reason"]) for it in row["abstentions"] or ()),
        ),
    )
