"""What our own car measures, as far as a living collector tells it: fuel, tyres, repairs, the clock."""

import math

import msgspec
import numpy as np

from pitbox.model.code import UNLIMITED_S
from pitbox.model.source import RowArray, row_field
from pitbox.timing.field import LAST_TIME_S, Bools, Floats
from pitbox.wire.limit import MAX_BLOCK_ROWS

_STALE_S = 1.5
"""An older sample says nothing about now."""
_KEPT = 2 * MAX_BLOCK_ROWS
"""Samples kept while no field row asks for them; field rows wait less than half as long."""
_HISTORY_S = 900.0
"""Of one sample a second: another collector's rows that come late still find the laps they belong to."""
_LIVE_EDGE_FRAMES = 90
"""Who watches from outside the car sees a replay that is a moment old: that is live, not a replay."""
_LIVE_EDGE_S = 3.0
_ODOMETERS = ("LFodometer", "RFodometer", "LRodometer", "RRodometer")
_DRIVEN_M = 50.0
"""Less is no change of tyres."""
_KEPT_REPAIRS = 4


class OwnRows(msgspec.Struct, frozen=True):
    """What the folds read of our own car; NaN where nobody of ours drives."""

    time_s: Floats
    fuel_l: Floats
    odometer_m: Floats
    """Of all four tyres together."""
    repair_s: Floats
    """Still to be spent on repairs; read in the stall only."""
    left_s: Floats
    is_replay: Bools

    def only(self, is_kept: Bools) -> "OwnRows":
        return OwnRows(**{name: getattr(self, name)[is_kept] for name in self.__struct_fields__})


def own_rows(rows: RowArray) -> OwnRows:
    """A block's columns. While a team-mate drives our own scalars are dead: zero fuel is no fuel."""
    with np.errstate(invalid="ignore"):
        time_s = _floats(rows, "SessionTime", 0.0)
        fuel_l = _floats(rows, "FuelLevel", np.nan)
        is_driven = (_floats(rows, "IsOnTrack", 1.0) > 0) & (_floats(rows, "IsOnTrackCar", 1.0) > 0)
        is_driven &= (fuel_l > 0) & (fuel_l < 1e4)
        odometer_m = sum((_floats(rows, name, np.nan) for name in _ODOMETERS), np.zeros(len(rows)))
        repair_s = np.maximum(_floats(rows, "PitRepairLeft", 0.0), _floats(rows, "PitOptRepairLeft", 0.0))
        if "PitRepairLeft" not in (rows.dtype.names or ()):
            repair_s = np.full(len(rows), np.nan)
        table = OwnRows(
            time_s=time_s,
            fuel_l=np.where(is_driven, fuel_l, np.nan),
            odometer_m=np.where(is_driven & (odometer_m >= 0) & (odometer_m < 1e9), odometer_m, np.nan),
            repair_s=np.where(is_driven & (repair_s >= 0), repair_s, np.nan),
            left_s=_floats(rows, "SessionTimeRemain", -1.0),
            is_replay=_is_replay(rows, time_s),
        )
        return table.only((time_s > 0) & (time_s < LAST_TIME_S))


def _is_replay(rows: RowArray, time_s: Floats) -> Bools:
    """A replay plays, and not at the live edge: what the arrays show is not what happens now."""
    is_replay: Bools = _floats(rows, "IsReplayPlaying", 0.0) > 0
    if is_replay.any():
        is_replay &= ~(_floats(rows, "ReplayFrameNumEnd", np.inf) <= _LIVE_EDGE_FRAMES)
        behind_s = time_s - _floats(rows, "ReplaySessionTime", -np.inf)
        is_replay &= ~((behind_s >= -_LIVE_EDGE_S) & (behind_s <= _LIVE_EDGE_S))
    return is_replay


