"""Conformal intervals: quantiles that a model said, moved until they hold what they promise.

Two sides are judged apart, because lap times are skewed. Questions early in a stint and far ahead have
figures of their own. Laps that are driven after training count more, so a calmer or wilder season is
followed within a few races.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

COVERED = 0.8
EARLY_LAPS = 3
_LATE = (1.0, 3.0, 7.0, 11.0)
"""Upper ends of the groups by laps ahead."""
GROUPS = 2 * (len(_LATE) + 1)
_TRAINED_WEIGHT, _LIVE_WEIGHT = 0.25, 1.0
_LEAST = 60
_KEPT = 4000
_LEAST_WIDTH = 0.5
"""Thousandths: no interval of a lap is narrower than that before it is calibrated."""


def group_of(ahead: Array, stint_lap: Array) -> "np.ndarray[Any, np.dtype[np.int64]]":
    return np.searchsorted(np.array(_LATE), ahead) + (len(_LATE) + 1) * (stint_lap <= EARLY_LAPS)


class Calibration:
    """Remembers how far truths lay outside, in widths, for each group and side."""

    def __init__(self, scores: list[Array] | None = None) -> None:
        """`scores`: by group, rows of (below, above, weight)."""
        self.scores = scores or [np.empty((0, 3)) for _ in range(GROUPS)]
        self._moves = [_moves(found) for found in self.scores]

    def learn(
        self, low: Array, high: Array, y: Array, ahead: Array, stint_lap: Array, *, is_live: bool = True
    ) -> None:
        """Of forecasts before calibration, and what became of them."""
        width = np.maximum(high - low, _LEAST_WIDTH)
        weight = np.full(len(y), _LIVE_WEIGHT if is_live else _TRAINED_WEIGHT)
        found = np.column_stack([(low - y) / width, (y - high) / width, weight])
        groups = group_of(ahead, stint_lap)
        for group in range(GROUPS):
            mine = found[groups == group]
            if len(mine) > _KEPT:  # every so many, with the weight of those left out
                mine = mine[:: len(mine) // _KEPT + 1]
            if len(mine):
                self.scores[group] = np.concatenate([self.scores[group], mine])
                self._moves[group] = _moves(self.scores[group])

    def applied(self, low: Array, high: Array, ahead: Array, stint_lap: Array) -> tuple[Array, Array]:
        width = np.maximum(high - low, _LEAST_WIDTH)
        moves = np.array(self._moves)[group_of(ahead, stint_lap)]
        return low - moves[:, 0] * width, high + moves[:, 1] * width


def _moves(found: Array) -> tuple[float, float]:
    if len(found) < _LEAST:
        return 0.0, 0.0
    share = 1.0 - (1.0 - COVERED) / 2.0
    return _quantile(found[:, 0], found[:, 2], share), _quantile(found[:, 1], found[:, 2], share)


def _quantile(values: Array, weights: Array, share: float) -> float:
    order = np.argsort(values)
    at = np.searchsorted(np.cumsum(weights[order]), share * weights.sum())
    return float(values[order][min(int(at), len(values) - 1)])
