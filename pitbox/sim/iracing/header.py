"""The header that iRacing's shared memory and its `.ibt` files start with.

Everything it says is held against the size of what it came in before anything is allocated for it.
"""

import struct

import msgspec

from pitbox.model.channel import MAX_CHANNELS
from pitbox.sim.iracing.errors import EmptyFileError, GarbageError, NotIracingError, TruncatedError
from pitbox.wire.limit import MAX_CHANNEL_COUNT, MAX_ROW_BYTES

HEADER_BYTES = 112
VARIABLE_BYTES = 144
BUFFER_SLOTS = 4
"""Room for buffers in the header; the sim rotates three."""

_HEAD = struct.Struct("<10i")
_BUFFER = struct.Struct("<3i4x")
_VARIABLE = struct.Struct("<3i?3x32s64s32s")
_KINDS = ("i1", "b1", "i4", "u4", "f4", "f8")
_VERSIONS = (1, 2)
_MAX_TICK_RATE = 3600
_MAX_TEXT_BYTES = 16 << 20


class Variable(msgspec.Struct, frozen=True):
    """One column of a row, under the sim's own name."""

    name: str
    kind: str
    """numpy type code, as in `model.channel.Channel`."""
    count: int
    is_time: bool
    """Samples of one tick after the other, not one for each car."""
    unit: str
    description: str
    offset: int
    """Bytes from the start of the row."""

    @property
    def size(self) -> int:
        return int(self.kind[1]) * self.count


class Buffer(msgspec.Struct, frozen=True):
    """One row in memory; in a file the first of all rows."""

    tick: int
    """The sim's count when the row was finished."""
    offset: int


class Header(msgspec.Struct, frozen=True):
    version: int
    status: int
    tick_rate: int
    text_update: int
    """Grows when the session text changes."""
    text_length: int
    text_offset: int
    variables: tuple[Variable, ...]
    buffer_length: int
    buffers: tuple[Buffer, ...]
    variables_end: int = 0
    """The first byte behind the list of variables."""

    @property
    def is_connected(self) -> bool:
        return bool(self.status & 1)

    def variable(self, name: str) -> Variable | None:
        return next((variable for variable in self.variables if variable.name == name), None)


def parse_header(view: memoryview) -> Header:
    """The header of the image under `view`; raises ImageError for what is not whole or not iRacing's."""
    size = view.nbytes
    if size == 0:
        raise EmptyFileError("The file is empty.")
    if size >= 4 and int.from_bytes(view[:4], "little") not in _VERSIONS:
        raise NotIracingError("This is not iRacing telemetry: it does not start with a version that exists.")
    if size < HEADER_BYTES:
        raise TruncatedError(f"Only {size} bytes are left: not even iRacing's header is whole.")
    version, status, tick_rate, update, text_length, text_offset, count, at, slots, length = (
        _HEAD.unpack_from(view)
    )
    _check_figures(tick_rate, count, slots, length)
    _check_place(view, "The session text", text_offset, text_length, limit=_MAX_TEXT_BYTES)
    _check_place(view, "The list of channels", at, count * VARIABLE_BYTES)
    buffers = _buffers(view, slots)
    for buffer in buffers:
        _check_place(view, "The first row", buffer.offset, length)
    return Header(
        version=version,
        status=status,
        tick_rate=tick_rate,
        text_update=update,
        text_length=text_length,
        text_offset=text_offset,
        variables=_variables(view, at, count, length),
        buffer_length=length,
        buffers=buffers,
        variables_end=at + count * VARIABLE_BYTES,
    )


def _check_figures(tick_rate: int, count: int, slots: int, length: int) -> None:
    bounds = (
        ("rows a second", tick_rate, _MAX_TICK_RATE),
        ("channels", count, MAX_CHANNELS),
        ("buffers", slots, BUFFER_SLOTS),
        ("bytes in a row", length, MAX_ROW_BYTES),
    )
    for what, figure, limit in bounds:
        if not 1 <= figure <= limit:
            raise GarbageError(f"The header is damaged: {figure} {what} are not possible.")


def _check_place(view: memoryview, what: str, offset: int, length: int, limit: int = 1 << 30) -> None:
    if offset < HEADER_BYTES or not 0 <= length <= limit:
        raise GarbageError(f"The header is damaged: {what.lower()} cannot be {length} bytes at {offset}.")
    if offset + length > view.nbytes:
        raise TruncatedError(
            f"{what} should end at byte {offset + length}, but there are only {view.nbytes} bytes."
        )


def _buffers(view: memoryview, slots: int) -> tuple[Buffer, ...]:
    found = (_BUFFER.unpack_from(view, 48 + 16 * number) for number in range(slots))
    return tuple(Buffer(tick, offset) for tick, offset, _ in found)


def _variables(view: memoryview, at: int, count: int, row_bytes: int) -> tuple[Variable, ...]:
    variables = tuple(
        _variable(view, at + VARIABLE_BYTES * number, number, row_bytes) for number in range(count)
    )
    if len({variable.name for variable in variables}) != count:
        raise GarbageError("The header is damaged: it names a channel twice.")
    if sum(variable.size for variable in variables) > row_bytes:
        raise GarbageError(f"The header is damaged: its channels do not fit into rows of {row_bytes} bytes.")
    return variables


def _variable(view: memoryview, at: int, number: int, row_bytes: int) -> Variable:
    kind, offset, count, is_time, name, description, unit = _VARIABLE.unpack_from(view, at)
    if not 0 <= kind < len(_KINDS) or not 1 <= count <= MAX_CHANNEL_COUNT:
        raise GarbageError(f"The header is damaged: channel {number} has an impossible type or size.")
    variable = Variable(
        name=_words(name),
        kind=_KINDS[kind],
        count=count,
        is_time=is_time,
        unit=_words(unit),
        description=_words(description),
        offset=offset,
    )
    if not variable.name or not variable.name.isprintable():
        raise GarbageError(f"The header is damaged: channel {number} has no name.")
    if offset < 0 or offset + variable.size > row_bytes:
        raise GarbageError(f"The header is damaged: {variable.name} lies outside its row.")
    return variable


def _words(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("latin-1")
