"""Results as a table on the terminal: the suspicious first, then the cleared, then how many more."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

_MOST = 60
"""Rows shown; the file has them all."""

_COLOURS = {1: "bold red", 2: "yellow", 3: "dim", 4: "green"}


def print_table(results: Path, console: Console | None = None) -> None:
    """Print tier, score, why, seller and title of every listing that anyone might ask about."""
    console = console or Console(width=None if Console().is_terminal else 160)
    rows = pq.read_table(results).to_pylist()
    worth = sorted((row for row in rows if _worth_showing(row)), key=lambda row: (row["tier"], -row["score"]))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, ratio in (("tier", None), ("score", None), ("why", 5), ("seller", 2), ("title", 4)):
        table.add_column(name, ratio=ratio, no_wrap=ratio is None, overflow="ellipsis")
    for row in worth[:_MOST]:
        table.add_row(
            str(row["tier"]),
            f"{row['score']:.2f}",
            why(row),
            row["seller_id"] or "–",
            row["title"] or row["listing_id"] or "–",
            style=_COLOURS[row["tier"]],
        )
    console.print(table)
    hidden = len(rows) - min(len(worth), _MOST)
    if hidden:
        console.print(f"… and {hidden} more, nearly all irrelevant.", style="dim")


def why(row: dict[str, Any]) -> str:
    """One line on what a verdict rests on.

    >>> why({"contributions": [], "rule": "cleared: s is authorised", "errors": []})
    'cleared: s is authorised'
    """
    details = [part["detail"] for part in row["contributions"]]
    if not details:
        return "; ".join([row["rule"], *row["errors"]])
    return "; ".join(details)


def _worth_showing(row: dict[str, Any]) -> bool:
    return bool(row["tier"] <= 3 or row["exemption"] or row["errors"])
