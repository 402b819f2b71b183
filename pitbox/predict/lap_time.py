"""Lap times 1 to 15 laps ahead of the same stint: a chain that answers whatever it was given.

    model = fit_lap_time(samples)
    said = model.predict(rows, ahead, stint_lap)   # rows of feature.NAMES, one for each question
    model.learn(said, truth_s, ahead, stint_lap)   # when laps came: the interval follows the race

Steps: `boosting` with enough races, `ridge` with a few stints, `level` (the car's own robust level) always.
An answer says which step gave it.
"""

import logging
from typing import Any

import msgspec
import numpy as np

from pitbox.predict.feature import REF, ahead_of
from pitbox.predict.interval import Calibration
from pitbox.predict.ridge import Ridge, fit_ridge
from pitbox.predict.sample import Samples

Array = np.ndarray[Any, np.dtype[np.float64]]
_log = logging.getLogger(__name__)

LEVEL, RIDGE, BOOSTING = "level", "ridge", "boosting"
_RIDGE_ROWS, _BOOSTING_ROWS, _BOOSTING_RACES = 400, 8000, 4
_USUAL_LAP_S = 90.0
_CALIBRATION_EVERY = 5
_LOW, _HIGH = (-3.0, -0.25), (5.0, 0.5)
"""Thousandths at the next lap, and for each lap more: before anything is calibrated."""


class Forecast(msgspec.Struct, frozen=True):
    """For each question; seconds. NaN where the car has no level yet."""

    median_s: Array
    low_s: Array
    high_s: Array
    step: str
    """Of the chain: who spoke."""


class LapTimeModel:
    """Never fails: a step that cannot answer gives way to the one below it."""

    def __init__(
        self, ridge: Ridge | None = None, boosting: Any = None, calibration: Calibration | None = None
    ) -> None:
        """`boosting`: a `boosting.Boosting`; LightGBM is loaded only where there is one."""
        self.ridge, self.boosting = ridge, boosting
        self.calibration = Calibration() if calibration is None else calibration

    def predict(self, rows: Array, ahead: Array, stint_lap: Array) -> Forecast:
        x, ref_s = ahead_of(rows, ahead), rows[:, REF]
        point, low, high, step = self.raw(x, ahead)
        low, high = self.calibration.applied(low, high, ahead, stint_lap)
        low, high = np.minimum(low, point), np.maximum(high, point)
        median_s, low_s, high_s = (ref_s * (1.0 + found / 1000.0) for found in (point, low, high))
        return Forecast(median_s, low_s, high_s, step)

    def learn(self, said: Forecast, truth_s: Array, ahead: Array, stint_lap: Array) -> None:
        """What became of forecasts that were given moves the intervals to come, never the medians."""
        known = np.isfinite(truth_s) & np.isfinite(said.median_s)
        below, above = truth_s < said.low_s, truth_s > said.high_s
        self.calibration.follow(below[known], above[known], ahead[known], stint_lap[known])

    def raw(self, x: Array, ahead: Array) -> tuple[Array, Array, Array, str]:
        """Thousandths of the level: median, low and high before calibration, and the step."""
        low, high = (start + more * (ahead - 1.0) for start, more in (_LOW, _HIGH))
        if self.boosting is not None:
            found = self._boosted(x)
            if found is not None:
                return (*found, BOOSTING)
        if self.ridge is not None:
            point = self.ridge.predict(x)
            if np.isfinite(point).all():
                return point, point + low, point + high, RIDGE
        return np.zeros(len(x)), low, high, LEVEL

    def _boosted(self, x: Array) -> tuple[Array, Array, Array] | None:
        try:
            point, low, high = self.boosting.ask(x)
        except Exception:  # noqa: BLE001 - LightGBM raises its own, and a forecast must not end a race
            _log.warning("Boosting did not answer; the ridge does.", exc_info=True)
            return None
        return (point, np.minimum(low, high), np.maximum(low, high)) if np.isfinite(point).all() else None


def fit_lap_time(samples: Samples) -> LapTimeModel:
    """As far up the chain as the samples carry it."""
    kept = samples.pick(np.isfinite(samples.y) & np.isfinite(samples.ref_s))
    model = LapTimeModel()
    races = len(np.unique(kept.race))
    weight = kept.ref_s / _USUAL_LAP_S
    if len(kept) >= _RIDGE_ROWS:
        model.ridge = fit_ridge(kept.x, kept.y, weight)
    is_calibration = (kept.race.astype(int) % _CALIBRATION_EVERY) == _CALIBRATION_EVERY - 1
    if len(kept) >= _BOOSTING_ROWS and races >= _BOOSTING_RACES and is_calibration.any():
        from pitbox.predict.boosting import fit_boosting  # noqa: PLC0415 - LightGBM takes half a second

        model.boosting = fit_boosting(kept.x, kept.y, weight, is_calibration)
    apart = kept.pick(is_calibration) if model.boosting is not None else kept
    if len(apart):
        _, low, high, _ = model.raw(apart.x, apart.ahead)
        model.calibration.fit(low, high, apart.y, apart.ahead, apart.stint_lap)
    return model
