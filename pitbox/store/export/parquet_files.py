"""Parquet, typed and compressed by zstd: one file a table, and the own car's channels at full rate."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from pitbox.model.channel import Channel, Layout
from pitbox.model.source import RowArray
from pitbox.store.export.own import OwnRows
from pitbox.store.export.own_file import OwnFiles, joined
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
    """The rows of one layout."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._layout, self._schema = layout, _schema(layout)
        self._file = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, pile: list[OwnRows]) -> None:
        columns = _columns(pile, self._layout, joined(pile))
        self._file.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._file.close()


def own_parquet(folder: Path) -> OwnFiles:
    return OwnFiles(folder, "parquet", OwnParquet, _GROUP_ROWS)


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
