"""CSV as RFC 4180 has it: one file a table, and the own car's channels at full rate.

UTF-8 with the mark that spreadsheets look for, lines ended by CR LF, and no cell that a spreadsheet runs.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from pitbox.model.channel import Layout
from pitbox.planning.exchange.cell import guarded
from pitbox.store.export.own import OwnRows, heading
from pitbox.store.export.own_file import OwnFiles, joined
from pitbox.store.export.tables import Table

_MARK = b"\xef\xbb\xbf"
_MANY = 2_000
"""Rows turned into text at once."""


def write_table(path: Path, table: Table) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.schema.names)
        writer.writerows([_cell(row.get(name)) for name in table.schema.names] for row in table.rows)


class OwnCsv:
    """The rows of one layout."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._layout = layout
        self._file = path.open("wb")
        self._file.write(_MARK + _line(_headings(layout)))

    def write(self, pile: list[OwnRows]) -> None:
        self._file.write(_lines(pile, self._layout))

    def close(self) -> None:
        self._file.close()


def own_csv(folder: Path) -> OwnFiles:
    return OwnFiles(folder, "csv", OwnCsv, _MANY)


def _headings(layout: Layout) -> list[str]:
    names = ["device", "session_num", "run"]
    for channel in layout.channels:
        each = [None] if channel.count == 1 else range(channel.count)
        names += [heading(channel, at) for at in each]
    return names


def _lines(pile: list[OwnRows], layout: Layout) -> bytes:
    """Numbers only but for the device's hex digits: nothing in them needs a quote."""
    rows = joined(pile)
    counts = [len(own.rows) for own in pile]
    columns: list[Any] = [
        pa.array(np.repeat([own.log.device[:8] for own in pile], counts)),
        pa.array(np.repeat([own.session_num for own in pile], counts)),
        pa.array(np.repeat([own.run for own in pile], counts)),
    ]
    for channel in layout.channels:
        values = rows[channel.name].reshape(len(rows), -1)
        columns += [
            pa.array(np.ascontiguousarray(values[:, at]), from_pandas=True) for at in range(channel.count)
        ]
    table = pa.table(columns, names=[str(at) for at in range(len(columns))])
    out = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    pyarrow.csv.write_csv(table, out, options)
    return out.getvalue().replace(b"\n", b"\r\n")


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
    return out.getvalue().encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return guarded(" ".join("" if one is None else str(one) for one in value))
    return guarded(value) if isinstance(value, str) else value
