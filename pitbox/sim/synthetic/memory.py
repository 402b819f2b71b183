"""iRacing's shared memory as a file: what a reader of the sim maps, byte for byte.

Header, session text, variable headers and three row buffers in turn. A row is written first and stamped
after, so that a reader who looks at the stamp before and after its copy knows whether the row is whole.
"""

import mmap
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pitbox.sim.synthetic.channels import Variable
from pitbox.sim.synthetic.frame import packed

VERSION = 2
TICK_RATE = 60
IMAGE_BYTES = 1_191_936
HEADER_BYTES = 112
TEXT_BYTES = 524_288
VARIABLE_BYTES = 144
_VARIABLE_ROOM = 4096
_BUFFERS = 3
_BUFFER_ROOM = 24_576
_HEADER = struct.Struct("<11iB3x")
_STAMP = struct.Struct("<i")
_BUFFER = struct.Struct("<iii4x")
_VARIABLE = struct.Struct("<iii?3x32s64s32s")
_TYPES = {"b1": 1, "i4": 2, "u4": 3, "f4": 4, "f8": 5}
_TEXT_COUNTER_AT = 12
_NEWEST_AT = 40
_TABLE_AT = HEADER_BYTES + TEXT_BYTES
_ROWS_AT = _TABLE_AT + _VARIABLE_ROOM * VARIABLE_BYTES


def variable_headers(table: Sequence[Variable]) -> bytes:
    """The table of variables as the sim writes it, rows packed in its order."""
    fields = packed(table).fields
    assert fields is not None
    return b"".join(
        _VARIABLE.pack(
            _TYPES[v.kind],
            fields[v.name][1],
            v.count,
            v.is_time,
            v.name.encode("ascii"),
            v.description.encode("cp1252"),
            v.unit.encode("cp1252"),
        )
        for v in table
    )


class MemoryFile:
    """The sim's memory, open for writing. While it is open its status says connected."""

    def __init__(self, path: Path, table: Sequence[Variable]) -> None:
        self._row_bytes = packed(table).itemsize
        if self._row_bytes > _BUFFER_ROOM or len(table) > _VARIABLE_ROOM:
            raise ValueError("So many variables do not fit into the sim's memory.")
        # A file that a reader has mapped must never shrink under it: this one is new, and takes the name.
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with draft.open("w+b") as file:
            file.truncate(IMAGE_BYTES)
            self._map = mmap.mmap(file.fileno(), IMAGE_BYTES)
        self._updates = 0
        self._text_bytes = 0
        self._ticks = 0
        self._newest = _BUFFERS - 1
        headers = variable_headers(table)
        self._map[_TABLE_AT : _TABLE_AT + len(headers)] = headers
        for at in range(_BUFFERS):
            _BUFFER.pack_into(self._map, _stamp_at(at), 0, _ROWS_AT + at * _BUFFER_ROOM, 0)
        # Last, so that whoever sees a connected sim sees all of it.
        self._map[:HEADER_BYTES] = self._header(len(table)) + self._map[_HEADER.size : HEADER_BYTES]
        draft.replace(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def ticks(self) -> int:
        """The stamp of the newest row; counts on through sessions."""
        return self._ticks

    def write_text(self, text: bytes) -> None:
        """The session text; the counter goes up when it stands there."""
        if len(text) >= TEXT_BYTES:
            raise ValueError("So long a text does not fit into the sim's memory.")
        rest = max(0, self._text_bytes - len(text)) + 1
        self._map[HEADER_BYTES : HEADER_BYTES + len(text)] = text
        end = HEADER_BYTES + len(text)
        self._map[end : min(end + rest, _TABLE_AT)] = bytes(min(end + rest, _TABLE_AT) - end)
        self._text_bytes = len(text)
        self._updates += 1
        _STAMP.pack_into(self._map, _TEXT_COUNTER_AT, self._updates)

    def write_row(self, row: bytes | memoryview) -> None:
        """The next tick, into the oldest buffer."""
        at = (self._newest + 1) % _BUFFERS
        stamp, rows_at = _stamp_at(at), _ROWS_AT + at * _BUFFER_ROOM
        self._ticks += 1
        # The begin stamp of newer builds: while it differs from the other one, the row is not whole.
        _STAMP.pack_into(self._map, stamp + 8, self._ticks)
        self._map[rows_at : rows_at + self._row_bytes] = row
        _STAMP.pack_into(self._map, stamp, self._ticks)
        self._newest = at
        struct.pack_into("<iB", self._map, _NEWEST_AT, self._ticks, at)

    def close(self) -> None:
        """The sim goes away: not connected any more, what stands there stays."""
        if not self._map.closed:
            _STAMP.pack_into(self._map, 4, 0)
            self._map.close()

    def _header(self, variables: int) -> bytes:
        return _HEADER.pack(
            VERSION,
            1,
            TICK_RATE,
            0,
            TEXT_BYTES,
            HEADER_BYTES,
            variables,
            _TABLE_AT,
            _BUFFERS,
            self._row_bytes,
            0,
            0,
        )


def _stamp_at(buffer: int) -> int:
    return 48 + 16 * buffer
