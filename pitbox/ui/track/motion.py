"""Where each car is now, between the moments at which somebody saw it. Pure; loads no Qt.

Cars go on at the pace that they had, and what that was wrong by is made good within a blink: nobody jumps,
at the line neither. After half a second without news they stand still.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST_CARS = 256
_ANCHOR_S = 0.2
"""A pace is told from two places at least so far apart in time."""
_HORIZON_S = 0.6
_BLEND_S = 0.12
_LEAP = 0.04
"""Of the lap: farther was no driving, but a tow or a reset."""
_MOST_RATE = 2.0
"""Laps a second: twenty times a real race's pace, on the shortest of tracks."""


class Motion:
    """Times are of one monotonic clock, in seconds; places are fractions of the lap."""

    def __init__(self) -> None:
        self.is_still = False
        """Nothing moves between two sightings."""
        self._is_known = np.zeros(_MOST_CARS, np.bool_)
        self._base = np.zeros(_MOST_CARS)
        self._rate = np.zeros(_MOST_CARS)
        self._miss = np.zeros(_MOST_CARS)
        self._at_s = np.zeros(_MOST_CARS)
        self._anchor = np.zeros(_MOST_CARS)
        self._anchor_s = np.full(_MOST_CARS, -np.inf)

    def forget(self) -> None:
        """Another race, or another moment of it."""
        is_still = self.is_still
        self.__init__()  # type: ignore[misc]
        self.is_still = is_still

    def see(self, now_s: float, cars: NDArray[np.intp], pct: Floats) -> None:
        """These cars are there; each at most once."""
        is_sound = (cars >= 0) & (cars < _MOST_CARS) & (pct > -0.5) & (pct < 1.5)
        cars, pct = cars[is_sound], pct[is_sound]
        shown = self._shown(now_s, cars)
        miss = _wrapped(shown - pct)
        is_new = ~self._is_known[cars] | (np.abs(miss) > _LEAP) | self.is_still
        self._miss[cars] = np.where(is_new, 0.0, miss)
        self._base[cars], self._at_s[cars] = pct, now_s
        span_s = now_s - self._anchor_s[cars]
        is_due = span_s >= _ANCHOR_S
        is_told = is_due & ~is_new & (span_s < 4 * _HORIZON_S)
        moved = _wrapped(pct - self._anchor[cars])
        rate = np.divide(moved, span_s, out=np.zeros_like(moved), where=is_told)
        self._rate[cars] = np.where(is_told, rate, np.where(is_new, 0.0, self._rate[cars]))
        np.clip(self._rate, -_MOST_RATE, _MOST_RATE, out=self._rate)
        is_moved = is_due | is_new
        self._anchor[cars] = np.where(is_moved, pct, self._anchor[cars])
        self._anchor_s[cars] = np.where(is_moved, now_s, self._anchor_s[cars])
        self._is_known[cars] = True

    def places(self, now_s: float, cars: NDArray[np.intp]) -> Floats:
        """0 to 1; NaN for a car that nobody saw yet."""
        shown = np.mod(self._shown(now_s, cars), 1.0)
        return np.where(self._is_known[cars], shown, np.nan)

    def _shown(self, now_s: float, cars: NDArray[np.intp]) -> Floats:
        if self.is_still:
            return self._base[cars]
        since_s = np.clip(now_s - self._at_s[cars], 0.0, None)
        gone = self._rate[cars] * np.minimum(since_s, _HORIZON_S)
        found: Floats = self._base[cars] + gone + self._miss[cars] * np.exp(-since_s / _BLEND_S)
        return found


def _wrapped(laps: Floats) -> Floats:
    """The short way around."""
    found: Floats = laps - np.rint(laps)
    return found
