"""Moving a whole catalogue from one record store to another: from a file to a server, or back."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, insert, select, text

from catalog import schema
from catalog.database import Database
from catalog.faults import translated
from catalog.models import Table as Model
from scoring.errors import CatalogError

_BATCH = 500
"""Rows in memory at a time. The largest, a recipe or a scan's summary, has some ten thousand characters."""

Tell = Callable[[str, int, int], None]
"""Told of a table's name, the rows that are done, and how many there are."""


@dataclass(slots=True)
class _Tally:
    """How many rows went by, and a checksum whatever their order: stores sort text differently."""

    rows: int = 0
    total: int = 0

    def add(self, row: RowMapping) -> None:
        written = json.dumps(dict(row), sort_keys=True, default=_written, ensure_ascii=True)
        self.total = (self.total + int.from_bytes(sha256(written.encode()).digest())) % 2**256
        self.rows += 1


def copy_catalog(source: Database, target: Database, *, tell: Tell) -> dict[str, int]:
    """Copy every table, in one transaction that commits only what it has read back; rows by table.

    The target gets its tables where it has none. Raises `CatalogError` where it holds records already, where
    one cannot keep what the other does, or where the copy is not what was read.
    """
    schema.require_current(source)
    schema.upgrade(target)
    tables = Model.metadata.sorted_tables  # those that others refer to come first
    with translated(), source.reader.begin() as reading, target.writer.begin() as writing:
        _claim(writing, tables, target)
        copied = {}
        for table in tables:
            sent = _send(reading, writing, table, tell)
            kept = _Tally()
            for row in _rows(writing, table):
                kept.add(row)
            if kept != sent:
                raise CatalogError(
                    f"The copy of {table.name} differs from what was read ({kept.rows} rows of {sent.rows}).",
                    hint="Nothing was kept. Report this: the two stores do not agree on a value.",
                )
            _set_sequence(writing, table, target)
            copied[table.name] = sent.rows
    return copied


def _claim(writing: Connection, tables: Sequence[Table], target: Database) -> None:
    """Keep other writers out until the end, and see that nothing would be mixed."""
    if not target.embedded:  # a file has one writer anyway
        names = ", ".join(target.engine.dialect.identifier_preparer.format_table(table) for table in tables)
        writing.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    taken = [table.name for table in tables if writing.scalar(select(table).limit(1)) is not None]
    if taken:
        raise CatalogError(
            f"The catalogue at {target.shown} holds records already ({', '.join(taken)}).",
            hint="Copy into one that is empty: catalogues are not merged.",
        )


def _send(reading: Connection, writing: Connection, table: Table, tell: Tell) -> _Tally:
    whole = reading.scalar(select(func.count()).select_from(table)) or 0
    sent, batch = _Tally(), list[dict[str, Any]]()
    tell(table.name, 0, whole)
    for row in _rows(reading, table):
        sent.add(row)
        batch.append(dict(row))
        if len(batch) == _BATCH or sent.rows == whole:
            writing.execute(insert(table), batch)
            batch.clear()
            tell(table.name, sent.rows, whole)
    return sent


def _rows(connection: Connection, table: Table) -> Iterator[RowMapping]:
    streamed = connection.execute(select(table), execution_options={"yield_per": _BATCH})
    yield from streamed.mappings()


def _set_sequence(writing: Connection, table: Table, target: Database) -> None:
    """Let a server count on where the copied rows end; SQLite does so by itself."""
    column = table.autoincrement_column
    if target.embedded or column is None:
        return
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    newest = writing.scalar(select(func.max(column)))
    if newest is not None:
        writing.execute(select(func.setval(sequence, newest)))


def _written(value: object) -> str:
    if isinstance(value, date):  # a moment is one as well
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form that both stores share")
