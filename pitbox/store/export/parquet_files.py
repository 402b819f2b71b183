"""Parquet, typed and compressed by zstd: one file a table, and the own car's channels at full rate."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from pitbox.model.channel import Channel, Layout
from pitbox.model.source import RowArray
from pitbox.store.export.own import OwnRows
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
    """`own.parquet`, and `own-2.parquet` and so on where the sim's channels changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Layout, pa.parquet.ParquetWriter] = {}
        self._waiting: dict[Layout, list[OwnRows]] = {}
        self.row_count = 0

    def take(self, own: OwnRows) -> None:
        waiting = self._waiting.setdefault(own.layout, [])
        waiting.append(own)
        self.row_count += len(own.rows)
        if sum(len(one.rows) for one in waiting) >= _GROUP_ROWS:
            self._write(own.layout)

    def close(self) -> None:
        for layout, waiting in self._waiting.items():
            if waiting:
                self._write(layout)
        for file in self._files.values():
            file.close()

    def _write(self, layout: Layout) -> None:
        waiting, self._waiting[layout] = self._waiting[layout], []
        schema = _schema(layout)
        if layout not in self._files:
            number = len(self._files) + 1
            path = self._folder / ("own.parquet" if number == 1 else f"own-{number}.parquet")
            self._files[layout] = pyarrow.parquet.ParquetWriter(path, schema, compression="zstd")
        # Joined as bytes: numpy compares every field of every part when it joins structured rows.
        rows = np.frombuffer(b"".join([own.rows.tobytes() for own in waiting]), layout.dtype)
        self._files[layout].write_table(pa.table(_columns(waiting, layout, rows), schema=schema))


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
