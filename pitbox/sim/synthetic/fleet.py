"""Where every car is, as motion: exact at any moment, sampled at ticks."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pitbox.sim.synthetic.circuit import Circuit, Floats

_BELOW_ONE = 1.0 - 2.0**-24
"""The largest 32-bit float below one: a car at the line is at 0, never at 1."""


class Motion(NamedTuple):
    """One car from a moment on: `place + speed·τ + accel·τ²/2`, in laps."""

    car: int
    since_s: float
    place: float
    speed: float
    accel: float
    is_phase: bool
    """True: place is in lap phase (time); False: in lap fraction (distance), as in the pit lane."""
    lap: int
    is_seen: bool

    def place_at(self, times_s: Floats) -> Floats:
        after = times_s - self.since_s
        return np.clip(
            self.place + (self.speed + 0.5 * self.accel * after) * after - self.lap, 0.0, _BELOW_ONE
        )

    def fraction_at(self, times_s: Floats, circuit: Circuit) -> Floats:
        place = self.place_at(times_s)
        fraction = circuit.fraction(place) if self.is_phase else place
        return np.minimum(fraction, _BELOW_ONE)


class Fleet:
    """All cars by CarIdx. Changes inside a step are kept beside, so that its ticks can be drawn."""

    def __init__(self, slots: int) -> None:
        self.since_s = np.zeros(slots)
        self.place = np.zeros(slots)
        self.speed = np.zeros(slots)
        self.accel = np.zeros(slots)
        self.is_phase = np.ones(slots, bool)
        self.lap = np.zeros(slots, np.int64)
        self.is_seen = np.zeros(slots, bool)
        self.changes: list[Motion] = []

    def place_now(self, car: int, t_s: float) -> float:
        after = t_s - self.since_s[car]
        return float(self.place[car] + (self.speed[car] + 0.5 * self.accel[car] * after) * after)

    def speed_now(self, car: int, t_s: float) -> float:
        return float(self.speed[car] + self.accel[car] * (t_s - self.since_s[car]))

    def places(self, t_s: float) -> Floats:
        after = t_s - self.since_s
        return self.place + (self.speed + 0.5 * self.accel * after) * after

    def motion(self, car: int) -> Motion:
        return Motion(
            car,
            float(self.since_s[car]),
            float(self.place[car]),
            float(self.speed[car]),
            float(self.accel[car]),
            bool(self.is_phase[car]),
            int(self.lap[car]),
            bool(self.is_seen[car]),
        )

    def move(
        self, car: int, t_s: float, place: float, speed: float, accel: float = 0.0, *, is_phase: bool
    ) -> None:
        self.since_s[car] = t_s
        self.place[car] = place
        self.speed[car] = speed
        self.accel[car] = accel
        self.is_phase[car] = is_phase
        self.changes.append(self.motion(car))

    def begin_lap(self, car: int, t_s: float, lap: int) -> None:
        """The car is on the line: its place counts from here on as lap `lap`."""
        self.lap[car] = lap
        speed = self.speed_now(car, t_s)
        self.move(car, t_s, float(lap), speed, float(self.accel[car]), is_phase=bool(self.is_phase[car]))

    def show(self, car: int, t_s: float, is_seen: bool) -> None:
        self.is_seen[car] = is_seen
        place = self.place_now(car, t_s)
        speed = self.speed_now(car, t_s)
        self.move(car, t_s, place, speed, float(self.accel[car]), is_phase=bool(self.is_phase[car]))

    def freeze(self) -> "FleetStart":
        """The state at the start of a step; `changes` begins anew."""
        self.changes = []
        return FleetStart(self)


class FleetStart:
    """All cars at the start of a step: with the changes since, its ticks can be drawn."""

    def __init__(self, fleet: Fleet) -> None:
        self._since_s = fleet.since_s.copy()
        self._place = fleet.place - fleet.lap
        self._speed = fleet.speed.copy()
        self._accel = fleet.accel * 0.5
        self._is_fraction = np.flatnonzero(~fleet.is_phase)
        self._unseen = np.flatnonzero(~fleet.is_seen)

    def fractions(self, times_s: Floats, changes: list[Motion], circuit: Circuit) -> Floats:
        """LapDistPct of every car at these times, -1 where there is no car: shape (ticks, slots)."""
        after = times_s[:, None] - self._since_s
        place = self._place + (self._speed + self._accel * after) * after
        np.clip(place, 0.0, _BELOW_ONE, out=place)
        drawn = circuit.fraction(place)
        drawn[:, self._is_fraction] = place[:, self._is_fraction]
        np.minimum(drawn, _BELOW_ONE, out=drawn)
        drawn[:, self._unseen] = -1.0
        for change in changes:
            tick = first_tick(times_s, change.since_s)
            if tick < len(times_s):
                drawn[tick:, change.car] = (
                    change.fraction_at(times_s[tick:], circuit) if change.is_seen else -1.0
                )
        return drawn


def first_tick(times_s: NDArray[np.float64], t_s: float) -> int:
    """Index of the first of these times that is not before `t_s`."""
    return int(np.searchsorted(times_s, t_s - 1e-9))
