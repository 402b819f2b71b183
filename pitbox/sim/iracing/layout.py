"""From the sim's rows to the three streams of the log, by names and sizes that the header gives.

A row is cut with slices of its bytes: the sim keeps like beside like, so a stream is a handful of runs.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from pitbox.model.channel import LAP_STEP, Channel, Layout, Stream
from pitbox.model.source import RowArray, Ticks
from pitbox.sim.iracing.errors import GarbageError
from pitbox.sim.iracing.header import Header, Variable

FIELD_NAMES = (
    "CarIdxLapDistPct", "CarIdxLap", "CarIdxLapCompleted", "CarIdxTrackSurface", "CarIdxOnPitRoad",
    "CarIdxPosition", "CarIdxClassPosition", "CarIdxTireCompound", "CarIdxSessionFlags",
)  # fmt: skip
"""Per-car arrays that folds read at every tick."""

FLEETING_NAMES = frozenset(
    {"CarIdxEstTime", "CarIdxSteer", "CarIdxRPM", "CarIdxGear", "CarIdxTrackSurfaceMaterial"}
)
"""Per-car arrays that move with every tick and that nothing is worked out from: not logged."""

_FIELD_SCALARS = ("SessionState", "SessionFlags")
_CLOCK = (("SessionTime", "f8"), ("SessionTick", "i4"))
_INT = struct.Struct("<i")
_DOUBLE = struct.Struct("<d")


class _Piece(msgspec.Struct, frozen=True):
    """A channel of a stream and where its bytes lie in the sim's row."""

    channel: Channel
    start: int

    @property
    def stop(self) -> int:
        return self.start + int(self.channel.kind[1]) * self.channel.count


class Sieve:
    """Cuts rows that look as `header` says; raises GarbageError if no rows of ours can come of them."""

    def __init__(self, header: Header) -> None:
        self._time = _time_of(header)
        session_num = header.variable("SessionNum")
        self._session_num = session_num.offset if session_num and session_num.kind == "i4" else None
        self._is_tick_ours = header.variable("SessionTick") is None
        """Sims before 2015 do not name their tick; the buffer's stamp stands in."""
        own = _pieces(header, _own_variables(header), is_own=True)
        field = _pieces(header, _named(header, (*_FIELD_SCALARS, *FIELD_NAMES)))
        slow = _pieces(header, _slow_variables(header))
        self.own = _layout(Stream.OWN, own)
        self.field = _layout(Stream.FIELD, field)
        self.slow = _layout(Stream.SLOW, slow)
        self._cuts = tuple(
            (layout.dtype, _runs(pieces))
            for layout, pieces in ((self.own, own), (self.field, field), (self.slow, slow))
        )

    def moment(self, row: bytes) -> tuple[int, float]:
        """Session number and sim time."""
        session_num = 0 if self._session_num is None else _INT.unpack_from(row, self._session_num)[0]
        return session_num, _DOUBLE.unpack_from(row, self._time)[0]

    def ticks(self, row: bytes, tick: int) -> Ticks:
        """The one row of each stream; `tick` is the buffer's stamp."""
        if self._is_tick_ours:
            row += _INT.pack(tick)
        own, field, slow = (_row(row, dtype, runs) for dtype, runs in self._cuts)
        return Ticks(own, field, slow)


def _row(row: bytes, dtype: np.dtype[Any], runs: Sequence[slice]) -> RowArray:
    return np.frombuffer(b"".join([row[run] for run in runs]), dtype)


def _layout(stream: Stream, pieces: Sequence[_Piece]) -> Layout:
    return Layout(stream, tuple(piece.channel for piece in pieces))


def _runs(pieces: Sequence[_Piece]) -> tuple[slice, ...]:
    """Neighbours joined into one stretch."""
    runs: list[slice] = []
    for piece in pieces:
        if runs and runs[-1].stop == piece.start:
            runs[-1] = slice(runs[-1].start, piece.stop)
        else:
            runs.append(slice(piece.start, piece.stop))
    return tuple(runs)


def _pieces(header: Header, variables: Iterable[Variable], *, is_own: bool = False) -> list[_Piece]:
    """The clock, then the variables in the sim's order."""
    out = []
    for name, kind in _CLOCK:
        variable = header.variable(name)
        out.append(
            _Piece(Channel(name, kind), header.buffer_length) if variable is None else _piece(variable)
        )
    for variable in sorted(variables, key=lambda each: each.offset):
        has_twin = is_own and variable.is_time and header.variable(f"{variable.name}_ST") is not None
        out.append(_last_sample(variable) if has_twin else _piece(variable))
    return out


def _piece(variable: Variable) -> _Piece:
    step = LAP_STEP if variable.name == "CarIdxLapDistPct" and variable.kind == "f4" else 0.0
    channel = Channel(variable.name, variable.kind, variable.count, variable.unit, variable.description, step)
    return _Piece(channel, variable.offset)


def _last_sample(variable: Variable) -> _Piece:
    """Some builds give `VelocityX` six times a tick like `VelocityX_ST`; folds know it as one figure."""
    width = int(variable.kind[1])
    one = msgspec.structs.replace(variable, count=1, offset=variable.offset + variable.size - width)
    return _piece(one)


def _own_variables(header: Header) -> list[Variable]:
    clock = {name for name, _ in _CLOCK}
    return [v for v in header.variables if not v.name.startswith("CarIdx") and v.name not in clock]


def _slow_variables(header: Header) -> list[Variable]:
    others = FLEETING_NAMES.union(FIELD_NAMES)
    return [v for v in header.variables if v.name.startswith("CarIdx") and v.name not in others]


def _named(header: Header, names: Iterable[str]) -> list[Variable]:
    return [variable for name in names if (variable := header.variable(name)) is not None]


def _time_of(header: Header) -> int:
    """Where SessionTime lies; both channels of the clock have to be what they are everywhere."""
    for name, kind in _CLOCK:
        variable = header.variable(name)
        if variable is not None and (variable.kind, variable.count) != (kind, 1):
            raise GarbageError(f"The header is damaged: {name} is not one {kind}.")
    time = header.variable("SessionTime")
    if time is None:
        raise GarbageError("The header is damaged: it names no SessionTime, so its rows have no order.")
    return time.offset
