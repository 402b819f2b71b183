"""Rows of one stream as a column block: what makes 24 hours fit into two gigabytes.

Each row is XOR-ed with the row before, the bytes are transposed so that equal positions stand together,
and zstd does the rest. A channel with a `step` is first counted in steps, and of that the second
difference is kept: a car at steady speed then costs nearly nothing. A block stands alone: it needs
its layout, no other block.
"""

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from pitbox.model.channel import CHANNEL_KINDS, Layout
from pitbox.model.source import RowArray
from pitbox.wire.errors import MalformedError, OversizeError
from pitbox.wire.limit import (
    MAX_BLOCK_RAW,
    MAX_BLOCK_ROWS,
    MAX_CHANNEL_COUNT,
    MAX_CHANNELS,
    MAX_ROW_BYTES,
)

_NAN_STEPS = np.int32(-(2**31))
_STEP_LIMIT = 2.0**30


class _Shape(msgspec.Struct, frozen=True):
    """Where the plain and the stepped bytes of a layout's row lie."""

    row_bytes: int
    plain: NDArray[np.intp] | None
    """Byte positions that are not stepped; None when all are plain."""
    stepped: tuple[tuple[str, float], ...]
    stepped_count: int


def check_layout(layout: Layout) -> None:
    """Refuse a layout that no sim would send, before a type is built from it."""
    channels = layout.channels
    if not 2 <= len(channels) <= MAX_CHANNELS:
        raise MalformedError(f"A layout of {len(channels)} channels is not possible.")
    if (channels[0].name, channels[1].name) != ("SessionTime", "SessionTick"):
        raise MalformedError("A layout starts with SessionTime and SessionTick.")
    if len({channel.name for channel in channels}) != len(channels):
        raise MalformedError("A layout names a channel twice.")
    row_bytes = 0
    for channel in channels:
        if channel.kind not in CHANNEL_KINDS or not 1 <= channel.count <= MAX_CHANNEL_COUNT:
            raise MalformedError(f"The channel {channel.name!r} has an impossible type or size.")
        if channel.step and (channel.kind != "f4" or not 0 < channel.step < 1):
            raise MalformedError(f"The channel {channel.name!r} has an impossible step.")
        row_bytes += int(channel.kind[1]) * channel.count
    if row_bytes > MAX_ROW_BYTES:
        raise OversizeError(f"A row of {row_bytes} bytes is larger than {MAX_ROW_BYTES}.")


