"""Where a lap brakes for a corner and where it is back at full throttle: fractions, None if nothing tells."""

import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import DrivenLap, Floats

BRAKING = 0.05
FULL = 0.95
_PAUSE_M = 25.0
"""A foot that leaves the brake for less brakes once."""
_LEAST_M = 8.0
"""A touch that is shorter is no braking."""
_SHIFT_M = 15.0
"""A shift cuts the throttle for less."""
_LEAST_FULL_M = 40.0
"""Who lifts again within less was not back at full throttle."""


def brake_point(lap: DrivenLap, after: float, apex: float) -> float | None:
    """Where the last braking before the apex begins; None where it is not braked for, or nobody knows."""
    if "Brake" not in lap.channels:
        return None
    first, last = _within(lap, after, apex)
    way_m = lap.path_m[first:last]
    spans = _spans(lap.channels["Brake"][first:last] > BRAKING, way_m, _PAUSE_M)
    long = [a for a, b in spans if way_m[b] - way_m[a] >= _LEAST_M]
    return float(lap.pct[first + long[-1]]) if long else None


def throttle_point(lap: DrivenLap, apex: float, before: float) -> float | None:
    """Where full throttle begins for good, at or behind the apex."""
    if "Throttle" not in lap.channels:
        return None
    first, last = _within(lap, apex, before)
    way_m = lap.path_m[first:last]
    is_full = lap.channels["Throttle"][first:last] >= FULL
    for a, b in _spans(is_full, way_m, _SHIFT_M):
        if way_m[b] - way_m[a] >= _LEAST_FULL_M or b == len(way_m) - 1:
            return float(lap.pct[first + a])
    return None


def least_speed(lap: DrivenLap, start: float, end: float) -> float | None:
    if "Speed" not in lap.channels:
        return None
    first, last = _within(lap, start, end)
    return float(lap.channels["Speed"][first:last].min()) if last > first else None


def _within(lap: DrivenLap, start: float, end: float) -> tuple[int, int]:
    found = np.searchsorted(lap.pct, (start, end))
    return int(found[0]), int(found[1])


def _spans(is_on: NDArray[np.bool_], way_m: Floats, pause_m: float) -> list[tuple[int, int]]:
    """(first, last) of each stretch, joined over shorter pauses."""
    on = np.flatnonzero(is_on)
    if not len(on):
        return []
    is_new = (np.diff(on) > 1) & (way_m[on[1:]] - way_m[on[:-1]] > pause_m)
    firsts = np.concatenate((on[:1], on[1:][is_new]))
    lasts = np.concatenate((on[:-1][is_new], on[-1:]))
    return [(int(a), int(b)) for a, b in zip(firsts, lasts, strict=True)]
