"""What a scan leaves behind: `results.parquet` and `summary.json` (DESIGN section 8)."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.journal_rows import JournalListing
from pipelines.progress import Stage
from scoring.evidence import Verdict

_CONTRIBUTION = pa.struct(
    [
        ("signal", pa.string()),
        ("score", pa.float64()),
        ("weight", pa.float64()),
        ("contribution", pa.float64()),
        ("detail", pa.string()),
    ]
)
_ABSTENTION = pa.struct([("signal", pa.string()), ("reason", pa.string())])

SCHEMA = pa.schema(
    [
        ("tenant", pa.string()),
        ("scan_id", pa.string()),
        ("platform", pa.string()),
        ("listing_id", pa.string()),
        ("url", pa.string()),
        ("seller_id", pa.string()),
        ("title", pa.string()),
        ("tier", pa.int8()),
        ("score", pa.float64()),
        ("route", pa.string()),
        ("rule", pa.string()),
        ("brand", pa.string()),
        ("subject", pa.string()),
        ("seller_authorised", pa.bool_()),
        ("exemption", pa.string()),
        ("reference_id", pa.string()),
        ("recipe_version", pa.string()),
        ("encoder", pa.string()),
        ("contributions", pa.list_(_CONTRIBUTION)),
        ("abstentions", pa.list_(_ABSTENTION)),
        ("errors", pa.list_(pa.string())),
    ]
)
"""One row a listing. A listing that could not be read is a row too: tier 4, score 0, with its errors."""

_ROWS = 2000
"""Rows buffered before they are written: a few megabytes."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict in the journal: as data, with what went wrong on the way to it."""

    verdict: dict[str, Any]
    errors: tuple[str, ...]

    def to_json(self) -> str:
        """What the journal keeps."""
        return json.dumps({"verdict": self.verdict, "errors": self.errors})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFacts:
    """What is the same in every row of a scan."""

    tenant: str
    scan_id: str
    recipe_version: str


def judged(verdict: Verdict, errors: tuple[str, ...]) -> Judged:
    """A verdict and the errors of its pictures, ready for the journal."""
    return Judged(asdict(verdict), errors)


def write_results(
    listings: Iterator[JournalListing], path: Path, *, scan: ScanFacts, stage: Stage
) -> Counter[str]:
    """Write every row, a buffer at a time, under another name until it is whole; counts by tier."""
    tiers: Counter[str] = Counter()
    unfinished = path.with_suffix(".parquet.part")
    with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for listing in listings:
            row = _row(listing, scan)
            tiers[str(row["tier"])] += 1
            rows.append(row)
            stage.advance(1)
            if len(rows) >= _ROWS:
                writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
                rows.clear()
        writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
    unfinished.replace(path)
    return tiers


def _row(listing: JournalListing, scan: ScanFacts) -> dict[str, Any]:
    said = listing.verdict or {"verdict": {}, "errors": []}
    shown = listing.listing
    unread: dict[str, Any] = {
        "platform": listing.platform,
        "listing_id": listing.listing_id,
        "tier": 4,
        "score": 0.0,
        "route": "none",
        "rule": "the listing could not be read",
        "seller_authorised": False,
        "recipe_version": scan.recipe_version,
        "contributions": [],
        "abstentions": [],
    }
    return unread | {
        **said["verdict"],
        "tenant": scan.tenant,
        "scan_id": scan.scan_id,
        "url": shown.url if shown else None,
        "seller_id": shown.seller.id if shown and shown.seller else None,
        "title": shown.title if shown else None,
        "errors": [*listing.errors, *said["errors"]],
    }


def write_summary(summary: dict[str, Any], path: Path) -> None:
    """Write the summary under another name until it is whole."""
    unfinished = path.with_suffix(".json.part")
    unfinished.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(path)
