"""Writes an MCAP file (https://mcap.dev/spec): chunks compressed by zstd, an index, a summary at the end.

Our own, for rows come by the block here: a block's messages are laid out by numpy at once, where a writer
that takes one message at a time needs ten times as long. Memory is bounded by one chunk and the index of
chunks.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

MAGIC = b"\x89MCAP0\r\n"
_CHUNK_BYTES = 4 << 20
_HEADER, _FOOTER, _SCHEMA, _CHANNEL, _MESSAGE, _CHUNK, _INDEX, _CHUNK_INDEX = range(1, 9)
_STATISTICS, _METADATA, _METADATA_INDEX, _SUMMARY_OFFSET, _DATA_END = 0x0B, 0x0C, 0x0D, 0x0E, 0x0F
_RECORD = struct.Struct("<BQ")
_MESSAGE_HEAD = 22
"""Channel, sequence and two times."""
_MESSAGE_FIELDS = (
    ("op", "u1"),
    ("size", "<u8"),
    ("channel", "<u2"),
    ("seq", "<u4"),
    ("log", "<u8"),
    ("pub", "<u8"),
)
_LIBRARY = "pitbox"


class _Chunk(msgspec.Struct, frozen=True):
    """What the summary says of one chunk."""

    start_ns: int
    end_ns: int
    offset: int
    size: int
    index_offsets: dict[int, int]
    index_size: int
    compressed: int
    uncompressed: int


class McapWriter:
    """Channels first, then messages; `close` makes it a file that can be read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._kinds: list[bytes] = []
        """Schema records as they were written, for the summary."""
        self._channels: list[bytes] = []
        self._counts: list[int] = []
        self._chunks: list[_Chunk] = []
        self._about: list[tuple[int, int, str]] = []
        self._compressor = zstandard.ZstdCompressor(level=3)
        self._begin_chunk()
        self._write(MAGIC + _record(_HEADER, _text("") + _text(_LIBRARY)))

    def _begin_chunk(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._indexes: dict[int, list[NDArray[np.uint64]]] = {}

    def add_channel(
        self, topic: str, encoding: str, schema: tuple[str, str, bytes], metadata: Mapping[str, str]
    ) -> int:
        """Its number. `schema`: its name, how it is written, and itself."""
        number = len(self._kinds) + 1
        name, how, data = schema
        self._kinds.append(
            _record(_SCHEMA, struct.pack("<H", number) + _text(name) + _text(how) + _bytes(data))
        )
        content = struct.pack("<HH", number, number) + _text(topic) + _text(encoding) + _map(metadata)
        self._channels.append(_record(_CHANNEL, content))
        self._counts.append(0)
        self._write(self._kinds[-1] + self._channels[-1])
        return number

    def add_metadata(self, name: str, metadata: Mapping[str, str]) -> None:
        record = _record(_METADATA, _text(name) + _map(metadata))
        self._about.append((self._at, len(record), name))
        self._write(record)

    def add_rows(self, channel: int, times_ns: NDArray[np.uint64], rows: NDArray[Any]) -> None:
        """Messages of one size: the bytes of each row as they lie in memory."""
        count, size = len(rows), rows.dtype.itemsize
        first = self._counts[channel - 1]
        kind = np.dtype([*_MESSAGE_FIELDS, ("data", f"V{size}")])
        out = np.zeros(count, kind)
        out["op"], out["size"], out["channel"] = _MESSAGE, _MESSAGE_HEAD + size, channel
        out["seq"] = np.arange(first, first + count) & 0xFFFFFFFF
        out["log"] = out["pub"] = times_ns
        out["data"] = np.ascontiguousarray(rows).view(f"V{size}")
        self._take(channel, times_ns, np.arange(count, dtype=np.uint64) * kind.itemsize, out.tobytes())

    def add_messages(self, channel: int, times_ns: Sequence[int], payloads: Sequence[bytes]) -> None:
        parts: list[bytes] = []
        offsets, at, seq = [], 0, self._counts[channel - 1]
        for time_ns, payload in zip(times_ns, payloads, strict=True):
            head = struct.pack("<HIQQ", channel, seq & 0xFFFFFFFF, time_ns, time_ns)
            parts.append(_record(_MESSAGE, head + payload))
            offsets.append(at)
            at, seq = at + len(parts[-1]), seq + 1
        times = np.array(times_ns, np.uint64)
        self._take(channel, times, np.array(offsets, np.uint64), b"".join(parts))

    def close(self) -> None:
        self._end_chunk()
        self._write(_record(_DATA_END, struct.pack("<I", 0)))
        summary_at = self._at
        summary, offsets = self._summary()
        tail = struct.pack("<QQ", summary_at, summary_at + len(summary))
        body = summary + offsets + _RECORD.pack(_FOOTER, len(tail) + 4) + tail
        self._write(body + struct.pack("<I", zlib.crc32(body)) + MAGIC)

    def _take(
        self, channel: int, times_ns: NDArray[np.uint64], offsets: NDArray[np.uint64], data: bytes
    ) -> None:
        if not len(times_ns):
            return
        index = np.stack([times_ns, offsets + np.uint64(self._size)], axis=1)
        self._indexes.setdefault(channel, []).append(index)
        self._parts.append(data)
        self._size += len(data)
        self._counts[channel - 1] += len(times_ns)
        if self._size >= _CHUNK_BYTES:
            self._end_chunk()

    def _end_chunk(self) -> None:
        if not self._parts:
            return
        raw = b"".join(self._parts)
        packed = self._compressor.compress(raw)
        indexes = {channel: np.concatenate(found) for channel, found in self._indexes.items()}
        start_ns = min(int(index[:, 0].min()) for index in indexes.values())
        end_ns = max(int(index[:, 0].max()) for index in indexes.values())
        head = struct.pack("<QQQI", start_ns, end_ns, len(raw), zlib.crc32(raw))
        record = _record(_CHUNK, head + _text("zstd") + struct.pack("<Q", len(packed)) + packed)
        at = self._at
        self._write(record)
        offsets, index_at = {}, self._at
        for channel, index in sorted(indexes.items()):
            offsets[channel] = self._at
            data = index.astype("<u8").tobytes()
            self._write(_record(_INDEX, struct.pack("<H", channel) + _bytes(data)))
        self._chunks.append(
            _Chunk(start_ns, end_ns, at, len(record), offsets, self._at - index_at, len(packed), len(raw))
        )
        self._begin_chunk()

    def _summary(self) -> tuple[bytes, bytes]:
        groups = [
            (_SCHEMA, self._kinds),
            (_CHANNEL, self._channels),
            (_STATISTICS, [self._statistics()]),
            (_CHUNK_INDEX, [_chunk_index(chunk) for chunk in self._chunks]),
            (
                _METADATA_INDEX,
                [_record(_METADATA_INDEX, struct.pack("<QQ", *a[:2]) + _text(a[2])) for a in self._about],
            ),
        ]
        summary, offsets = b"", b""
        for opcode, records in groups:
            data = b"".join(records)
            if data:
                place = struct.pack("<BQQ", opcode, self._at + len(summary), len(data))
                offsets += _record(_SUMMARY_OFFSET, place)
                summary += data
        return summary, offsets

    def _statistics(self) -> bytes:
        counts = b"".join(struct.pack("<HQ", at, count) for at, count in enumerate(self._counts, 1) if count)
        start_ns = min((chunk.start_ns for chunk in self._chunks), default=0)
        end_ns = max((chunk.end_ns for chunk in self._chunks), default=0)
        figures = struct.pack(
            "<QHIIIIQQ",
            sum(self._counts), len(self._kinds), len(self._channels), 0, len(self._about), len(self._chunks),
            start_ns, end_ns,
        )  # fmt: skip
        return _record(_STATISTICS, figures + _bytes(counts))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)


def _chunk_index(chunk: _Chunk) -> bytes:
    places = b"".join(struct.pack("<HQ", *place) for place in sorted(chunk.index_offsets.items()))
    return _record(
        _CHUNK_INDEX,
        struct.pack("<QQQQ", chunk.start_ns, chunk.end_ns, chunk.offset, chunk.size)
        + _bytes(places)
        + struct.pack("<Q", chunk.index_size)
        + _text("zstd")
        + struct.pack("<QQ", chunk.compressed, chunk.uncompressed),
    )


def _record(opcode: int, content: bytes) -> bytes:
    return _RECORD.pack(opcode, len(content)) + content


def _bytes(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def _text(text: str) -> bytes:
    return _bytes(text.encode())


def _map(values: Mapping[str, str]) -> bytes:
    return _bytes(_join(_text(key) + _text(value) for key, value in values.items()))


def _join(parts: Iterable[bytes]) -> bytes:
    return b"".join(parts)
