"""Parquet, typed and compressed by zstd: one file a table, and the own car's channels at full rate."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from pitbox.model.channel import Channel, Layout
from pitbox.model.source import RowArray
from pitbox.store.export.own import OwnPiles, OwnRows, joined, own_file
from pitbox.store.export.tables import Table

_GROUP_ROWS = 18_000
"""Five minutes: 20 MB of rows before they are compressed."""
_TYPES = {
    "b1": pa.bool_(),
    "i1": pa.int8(),
    "i2": pa.int16(),
    "i4": pa.int32(),
    "u4": pa.uint32(),
    "f4": pa.float32(),
    "f8": pa.float64(),
}


def write_table(path: Path, table: Table) -> None:
    pyarrow.parquet.write_table(table.arrow(), path, compression="zstd")


class OwnParquet:
    """One file for each set of channels that the sim had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Layout, pa.parquet.ParquetWriter] = {}
        self._piles = OwnPiles(_GROUP_ROWS)

    @property
    def row_count(self) -> int:
        return self._piles.row_count

    def take(self, own: OwnRows) -> None:
        pile = self._piles.put(own)
        if pile:
            self._write(own.layout, pile)

    def close(self) -> None:
        """Every file, also where the disk takes no more."""
        with ExitStack() as stack:
            stack.callback(self._close_files)
            for pile in self._piles.rest():
                self._write(pile[0].layout, pile)

    def _close_files(self) -> None:
        with ExitStack() as stack:
            for file in self._files.values():
                stack.callback(file.close)

    def _write(self, layout: Layout, pile: list[OwnRows]) -> None:
        schema = _schema(layout)
        if layout not in self._files:
            path = own_file(self._folder, len(self._files) + 1, "parquet")
            self._files[layout] = pyarrow.parquet.ParquetWriter(path, schema, compression="zstd")
        self._files[layout].write_table(pa.table(_columns(pile, layout, joined(pile)), schema=schema))


def _schema(layout: Layout) -> pa.Schema:
    keys = [
        pa.field("device", pa.dictionary(pa.int32(), pa.string())),
        pa.field("session_num", pa.int32()),
        pa.field("run", pa.int32()),
    ]
    return pa.schema(keys + [_field(channel) for channel in layout.channels])


def _field(channel: Channel) -> pa.Field:
    kind = _TYPES[channel.kind]
    about = {"unit": channel.unit, "description": channel.description}
    return pa.field(
        channel.name, kind if channel.count == 1 else pa.list_(kind, channel.count), metadata=about
    )


def _columns(waiting: list[OwnRows], layout: Layout, rows: RowArray) -> list[Any]:
    counts = [len(own.rows) for own in waiting]
    devices = sorted({own.log.device for own in waiting})
    index = np.repeat([devices.index(own.log.device) for own in waiting], counts).astype(np.int32)
    columns: list[Any] = [
        pa.DictionaryArray.from_arrays(pa.array(index), pa.array(devices, pa.string())),
        pa.array(np.repeat([own.session_num for own in waiting], counts).astype(np.int32)),
        pa.array(np.repeat([own.run for own in waiting], counts).astype(np.int32)),
    ]
    for channel in layout.channels:
        flat = pa.array(np.ascontiguousarray(rows[channel.name]).reshape(-1))
        columns.append(flat if channel.count == 1 else pa.FixedSizeListArray.from_arrays(flat, channel.count))
    return columns
