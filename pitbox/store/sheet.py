"""Rows on their way into one table, as columns: keys of ours, and channels of the sim."""

import logging
from collections.abc import Sequence
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pitbox.model.channel import Channel
from pitbox.store.column import ColumnBook
from pitbox.store.statement import insert_from

_log = logging.getLogger("pitbox.store")

Row = dict[str, Any]
"""One row of few, by column."""


class Values(msgspec.Struct, frozen=True):
    """One channel of a sheet: shape (n,), or (n, count) for an array channel."""

    channel: Channel
    data: NDArray[Any]


class Sheet(msgspec.Struct, frozen=True):
    table: str
    keys: dict[str, NDArray[Any]]
    """By column, all of one length."""
    channels: tuple[Values, ...]

    def __len__(self) -> int:
        return len(next(iter(self.keys.values())))


def insert_sheet(connection: duckdb.DuckDBPyConnection, book: ColumnBook, sheet: Sheet) -> int:
    """Append the sheet; returns the count of its rows."""
    if len(sheet):
        insert_rows(connection, sheet.table, _arrow(connection, book, sheet))
    return len(sheet)


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, *, is_replacing: bool = False
) -> None:
    """Append rows by column name; replacing those with the same primary key if asked to."""
    if rows.num_rows == 0:
        return
    connection.register("pitbox_batch", rows)
    try:
        connection.execute(insert_from(table, "pitbox_batch", is_replacing=is_replacing))
    finally:
        connection.unregister("pitbox_batch")


def arrow_rows(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """The rows as a table; one with a number that its column cannot hold is left out and said."""
    try:
        return pa.Table.from_pylist(rows, schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        fitting = [row for row in rows if _fits(row, schema)]
        _log.warning("%d rows hold impossible numbers and are left out", len(rows) - len(fitting))
        return pa.Table.from_pylist(fitting, schema=schema)


def _fits(row: Row, schema: pa.Schema) -> bool:
    try:
        pa.Table.from_pylist([row], schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return False
    return True


def _arrow(connection: duckdb.DuckDBPyConnection, book: ColumnBook, sheet: Sheet) -> pa.Table:
    columns: dict[str, Any] = {name: pa.array(values) for name, values in sheet.keys.items()}
    book.enter(connection, [(values.channel, values.data.ndim > 1) for values in sheet.channels])
    for values in sheet.channels:
        is_array = values.data.ndim > 1
        column = book.column(connection, values.channel, is_array=is_array)
        if column is not None:
            columns[column] = _list_array(values.data) if is_array else pa.array(_packed(values.data))
    return pa.table(columns)


def _list_array(data: NDArray[Any]) -> Any:
    count, width = data.shape
    offsets = pa.array(np.arange(0, (count + 1) * width, width, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, pa.array(_packed(data).reshape(-1)))


def _packed(data: NDArray[Any]) -> NDArray[Any]:
    """Contiguous, and out of the row it came from."""
    return np.ascontiguousarray(data)
