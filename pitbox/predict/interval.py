"""Conformal intervals: quantiles that a model said, moved until they hold what they promise.

Two sides are judged apart, because lap times are skewed. Questions early in a stint and far ahead have
figures of their own. Once live, each answer moves the side that it judges by a little: outward by more
when it lay outside, inward by less when it did not. So whatever a race or a season is like, the share
outside is drawn to what was promised.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

COVERED = 0.8
_OUTSIDE = (1.0 - COVERED) / 2.0
EARLY_LAPS = 3
_LATE = (1.0, 3.0, 7.0, 11.0)
"""Upper ends of the groups by laps ahead."""
GROUPS = 2 * (len(_LATE) + 1)
_STEP = 0.004
"""In widths, for each answer."""
_FURTHEST, _MOST_INWARD = 3.0, 0.45
_LEAST = 60
_LEAST_WIDTH = 0.5
"""Thousandths: no interval of a lap is narrower than that before it is calibrated."""


def group_of(ahead: Array, stint_lap: Array) -> "np.ndarray[Any, np.dtype[np.int64]]":
    return np.searchsorted(np.array(_LATE), ahead) + (len(_LATE) + 1) * (stint_lap <= EARLY_LAPS)


class Calibration:
    """How far each side of each group is moved outward, in widths."""

    def __init__(self, moves: Array | None = None) -> None:
        """`moves`: by group, below and above."""
        self.moves = np.zeros((GROUPS, 2)) if moves is None else moves.copy()

    def fit(self, low: Array, high: Array, y: Array, ahead: Array, stint_lap: Array) -> None:
        """On forecasts before calibration, of races that they were not trained on."""
        width = np.maximum(high - low, _LEAST_WIDTH)
        below, above, groups = (low - y) / width, (y - high) / width, group_of(ahead, stint_lap)
        share = 1.0 - _OUTSIDE
        for group in range(GROUPS):
            mine = groups == group
            if mine.sum() >= _LEAST:
                self.moves[group] = np.quantile(below[mine], share), np.quantile(above[mine], share)

    def follow(self, is_below: Any, is_above: Any, ahead: Array, stint_lap: Array) -> None:
        """Of forecasts that were given, and where the truth lay."""
        groups = group_of(ahead, stint_lap)
        for side, outside in enumerate((is_below, is_above)):
            missed = np.bincount(groups, np.asarray(outside, dtype=float) - _OUTSIDE, GROUPS)
            self.moves[:, side] = np.clip(self.moves[:, side] + _STEP * missed, -_MOST_INWARD, _FURTHEST)

    def applied(self, low: Array, high: Array, ahead: Array, stint_lap: Array) -> tuple[Array, Array]:
        width = np.maximum(high - low, _LEAST_WIDTH)
        moves = self.moves[group_of(ahead, stint_lap)]
        return low - moves[:, 0] * width, high + moves[:, 1] * width
