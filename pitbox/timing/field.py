"""The columns of field rows that the folds read, whatever spring they come from."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import SessionState
from pitbox.model.source import RowArray, row_field

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.int64]
Bools = NDArray[np.bool_]

LAST_TIME_S = 1e7
"""No session lasts 115 days: a greater time is damage, and folding it would shut out all that follows."""
_STATES = (int(SessionState.INVALID), int(SessionState.COOL_DOWN))


class FieldRows(msgspec.Struct, frozen=True):
    """n rows of w cars. `is_seen` says where a car's cell can be read at all."""

    time_s: Floats
    state: Ints
    flags: Flags
    is_seen: Bools
    pct: Floats
    """Lap fraction in [0, 1)."""
    surface: Ints
    lap: Ints
    completed: Ints
    compound: Ints
    position: Ints

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def width(self) -> int:
        return int(self.pct.shape[1])

    def slice(self, start: int, stop: int) -> "FieldRows":
        columns = {name: getattr(self, name)[start:stop] for name in self.__struct_fields__}
        return FieldRows(**columns)

    def only(self, is_kept: Bools) -> "FieldRows":
        """The rows of a mask."""
        columns = {name: getattr(self, name)[is_kept] for name in self.__struct_fields__}
        return FieldRows(**columns)


def joined(pieces: list[FieldRows]) -> FieldRows:
    """Pieces of one width, one after another."""
    names = FieldRows.__struct_fields__
    return FieldRows(**{name: np.concatenate([getattr(rows, name) for rows in pieces]) for name in names})


def field_rows(rows: RowArray) -> FieldRows:
    """The living rows of a block; a channel that is absent or of a foreign type reads as unknown.

    A zero-filled buffer shows every car at 0 % of the lap, and zero-filled records keep only their time:
    neither says anything about the field.
    """
    with np.errstate(invalid="ignore"):
        time_s = _column(rows, "SessionTime", "f", np.float64, 0.0)
        raw = _grid(rows, "CarIdxLapDistPct", "f", np.float64, -1.0)
        is_alive = (time_s > 0.0) & (time_s < LAST_TIME_S) & (raw != 0.0).any(axis=1)
        width = raw.shape[1]
        surface = _grid(rows, "CarIdxTrackSurface", "i", np.int32, -1, width=width)
        # Slightly negative and slightly more than one are both seen; far away from either is damage.
        is_seen = (surface >= 0) & (surface <= 3) & (raw > -0.25) & (raw < 1.25)
        pct = np.where(is_seen, raw - np.floor(raw), 0.0)
    table = FieldRows(
        time_s=time_s,
        state=np.clip(_column(rows, "SessionState", "iu", np.int32, SessionState.RACING), *_STATES),
        flags=_column(rows, "SessionFlags", "iu", np.int64, 0) & 0xFFFFFFFF,
        is_seen=is_seen,
        pct=pct,
        surface=surface,
        lap=_grid(rows, "CarIdxLap", "iu", np.int32, -1, width=width),
        completed=_grid(rows, "CarIdxLapCompleted", "iu", np.int32, -1, width=width),
        compound=_grid(rows, "CarIdxTireCompound", "iu", np.int32, -1, width=width),
        position=_grid(rows, "CarIdxPosition", "iu", np.int32, 0, width=width),
    )
    return table if is_alive.all() else table.only(is_alive)


def _column(rows: RowArray, name: str, kinds: str, dtype: Any, default: float) -> NDArray[Any]:
    return _grid(rows, name, kinds, dtype, default, width=1)[:, 0]


def _grid(
    rows: RowArray, name: str, kinds: str, dtype: Any, default: float, *, width: int | None = None
) -> NDArray[Any]:
    """One channel as (rows, cars); without `width` the channel's own."""
    if name not in (rows.dtype.names or ()) or rows.dtype[name].base.kind not in kinds:
        return np.full((len(rows), width or 0), default, dtype)
    values = row_field(rows, name).reshape(len(rows), -1)
    if width is None or values.shape[1] == width:
        return values.astype(dtype, copy=False)
    out = np.full((len(rows), width), default, dtype)
    shared = min(width, values.shape[1])
    out[:, :shared] = values[:, :shared]
    return out
