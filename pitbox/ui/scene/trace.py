"""Gaps over race time: each crossing of the line as a point, held against a leader, a car or a pace. Pure."""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.fact import Lap

Floats = NDArray[np.float64]
_FIRST_ROOM = 64
NOT = np.nan


class Against(msgspec.Struct, frozen=True):
    """What gaps are measured to: the leader of each car's class when nothing is said."""

    car_idx: int | None = None
    pace_s: float | None = None
    """A car that does each lap in this time, from the start of the first lap on."""


class Trace(msgspec.Struct, frozen=True):
    """One car's points, in order of time. A gap is in seconds, plus is behind; NaN while nobody knows."""

    car_idx: int
    laps: NDArray[np.int32]
    time_s: Floats
    gap_s: Floats

    def index_at(self, at_s: float) -> int:
        """The point nearest to a time; -1 without any."""
        if not len(self.time_s):
            return -1
        after = int(np.searchsorted(self.time_s, at_s))
        before = max(0, after - 1)
        after = min(after, len(self.time_s) - 1)
        return before if at_s - self.time_s[before] <= self.time_s[after] - at_s else after

    def gap_at(self, at_s: float) -> float:
        """Between two crossings on a straight line; NaN outside."""
        if len(self.time_s) < 2 or not self.time_s[0] <= at_s <= self.time_s[-1]:
            return NOT
        return float(np.interp(at_s, self.time_s, self.gap_s))


class GapBook:
    """Grows lap by lap: a day with sixty cars is fifty thousand numbers, not as many objects."""

    def __init__(self) -> None:
        self._cars: dict[int, _Column] = {}
        self._leads: dict[int, Floats] = {}
        """When the first car of a class ended each lap, by class."""
        self._classes: dict[int, int] = {}
        self._start_s: float | None = None
        self.version = 0
        """Rises when a lap that was known became another one, or classes changed: all gaps may differ."""

    @property
    def cars(self) -> list[int]:
        return list(self._cars)

    def join(self, classes: Mapping[int, int]) -> None:
        """Who races in which class."""
        if dict(classes) != self._classes:
            self._classes = dict(classes)
            self._lead_anew()

    def take(self, laps: Iterable[Lap]) -> set[int]:
        """Cars that have new points."""
        changed: set[int] = set()
        is_other = False
        for lap in laps:
            if lap.lap < 0:
                continue
            column = self._cars.get(lap.car_idx)
            if column is None:
                column = self._cars[lap.car_idx] = _Column()
            if self._start_s is None or lap.start_s < self._start_s:
                self._start_s = lap.start_s
            is_other |= column.put(lap.lap, lap.end_s)
            is_other |= self._lead(lap.car_idx, np.array([lap.lap], np.int32), np.array([lap.end_s]))
            changed.add(lap.car_idx)
        if is_other:
            self._lead_anew()
        return changed

    def trace(self, car_idx: int, against: Against) -> Trace:
        """One car's gaps; empty for a car that has no lap."""
        column = self._cars.get(car_idx)
        if column is None:
            return Trace(car_idx, np.empty(0, np.int32), np.empty(0), np.empty(0))
        laps, ends_s = column.laps, column.ends_s
        return Trace(car_idx, laps, ends_s, ends_s - self._reference_s(car_idx, laps, against))

    def mean_lap_s(self, car_idx: int) -> float | None:
        """With stops and all: a car against this pace of its own comes out even."""
        column = self._cars.get(car_idx)
        if column is None or self._start_s is None or not column.count:
            return None
        laps = int(column.laps[-1])
        return float(column.ends_s[-1] - self._start_s) / laps if laps > 0 else None

    def _reference_s(self, car_idx: int, laps: NDArray[np.int32], against: Against) -> Floats:
        """When the reference ended the same laps."""
        if against.pace_s is not None:
            return np.asarray((self._start_s or 0.0) + laps * against.pace_s, dtype=np.float64)
        if against.car_idx is None:
            return self._leads[self._classes.get(car_idx, 0)][laps]
        other = self._cars.get(against.car_idx)
        if other is None:
            return np.full(len(laps), NOT)
        return other.by_lap(laps)

    def _lead_anew(self) -> None:
        self._leads.clear()
        for car_idx, column in self._cars.items():
            self._lead(car_idx, column.laps, column.ends_s)
        self.version += 1

    def _lead(self, car_idx: int, laps: NDArray[np.int32], ends_s: Floats) -> bool:
        """True when somebody else was thought to lead in one of these laps."""
        if not len(laps):
            return False
        class_id = self._classes.get(car_idx, 0)
        lead = self._leads.get(class_id)
        need = int(laps.max()) + 1
        if lead is None or len(lead) < need:
            grown = np.full(max(need * 2, _FIRST_ROOM), np.inf)
            if lead is not None:
                grown[: len(lead)] = lead
            lead = self._leads[class_id] = grown
        known = lead[laps]
        np.minimum.at(lead, laps, ends_s)
        return bool(np.any(np.isfinite(known) & (ends_s < known)))


class _Column:
    """One car's laps and when they ended, in order."""

    def __init__(self) -> None:
        self._laps = np.empty(_FIRST_ROOM, np.int32)
        self._ends_s = np.empty(_FIRST_ROOM)
        self.count = 0

    @property
    def laps(self) -> NDArray[np.int32]:
        return self._laps[: self.count]

    @property
    def ends_s(self) -> Floats:
        return self._ends_s[: self.count]

    def put(self, lap: int, end_s: float) -> bool:
        """True when something that was known is another thing now."""
        if self.count == len(self._laps):
            self._laps = np.concatenate([self._laps, np.empty_like(self._laps)])
            self._ends_s = np.concatenate([self._ends_s, np.empty_like(self._ends_s)])
        at = int(np.searchsorted(self.laps, lap))
        if at < self.count and self._laps[at] == lap:
            is_other = bool(self._ends_s[at] != end_s)
            self._ends_s[at] = end_s
            return is_other
        self._laps[at + 1 : self.count + 1] = self._laps[at : self.count].copy()
        self._ends_s[at + 1 : self.count + 1] = self._ends_s[at : self.count].copy()
        self._laps[at], self._ends_s[at] = lap, end_s
        self.count += 1
        return at < self.count - 1

    def by_lap(self, laps: NDArray[np.int32]) -> Floats:
        """When it ended these laps; NaN for those that it did not do."""
        if not self.count:
            return np.full(len(laps), NOT)
        at = np.minimum(np.searchsorted(self.laps, laps), self.count - 1)
        return np.where(self.laps[at] == laps, self.ends_s[at], NOT)


def columns_of(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """At most four points in each pixel column: its first, lowest, highest and last; NaN is left out."""
    is_known = np.isfinite(y)
    x, y = x[is_known], y[is_known]
    if len(x) < 3:
        return x, y
    column = np.floor(x).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    if len(starts) * 4 >= len(x):
        return x, y
    ends = np.r_[starts[1:], len(x)] - 1
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    middle = column[starts] + 0.5
    out_x = np.stack([x[starts], middle, middle, x[ends]], axis=1).ravel()
    out_y = np.stack([y[starts], low, high, y[ends]], axis=1).ravel()
    return out_x, out_y