class OwnTrace(msgspec.Struct, array_like=True):
    """Living samples: every one that the field rows have not passed, one a second of those before."""

    time_s: Floats
    fuel_l: Floats
    odometer_m: Floats
    told_s: float = 0.0
    """Time of the last own row, living or not."""
    left_s: float | None = None
    """The session's clock there."""
    repairs_s: list[tuple[float, float]] = msgspec.field(default_factory=list)
    """When repairs were under way, the last few times."""

    def take(self, rows: OwnRows) -> None:
        """New samples; those of another collector may lie among what is here already."""
        if len(rows.time_s) and rows.time_s[-1] > self.told_s:
            self.told_s = float(rows.time_s[-1])
            left_s = float(rows.left_s[-1])
            self.left_s = left_s if 0 <= left_s < UNLIMITED_S else None
        self._note_repairs(rows)
        is_alive = ~np.isnan(rows.fuel_l)
        rows = rows.only(is_alive) if not is_alive.all() else rows
        if not len(rows.time_s):
            return
        last_s = float(self.time_s[-1]) if len(self.time_s) else -math.inf
        is_late = bool(rows.time_s[0] <= last_s)
        if is_late:
            rows = rows.only(~np.isin(rows.time_s, self.time_s))
        time_s = np.concatenate((self.time_s, rows.time_s))
        fuel_l = np.concatenate((self.fuel_l, rows.fuel_l))
        odometer_m = np.concatenate((self.odometer_m, rows.odometer_m))
        if is_late:
            order = np.argsort(time_s, kind="stable")
            time_s, fuel_l, odometer_m = time_s[order], fuel_l[order], odometer_m[order]
        self.time_s, self.fuel_l, self.odometer_m = time_s[-_KEPT:], fuel_l[-_KEPT:], odometer_m[-_KEPT:]

    def thin(self, before_s: float) -> None:
        """Keep one sample a second of those that only a late question can reach, and forget the oldest."""
        first = int(np.searchsorted(self.time_s, before_s, side="right")) - 1
        if first <= 0:
            return
        past = self.time_s[:first]
        is_kept = np.ones(len(self.time_s), np.bool_)
        seconds = np.floor(past)
        is_kept[1:first] = seconds[1:] > seconds[:-1]
        is_kept[:first] &= past >= before_s - _HISTORY_S
        if not is_kept.all():
            self.time_s = self.time_s[is_kept]
            self.fuel_l, self.odometer_m = self.fuel_l[is_kept], self.odometer_m[is_kept]

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

    def driven_m(self, at_s: float) -> float | None:
        """Distance on the tyres, all four together; None when no living sample is near."""
        at = int(np.searchsorted(self.time_s, at_s, side="right")) - 1
        if at < 0 or at_s - self.time_s[at] > _STALE_S or np.isnan(self.odometer_m[at]):
            return None
        return float(self.odometer_m[at])

    def has_new_tyres(self, came_m: float | None, at_s: float) -> bool | None:
        """Whether any tyre was changed since the odometers showed `came_m`."""
        now_m = self.driven_m(at_s)
        return None if came_m is None or now_m is None else now_m < came_m - _DRIVEN_M

    def was_repaired(self, from_s: float, until_s: float) -> bool | None:
        """Whether repairs were under way; None when nobody of ours sat in the car to see it."""
        if self.level_l(until_s) is None:
            return None
        return any(first_s <= until_s and last_s >= from_s for first_s, last_s in self.repairs_s)

    def _note_repairs(self, rows: OwnRows) -> None:
        with np.errstate(invalid="ignore"):
            seen = rows.time_s[rows.repair_s > 0]
        for first_s, last_s in _stretches(seen):
            before = self.repairs_s[-1] if self.repairs_s else None
            if before is not None and 0 <= first_s - before[1] <= _STALE_S:
                self.repairs_s[-1] = (before[0], last_s)
            elif before is None or first_s > before[1]:
                self.repairs_s = [*self.repairs_s, (first_s, last_s)][-_KEPT_REPAIRS:]


def nothing_told() -> OwnTrace:
    return OwnTrace(time_s=np.zeros(0), fuel_l=np.zeros(0), odometer_m=np.zeros(0))


def _stretches(time_s: Floats) -> list[tuple[float, float]]:
    """First and last of each run of times without a gap."""
    if not len(time_s):
        return []
    parts = np.split(time_s, np.flatnonzero(np.diff(time_s) > _STALE_S) + 1)
    return [(float(part[0]), float(part[-1])) for part in parts]


def _floats(rows: RowArray, name: str, default: float) -> Floats:
    fields = rows.dtype.fields
    if fields is None or name not in fields:
        return np.full(len(rows), default)
    column = row_field(rows, name)
    return (column if column.ndim == 1 else column[:, 0]).astype(np.float64)
