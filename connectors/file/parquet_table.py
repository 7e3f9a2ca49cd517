"""Parquet: row groups read in small batches."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from connectors.file.columns import check_columns
from connectors.file.feed import Feed
from connectors.file.records import Record
from scoring.errors import SourceError

BATCH = 256
"""Rows held at a time."""
_BUFFER = 1 << 20  # bytes read ahead per column, so that a row group is never in memory whole


def read_parquet(feed: Feed) -> Iterator[Record]:
    """Every row. Where a row group is damaged, each of its remaining rows is a record with the reason."""
    with feed.open() as file, _opened(file, feed) as table:
        if table.metadata.num_rows == 0:
            return
        check_columns(table.schema_arrow.names, feed)
        number = 0
        for group in range(table.num_row_groups):
            end = number + table.metadata.row_group(group).num_rows
            for record in _group(table, group, number):
                number = record.number
                yield record
            for lost in range(number + 1, end + 1):
                number = lost
                yield Record(lost, None, f"row group {group} of the Parquet file is damaged")


def _opened(file: BinaryIO, feed: Feed) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{feed} is not a Parquet file: {error}.", hint="Write it anew, for instance with pyarrow."
        ) from error


def _group(table: pq.ParquetFile, group: int, before: int) -> Iterator[Record]:
    batches = table.iter_batches(batch_size=BATCH, row_groups=[group], use_threads=False)
    number = before
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError):
            return  # the caller accounts for the rows that are missing, each with this reason
        if batch is None:
            return
        for row in range(batch.num_rows):
            number += 1
            yield _record(number, batch.slice(row, 1))


def _record(number: int, row: pa.RecordBatch) -> Record:
    try:
        return Record(number, row.to_pylist()[0])
    except (pa.ArrowException, ValueError, OverflowError) as error:
        return Record(number, None, f"a value cannot be read: {error}")
