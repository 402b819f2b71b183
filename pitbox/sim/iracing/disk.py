"""iRacing's `.ibt` files: the same header as its memory, a few figures of the recording, then row after row.

The file is mapped, not read: a view costs nothing, and only what is looked at comes from the disk.
"""

import contextlib
import mmap
import struct
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.source import RowArray
from pitbox.sim.iracing.column import copied, dtype_of
from pitbox.sim.iracing.errors import (
    EmptyFileError,
    GarbageError,
    ImageError,
    NotIracingError,
    TruncatedError,
)
from pitbox.sim.iracing.header import HEADER_BYTES, Header, parse_header

_DISK = struct.Struct("<q2d2i")
_ROWS_AT_LEAST = HEADER_BYTES + _DISK.size


class DiskHeader(msgspec.Struct, frozen=True):
    """What the sim noted when it closed the file; zeros where it did not come to that."""

    began_utc_s: int
    start_s: float
    end_s: float
    lap_count: int
    record_count: int


class IbtFile:
    """Raises ImageError for what cannot be used at all, and OSError for what cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            if not file.seek(0, 2):
                raise EmptyFileError(f"{path.name} is empty.")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            with memoryview(self._map) as view:
                self.header: Header = parse_header(view)
                self.disk = _disk_header(view, self.header)
                self.rows, self.problems = _rows(self._map, self.header, self.disk)
                self.text = _text(view, self.header)
        except ImageError as error:
            self._map.close()
            raise type(error)(f"{path.name}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """Whole records."""
        return len(self.rows)

    @property
    def size_bytes(self) -> int:
        return len(self._map)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Every channel, as a view on the file: (records,) or (records, count)."""
        return {variable.name: self.rows[variable.name] for variable in self.header.variables}

    def copied_columns(self) -> dict[str, NDArray[Any]]:
        """Every channel in memory of its own, its records side by side."""
        return copied(self._map, self.header, len(self.rows))

    def content(self) -> memoryview:
        """All bytes of the file; to be released before the file is closed."""
        return memoryview(self._map)

    def close(self) -> None:
        """The map goes when the last view of it is gone."""
        self.rows = self.rows[:0].copy()
        with contextlib.suppress(BufferError):
            self._map.close()


def _disk_header(view: memoryview, header: Header) -> DiskHeader:
    if len(header.buffers) != 1 or header.buffers[0].offset < _ROWS_AT_LEAST:
        raise NotIracingError("This is an image of the sim's memory, not a recording from its disk.")
    if header.buffers[0].offset < header.variables_end:
        raise GarbageError("The header is damaged: its rows begin inside the list of its channels.")
    return DiskHeader(*_DISK.unpack_from(view, HEADER_BYTES))


def _rows(content: mmap.mmap, header: Header, disk: DiskHeader) -> tuple[RowArray, tuple[str, ...]]:
    """The whole records, and what is wrong with their number."""
    start, length = header.buffers[0].offset, header.buffer_length
    whole = (len(content) - start) // length
    told = disk.record_count
    problems: tuple[str, ...] = ()
    if told <= 0:
        problems = (f"The sim did not close this file; {whole} records are whole.",)
    elif told > whole:
        problems = (f"The file is cut off: {whole} of {told} records are whole.",)
    count = whole if told <= 0 else min(told, whole)
    if count == 0:
        raise TruncatedError("There is no whole record in it.")
    rows: RowArray = np.ndarray((count,), dtype_of(header), content, start)
    return rows, problems


def _text(view: memoryview, header: Header) -> bytes:
    area = bytes(view[header.text_offset : header.text_offset + header.text_length])
    return area.partition(b"\0")[0]
