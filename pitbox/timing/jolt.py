"""Cars that lose speed in an instant, seen in the ticks of the last half second.

Brakes take a few per cent of a car's speed in a tenth of a second, a knock takes a fifth and more; and
whom it was knocked by loses speed in the very same tick, while who drives behind needs time to react.
"""

from typing import NamedTuple

import msgspec
import numpy as np

from pitbox.timing.field import Bools, Floats

_REACH = 6
"""Ticks over which a speed is taken: a tenth of a second."""
_MARGIN = 5
"""Ticks around the sharpest one that have to be known too."""
_KEPT = 3 * _REACH + 2 * _MARGIN
"""Ticks that the next ones are seen with, so that each is once, and but once, in the middle."""
_LONGEST_S = 0.2
"""Ticks further apart than that show no jolt: the source is too slow, or some are missing."""
_JOLT = 0.8
"""Of the speed is left, or less."""
_KINK = 0.01
"""Share of the speed that a car loses more than just before, if it loses any in that instant."""
_AT_ONCE_S = 0.035
"""Two cars that touch lose speed within two ticks of each other."""
_NEAR_S = 0.7
"""Driving time between cars that can have touched."""
_SLOWEST = 0.002
"""Laps a second: of who crawls already nothing can be said."""
_HICCUP = 4
"""So many cars in one instant: the line stuttered, not the cars."""


class Jolt(NamedTuple):
    car_idx: int
    at_s: float
    pct: float
    other_idx: int
    """Lost speed at the same place and instant; -1 when nobody did."""
    is_mutual: bool
    """The other one was jolted too."""


class _Seen(NamedTuple):
    """The ticks that are looked at."""

    time_s: Floats
    pct: Floats
    speeds: Floats
    """Laps a second from each tick over the next ones."""


class Jolts(msgspec.Struct, array_like=True):
    """The last ticks of every car on the road; NaN where it was not."""

    time_s: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    pct: Floats = msgspec.field(default_factory=lambda: np.zeros((0, 0)))

    def take(self, time_s: Floats, pct: Floats) -> None:
        """Later ticks."""
        if self.pct.shape[1] < pct.shape[1]:
            more = np.full((len(self.pct), pct.shape[1] - self.pct.shape[1]), np.nan)
            self.pct = np.concatenate((self.pct, more), axis=1)
        elif pct.shape[1] < self.pct.shape[1]:
            pct = np.pad(pct, ((0, 0), (0, self.pct.shape[1] - pct.shape[1])), constant_values=np.nan)
        self.time_s = np.concatenate((self.time_s, time_s))
        self.pct = np.concatenate((self.pct, pct))

    def tell(self) -> list[Jolt]:
        """Jolts in the ticks since the last time, without the very last ones; each is told once."""
        if len(self.time_s) <= _KEPT:
            return []
        time_s, pct = self.time_s, self.pct
        self.time_s, self.pct = time_s[-_KEPT:], pct[-_KEPT:]
        if (time_s[2 * _REACH :] - time_s[: -2 * _REACH]).min() > 2 * _LONGEST_S:
            return []
        speeds = _speeds(time_s, pct)
        after, before = speeds[2 * _REACH :], speeds[_REACH:-_REACH]
        with np.errstate(invalid="ignore"):
            is_jolt = (after < _JOLT * before) & (before > _SLOWEST)
        if not is_jolt.any():
            return []
        ticks = _sharpest(is_jolt, after, before)
        if _is_hiccup([float(time_s[tick]) for tick in ticks.values()]):
            return []
        return [_jolt(car_idx, ticks, _Seen(time_s, pct, speeds)) for car_idx in ticks]


def _speeds(time_s: Floats, pct: Floats) -> Floats:
    """Laps a second from each tick over the next ones; NaN where ticks are too far apart."""
    span_s = time_s[_REACH:] - time_s[:-_REACH]
    move = pct[_REACH:] - pct[:-_REACH]
    move -= np.rint(move)
    move[span_s > _LONGEST_S] = np.nan
    move /= span_s[:, None]
    return move


def _sharpest(is_jolt: Bools, after: Floats, before: Floats) -> dict[int, int]:
    """The tick of each car's sharpest loss; losses too near to either end belong to another time."""
    found: dict[int, int] = {}
    for car_idx in np.flatnonzero(is_jolt.any(axis=0)).tolist():
        left = np.ones(len(is_jolt))
        np.divide(after[:, car_idx], before[:, car_idx], out=left, where=is_jolt[:, car_idx])
        at = int(left.argmin())
        if _MARGIN <= at < len(left) - _MARGIN:
            found[car_idx] = at + 2 * _REACH
    return found


def _is_hiccup(times_s: list[float]) -> bool:
    return any(sum(abs(one - other) < _AT_ONCE_S for other in times_s) > _HICCUP for one in times_s)


def _jolt(car_idx: int, ticks: dict[int, int], seen: _Seen) -> Jolt:
    """The car's jolt, and who shared it: the nearest car that was jolted too, else that began to slow."""
    tick, speeds = ticks[car_idx], seen.speeds
    at_s, here = float(seen.time_s[tick]), float(seen.pct[tick, car_idx])
    away = seen.pct[tick] - here
    away = np.abs(away - np.rint(away))
    away[car_idx] = np.nan
    with np.errstate(invalid="ignore"):
        near = np.flatnonzero(away <= _NEAR_S * speeds[tick - _REACH, car_idx])
    others = sorted(near.tolist(), key=lambda other: float(away[other]))
    for other in others:
        if other in ticks and abs(float(seen.time_s[ticks[other]]) - at_s) <= _AT_ONCE_S:
            return Jolt(car_idx, at_s, here, other, is_mutual=True)
    earlier, before, after = speeds[[tick - 2 * _REACH, tick - _REACH, tick]][:, others]
    with np.errstate(invalid="ignore", divide="ignore"):
        kinks = ((after - before) - (before - earlier)) / before
    for other, kink in zip(others, kinks.tolist(), strict=True):
        if kink < -_KINK and other not in ticks:
            return Jolt(car_idx, at_s, here, other, is_mutual=False)
    return Jolt(car_idx, at_s, here, -1, is_mutual=False)
