"""Listings in files: JSONL, CSV and Parquet."""

from pathlib import Path

from connectors.file.connector import FileConnector
from connectors.source import Source
from scoring.errors import SourceError


def _open(path: str, _access: object, market: str | None) -> FileConnector:
    if market is not None:
        raise SourceError(f"a file has no market {market!r}.", hint="Write file:PATH.")
    return FileConnector(Path(path).expanduser())


SOURCE = Source(open=_open, example="listings.jsonl", offline=True)

__all__ = ["SOURCE", "FileConnector"]
