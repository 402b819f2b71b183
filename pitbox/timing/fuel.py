"""Our own fuel over time, as far as a living collector told it."""

import msgspec
import numpy as np

from pitbox.model.code import UNLIMITED_S
from pitbox.model.source import RowArray, row_field
from pitbox.timing.field import LAST_TIME_S, Floats
from pitbox.wire.limit import MAX_BLOCK_ROWS

_STALE_S = 1.0
"""An older sample says nothing about now."""
_KEPT = 2 * MAX_BLOCK_ROWS
"""Samples kept while no field row asks for them; field rows wait less than half as long."""


class OwnRows(msgspec.Struct, frozen=True):
    """What the folds read of our own car; `fuel_l` is NaN where nobody of ours drives."""

    time_s: Floats
    fuel_l: Floats
    left_s: Floats


def own_rows(rows: RowArray) -> OwnRows:
    """A block's columns. While a team-mate drives our own scalars are dead: zero fuel is no fuel."""
    with np.errstate(invalid="ignore"):
        time_s = _floats(rows, "SessionTime", 0.0)
        fuel_l = _floats(rows, "FuelLevel", np.nan)
        left_s = _floats(rows, "SessionTimeRemain", -1.0)
        is_driven = _floats(rows, "IsOnTrack", 0.0) > 0
        fuel_l = np.where(is_driven & (fuel_l > 0) & (fuel_l < 1e4), fuel_l, np.nan)
        is_alive = (time_s > 0) & (time_s < LAST_TIME_S)
    return OwnRows(time_s=time_s[is_alive], fuel_l=fuel_l[is_alive], left_s=left_s[is_alive])


class Tank(msgspec.Struct, array_like=True):
    """Living samples not yet passed by the field rows, and the last one that was."""

    time_s: Floats
    fuel_l: Floats
    told_s: float = 0.0
    """Time of the last own row, living or not."""
    left_s: float | None = None
    """The session's clock there."""

    def take(self, rows: OwnRows) -> None:
        """Samples later than those that are here; a second collector repeats what the first one told."""
        last = int(rows.time_s.argmax()) if len(rows.time_s) else 0
        if len(rows.time_s) and rows.time_s[last] > self.told_s:
            self.told_s = float(rows.time_s[last])
            left_s = float(rows.left_s[last])
            self.left_s = left_s if 0 <= left_s < UNLIMITED_S else None
        last_s = self.time_s[-1] if len(self.time_s) else 0.0
        times = np.concatenate(([last_s], np.where(np.isnan(rows.fuel_l), 0.0, rows.time_s)))
        is_later = times[1:] > np.maximum.accumulate(times)[:-1]
        self.time_s = np.concatenate((self.time_s, rows.time_s[is_later]))[-_KEPT:]
        self.fuel_l = np.concatenate((self.fuel_l, rows.fuel_l[is_later]))[-_KEPT:]

    def forget(self, before_s: float) -> None:
        """Drop the samples that no later question can reach."""
        first = int(np.searchsorted(self.time_s, before_s, side="right")) - 1
        if first > 0:
            self.time_s, self.fuel_l = self.time_s[first:].copy(), self.fuel_l[first:].copy()

    def level_l(self, at_s: float) -> float | None:
        """Fuel at a moment; None when no living sample is near."""
        at = int(np.searchsorted(self.time_s, at_s, side="right")) - 1
        if at < 0 or at_s - self.time_s[at] > _STALE_S:
            return None
        before_s, before_l = float(self.time_s[at]), float(self.fuel_l[at])
        if at + 1 == len(self.time_s) or self.time_s[at + 1] - before_s > _STALE_S:
            return before_l
        share = (at_s - before_s) / (float(self.time_s[at + 1]) - before_s)
        return before_l + share * (float(self.fuel_l[at + 1]) - before_l)


def empty_tank() -> Tank:
    return Tank(time_s=np.zeros(0), fuel_l=np.zeros(0))


def _floats(rows: RowArray, name: str, default: float) -> Floats:
    if name not in (rows.dtype.names or ()):
        return np.full(len(rows), default)
    return row_field(rows, name).reshape(len(rows), -1)[:, 0].astype(np.float64)
