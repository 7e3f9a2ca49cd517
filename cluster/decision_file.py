"""Files of reviewers' decisions: CSV or JSONL, one decision a line.

Columns: `listing_id` and `outcome` (confirmed or dismissed); where known `platform`, `scan_id`, `brand`,
`by` and `at` (ISO 8601 with a time zone).
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from scoring.decisions import Ruling
from scoring.errors import SettingsError

_HINT = "Each line needs at least listing_id and outcome (confirmed or dismissed)."


class Written(BaseModel):
    """One line of a file of decisions."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    line: int
    listing_id: str = Field(min_length=1)
    outcome: Ruling
    by: str = Field(min_length=1, description="Who decided; the command's --by where a line does not say.")
    platform: str | None = None
    scan_id: str | None = None
    brand: str | None = None
    at: AwareDatetime | None = None

    @field_validator("outcome", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that is no decision."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def read_decisions(path: Path, *, by: str | None) -> Iterator[Written | Unread]:
    """Every line that is not empty, as a decision or with the reason why it is none.

    Raises `SettingsError` for a file that cannot be read at all.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the decisions {path} cannot be read: {error}.", hint=_HINT) from error
    match path.suffix.lower():
        case ".csv":
            rows = _of_csv(path, text)
        case ".jsonl":
            rows = _of_jsonl(text)
        case other:
            raise SettingsError(
                f"decisions in {other or 'no format'} cannot be read.", hint="Give .csv or .jsonl."
            )
    for line, row in rows:
        yield row if isinstance(row, Unread) else _written(line, row, by)


def _of_csv(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any] | Unread]]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    missing = [it for it in ("listing_id", "outcome") if it not in (reader.fieldnames or ())]
    if missing:
        raise SettingsError(f"{path} has no column {' and no '.join(missing)}.", hint=_HINT)
    try:
        for row in reader:
            surplus = row.pop(None, None)  # where DictReader keeps what no column names
            if surplus:
                yield reader.line_num, Unread(reader.line_num, "it has more values than there are columns")
            else:
                yield reader.line_num, dict(row)
    except csv.Error as error:
        raise SettingsError(
            f"{path} is not CSV after line {reader.line_num}: {error}.", hint=_HINT
        ) from error


def _of_jsonl(text: str) -> Iterator[tuple[int, dict[str, Any] | Unread]]:
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        try:
            row = json.loads(written)
        except ValueError as error:
            yield line, Unread(line, f"not JSON: {error}")
            continue
        yield line, row if isinstance(row, dict) else Unread(line, "not a JSON object")


def _written(line: int, row: dict[str, Any], by: str | None) -> Written | Unread:
    said = {name: value for name, value in row.items() if value is not None and value != ""}
    if by is not None:
        said.setdefault("by", by)
    if "by" not in said:
        return Unread(line, "it does not say who decided: add `by`, or --by")
    try:
        return Written.model_validate({**said, "line": line})
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors())
        return Unread(line, "; ".join(faults))
