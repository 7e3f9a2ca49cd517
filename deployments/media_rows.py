"""From the body of POST /v1/media to the pictures that it names: one, several, or a CSV's."""

import csv
import io
from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ValidationError

from deployments.body import read_json
from deployments.media_models import MOST_MEDIA, MOST_NAME, MediaBatch, MediaWanted
from deployments.problems import ProblemError

_Model = TypeVar("_Model", bound=BaseModel)

Row = MediaWanted | ProblemError
"""A picture to index, or why that line of the CSV names none."""


def read_media(body: bytes, content_type: str) -> tuple[list[Row], bool]:
    """The rows of a body, and whether it was one picture by itself; `ProblemError` for the whole."""
    if content_type.partition(";")[0].strip().lower() == "text/csv":
        return _read_csv(body), False
    value = read_json(body)
    if isinstance(value, dict) and "media" in value:
        return list(parsed(value, MediaBatch).media), False
    return [parsed(value, MediaWanted)], True


def parsed(value: object, model: type[_Model]) -> _Model:
    """JSON as one of the API's models."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, it['loc'])) or 'the body'}: {it['msg']}" for it in error.errors()[:10]
        )
        raise _unreadable(faults) from error


def name_of(wanted: MediaWanted) -> str:
    """What a picture is called where nobody named it.

    >>> name_of(MediaWanted(url="https://cdn.example.com/a/sku%2010.jpg?w=9"))
    'sku 10.jpg'
    >>> name_of(MediaWanted(url="data:image/png;base64,AAAA"))
    'picture'
    """
    if wanted.name:
        return wanted.name
    try:
        parts = urlsplit(wanted.url)
    except ValueError:  # no address; fetching says so
        return "picture"
    last = unquote(parts.path.rpartition("/")[2]) if parts.scheme in ("http", "https") else ""
    return last.replace("\x00", "")[:MOST_NAME] or "picture"


def _read_csv(body: bytes) -> list[Row]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(f"byte 0x{body[error.start]:02x} at position {error.start} is not UTF-8") from error
    lines = _lines(text)
    columns = [cell.strip().lower() for cell in next(lines, []) if isinstance(cell, str)]
    if "url" not in columns or len(set(columns)) != len(columns) or set(columns) - {"url", "name"}:
        raise _unreadable("the first line must name the columns `url` and, if wanted, `name`, each once")
    rows = [_row(cells, columns) for cells in islice(lines, MOST_MEDIA + 1)]
    if not 1 <= len(rows) <= MOST_MEDIA:
        raise _unreadable(f"there are more than {MOST_MEDIA} rows" if rows else "there is no row in it")
    return rows


def _lines(text: str) -> Iterator[list[str] | str]:
    """Each line's cells, or why it has none; blank lines are passed over."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            cells = next(lines, None)
        except csv.Error as error:
            yield f"not CSV: {error}"
        else:
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield cells


def _row(cells: list[str] | str, columns: list[str]) -> Row:
    if isinstance(cells, str):
        return _unreadable(cells)
    if len(cells) > len(columns):
        return _unreadable(f"{len(cells)} values under {len(columns)} columns: quote values with commas")
    try:
        return parsed({c: cell.strip() for c, cell in zip(columns, cells, strict=False)}, MediaWanted)
    except ProblemError as problem:
        return problem


def _unreadable(why: str) -> ProblemError:
    return ProblemError(
        "not-media",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"{why}.",
        title="The body names no pictures",
        hint='Send {"url": "https://…"}, {"media": [{"url": …}, …]} with at most '
        f"{MOST_MEDIA}, or text/csv with a column `url`.",
    )
