"""CSV as RFC 4180 has it: one file a table, and the own car's channels at full rate.

UTF-8 with the mark that spreadsheets look for, lines ended by CR LF, and no cell that a spreadsheet runs.
"""

import csv
import io
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from pitbox.model.channel import Layout
from pitbox.planning.exchange.cell import guarded
from pitbox.store.export.own import OwnPiles, OwnRows, heading, joined, own_file
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
    """One file for each set of channels that the sim had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Layout, BinaryIO] = {}
        self._piles = OwnPiles(_MANY)

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
        if layout not in self._files:
            path = own_file(self._folder, len(self._files) + 1, "csv")
            self._files[layout] = path.open("wb")
            self._files[layout].write(_MARK + _line(_headings(layout)))
        self._files[layout].write(_lines(pile, layout))


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