def rows_per_block(layout: Layout) -> int:
    """How many rows of this layout one block may hold."""
    return max(1, min(MAX_BLOCK_ROWS, MAX_BLOCK_RAW // layout.dtype.itemsize))


def quantise(layout: Layout, rows: RowArray) -> RowArray:
    """The rows as the log will give them back."""
    shape = _shape(layout)
    if not shape.stepped:
        return rows
    out = rows.copy()
    for name, step in shape.stepped:
        out[name] = _from_steps(_to_steps(rows[name], step), step)
    return out


def encode_rows(layout: Layout, rows: RowArray) -> bytes:
    """The block's data; the caller keeps `len(rows)` beside it."""
    shape = _shape(layout)
    count = len(rows)
    raw = np.ascontiguousarray(rows).view(np.uint8).reshape(count, shape.row_bytes)
    plain = raw if shape.plain is None else raw[:, shape.plain]
    mixed = plain.copy()
    mixed[1:] ^= plain[:-1]
    parts = [mixed.T.tobytes()]
    if shape.stepped:
        steps = np.concatenate(
            [_to_steps(rows[name], step).reshape(count, -1) for name, step in shape.stepped], axis=1
        )
        parts.append(_second_difference(steps).view(np.uint8).reshape(count, -1).T.tobytes())
    compressor = zstandard.ZstdCompressor(level=3, write_content_size=True, write_checksum=False)
    return compressor.compress(b"".join(parts))


def decode_rows(layout: Layout, row_count: int, data: bytes) -> RowArray:
    """The rows again, quantised; raises WireError before it allocates for a lie."""
    shape = _shape(layout)
    size = row_count * shape.row_bytes
    if not 1 <= row_count <= MAX_BLOCK_ROWS or (size > MAX_BLOCK_RAW and row_count > 1):
        raise OversizeError(f"A block of {row_count} rows and {size} bytes is larger than the limit.")
    try:
        if zstandard.get_frame_parameters(data).content_size != size:
            raise MalformedError("A block's content does not have the size of its rows.")
        packed = zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
    except zstandard.ZstdError as error:
        raise MalformedError(f"A block cannot be unpacked: {error}.") from error
    if len(packed) != size:
        raise MalformedError("A block's content does not have the size of its rows.")
    plain_bytes = shape.row_bytes - 4 * shape.stepped_count
    split = row_count * plain_bytes
    flat = np.frombuffer(packed, np.uint8)
    plain = np.bitwise_xor.accumulate(flat[:split].reshape(plain_bytes, row_count).T, axis=0)
    if shape.plain is None:
        return _as_rows(layout, np.ascontiguousarray(plain))
    raw = np.empty((row_count, shape.row_bytes), np.uint8)
    raw[:, shape.plain] = plain
    rows = _as_rows(layout, raw)
    planes = np.ascontiguousarray(flat[split:].reshape(4 * shape.stepped_count, row_count).T)
    steps = _undo_second_difference(planes.view("<u4").reshape(row_count, shape.stepped_count))
    at = 0
    for name, step in shape.stepped:
        width = rows[name].size // row_count
        rows[name] = _from_steps(steps[:, at : at + width], step).reshape(rows[name].shape)
        at += width
    return rows


def _as_rows(layout: Layout, raw: NDArray[np.uint8]) -> RowArray:
    rows: RowArray = raw.view(layout.dtype).reshape(len(raw))
    return rows


def _to_steps(values: NDArray[Any], step: float) -> NDArray[np.int32]:
    scaled = np.rint(values.astype(np.float64) / step)
    good = np.abs(scaled) < _STEP_LIMIT  # False for NaN and infinities too
    return np.where(good, scaled, _NAN_STEPS).astype(np.int32)


def _from_steps(steps: NDArray[np.int32], step: float) -> NDArray[np.float32]:
    values = (steps * step).astype(np.float32)
    values[steps == _NAN_STEPS] = np.nan
    return values


def _second_difference(steps: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Zigzag of the second difference along rows, modulo 2^32."""
    work = steps.view(np.uint32).copy()
    work[1:] -= steps.view(np.uint32)[:-1]
    first = work.copy()
    work[2:] -= first[1:-1]
    signed = work.view(np.int32)
    return ((signed << 1) ^ (signed >> 31)).view(np.uint32)


def _undo_second_difference(zigzag: NDArray[np.uint32]) -> NDArray[np.int32]:
    work = (zigzag >> 1) ^ (~(zigzag & 1) + np.uint32(1))
    np.add.accumulate(work[1:], axis=0, out=work[1:])
    return np.add.accumulate(work, axis=0, dtype=np.uint32).view(np.int32)


@lru_cache(maxsize=64)
def _shape(layout: Layout) -> _Shape:
    check_layout(layout)
    dtype = layout.dtype
    is_plain = np.ones(dtype.itemsize, bool)
    stepped = []
    for channel in layout.channels:
        if channel.step:
            fields = dtype.fields
            assert fields is not None
            kind, offset = fields[channel.name][:2]
            is_plain[offset : offset + kind.itemsize] = False
            stepped.append((channel.name, channel.step))
    plain = None if not stepped else np.flatnonzero(is_plain)
    return _Shape(
        row_bytes=dtype.itemsize,
        plain=plain,
        stepped=tuple(stepped),
        stepped_count=int((~is_plain).sum()) // 4,
    )
