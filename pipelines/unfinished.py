"""What a folder of results holds: a scan that ended, one that can be gone on with, or none."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

WORK = "work"
"""The folder, beside the results, of what only an unfinished scan needs."""

JOURNAL = "journal.sqlite"


def unfinished_in(out: Path) -> str | None:
    """The id of the scan in a folder that `--resume` would go on with; None where there is none."""
    journal = out / WORK / JOURNAL
    if not journal.exists():
        return None
    with closing(sqlite3.connect(journal)) as database:
        try:
            row = database.execute("SELECT value FROM facts WHERE name = 'scan_id'").fetchone()
        except sqlite3.OperationalError:  # it died before it had made its tables
            return None
    return str(row[0]) if row else None


def finished_in(out: Path) -> dict[str, Any] | None:
    """The summary of the scan that ended in a folder; None where none did."""
    if (out / WORK).exists() or not (out / "results.parquet").exists():
        return None
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    return summary
