"""One car so far: its laps of this stint, its level, and what it was like before."""

from dataclasses import dataclass, field
from math import isnan

from pitbox.predict.lap_row import NAN, LapRow

_LEVEL_LAPS = 5
_SLOW = 1.12
"""Against what is usual here: such a clean lap is one behind a restart or in the rain, and no level."""
_STAYS_SLOW = 6
"""So many of them in a row are one after all: another layout, or a wet race."""
_KEPT = 64
LAGS = (5, 10)
_LEVEL_LEAST = 3
"""Laps that a level must stand on before a later one is held against it."""


def middle(values: list[float]) -> float:
    """The median; NaN of nothing. Written out: features ask for it twenty times a lap of each car."""
    count = len(values)
    if not count:
        return NAN
    order, half = sorted(values), count // 2
    return order[half] if count % 2 else (order[half - 1] + order[half]) / 2


@dataclass
class CarForm:
    """Changes at each crossing of the line, from the row of that lap alone."""

    class_name: str = ""
    stint: int | None = None
    laps: list[tuple[int, float]] = field(default_factory=list)
    """Lap and time of the clean laps of this stint."""
    clean: list[tuple[int, float]] = field(default_factory=list)
    """Of all stints; the newest of them."""
    ref_s: float = NAN
    """Its level: the median of the last clean laps of this stint, else of those before, else usual."""
    earlier_ref_s: float = NAN
    """As the stint before ended."""
    best_s: float = NAN
    lap: int = 0
    end_s: float = NAN
    tyre_age: float = NAN
    first_lap_of_stint: int = 0
    gaps_s: list[float] = field(default_factory=list)
    levels_s: dict[int, float] = field(default_factory=dict)
    """By lap of this stint, once it has three clean laps."""
    refs_s: dict[int, float] = field(default_factory=dict)
    changes: dict[int, float] = field(default_factory=dict)
    """By lag: how its level moved, in thousandths for each lap; only lags that it has."""
    trend: float = NAN
    """The later half of its last laps against the earlier, in seconds for each lap."""

    def take(self, row: LapRow, gap_s: float, usual_s: float = NAN) -> None:
        """`usual_s`: of this circuit, from earlier races."""
        if row.stint != self.stint:
            self.stint, self.earlier_ref_s, self.first_lap_of_stint = row.stint, self.ref_s, row.lap
            self.laps, self.levels_s, self.refs_s, self.changes = [], {}, {}, {}
        if row.is_pace:
            self.laps.append((row.lap, row.time_s))
            self.clean.append((row.lap, row.time_s))
            del self.clean[:-_KEPT]
            self.best_s = row.time_s if isnan(self.best_s) else min(self.best_s, row.time_s)
        self.gaps_s = [*self.gaps_s[-3:], gap_s]
        self.class_name, self.lap, self.end_s, self.tyre_age = (
            row.class_name,
            row.lap,
            row.end_s,
            row.tyre_age,
        )
        self._settle(usual_s)

    def _settle(self, usual_s: float) -> None:
        times_s = [time_s for _, time_s in self.laps]
        self.ref_s = self._level_s(times_s, usual_s)
        self.trend = _trend(self.laps[-6:])
        if len(times_s) < _LEVEL_LEAST:
            return
        self.levels_s[self.lap] = level_s = middle(times_s[-3:])
        self.refs_s[self.lap] = self.ref_s
        for lag in LAGS:
            old_s = self.levels_s.get(self.lap - lag)
            if old_s is not None:
                self.changes[lag] = (level_s / old_s - 1.0) * 1000.0 / lag

    def _level_s(self, times_s: list[float], usual_s: float) -> float:
        every_s = [time_s for _, time_s in self.clean[-_STAYS_SLOW:]]
        limit_s = _SLOW * usual_s
        is_slow = [time_s > limit_s for time_s in every_s]
        if any(is_slow) and not (all(is_slow) and len(is_slow) == _STAYS_SLOW):
            times_s = [time_s for time_s in times_s if time_s <= limit_s]
            every_s = [time_s for _, time_s in self.clean if time_s <= limit_s] or [usual_s]
        return middle(times_s[-_LEVEL_LAPS:] or every_s[-_LEVEL_LAPS:])

    @property
    def last_s(self) -> float:
        return self.clean[-1][1] if self.clean else NAN

    @property
    def rolling_s(self) -> float:
        """The plain rule: the median of its last clean laps, whatever the stint."""
        return middle([time_s for _, time_s in self.clean[-_LEVEL_LAPS:]])


def _trend(laps: list[tuple[int, float]]) -> float:
    if len(laps) < 4:
        return NAN
    half = len(laps) // 2
    old, new = laps[:half], laps[half:]
    over = sum(lap for lap, _ in new) / len(new) - sum(lap for lap, _ in old) / len(old)
    return (middle([time_s for _, time_s in new]) - middle([time_s for _, time_s in old])) / over
