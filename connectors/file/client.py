"""Reads a file's records, whatever its format, a few at a time."""

from collections.abc import Callable, Iterator
from pathlib import Path

from connectors.file.csv_table import read_csv
from connectors.file.jsonl import read_jsonl
from connectors.file.parquet_table import read_parquet
from connectors.file.records import Record
from scoring.errors import SourceError

READERS: dict[str, Callable[[Path], Iterator[Record]]] = {
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
}


def check_readable(path: Path) -> None:
    """`SourceError` with what to do about it, where a path cannot be a file of listings."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder.", hint=f"Name a file in it: {', '.join(READERS)}.")
    if not path.exists():
        raise SourceError(f"there is no file {path}.", hint="Check the path; it is read from here.")
    if path.suffix.lower() not in READERS:
        hint = f"Known are {', '.join(READERS)}."
        if path.suffix.lower() == ".json":
            hint += " A JSON array becomes JSONL by writing one object a line: jq -c '.[]'."
        raise SourceError(f"{path} does not say what format it has.", hint=hint)
    if not path.is_file():
        raise SourceError(
            f"{path} is not a regular file.", hint="Write it to disk first: a scan may read it twice."
        )


def read_records(path: Path) -> Iterator[Record]:
    """Every record of the file. `SourceError` where the file itself cannot be read."""
    check_readable(path)
    try:
        yield from READERS[path.suffix.lower()](path)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror or error}.", hint="Check its permissions."
        ) from error
