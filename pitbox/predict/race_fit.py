"""The race so far as a line for each car, one drift for all, and a slope for each compound.

Ridge with priors, re-weighted so that a mishap does not bend it; old laps fade. What it says of the laps to
come is a feature among others: on real races it is worse alone than a car's last lap.
"""

from math import isnan
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
_LEAST_ROWS = 30
_NOISE = 0.004
"""Of a lap, as a share."""
_FADE = 0.97
_ROUNDS = 3
_CAR_SPREAD, _OFFSET_SPREAD, _DRIFT_SPREAD, _SLOPE_SPREAD = 0.01, 0.005, 0.0005, 0.0006
_DRIFT, _SLOPE = -0.0005, 0.0006
"""A lap's worth of burnt fuel, and of worn tyre."""
_MOST_ROWS = 4000
_NAN = float("nan")


class RaceFit:
    """Told of clean laps; fitted anew when somebody begins a lap that nobody was on."""

    def __init__(self) -> None:
        self._cars: dict[str, int] = {}
        self._compounds: dict[str, int] = {}
        self._rows: Array = np.empty((_MOST_ROWS + 1, 5))
        self._count = 0
        self._beta: Array | None = None
        self._shape = (0, 0)
        self._middle = 0.0
        self._lap = 0.0

    def take(self, car: str, lap: int, compound: str, tyre_age: float, share: float) -> None:
        """`share`: of this race's first clean lap."""
        age = tyre_age if not isnan(tyre_age) else 0.0
        car_at = self._cars.setdefault(car, len(self._cars))
        compound_at = self._compounds.setdefault(compound, len(self._compounds))
        self._rows[self._count] = (car_at, lap, compound_at, age, share)
        self._count += 1
        if self._count > _MOST_ROWS:
            self._count -= _MOST_ROWS // 8
            self._rows[: self._count] = self._rows[_MOST_ROWS // 8 :].copy()

    def fit(self) -> None:
        if self._count < _LEAST_ROWS:
            return
        rows = self._rows[: self._count]
        cars, compounds = len(self._cars), len(self._compounds)
        at, kind, car = np.arange(len(rows)), rows[:, 2].astype(int), rows[:, 0].astype(int)
        now, middle = rows[:, 1].max(), float(np.median(rows[:, 4]))
        y = rows[:, 4] - middle
        x = np.zeros((len(rows), 1 + 2 * compounds))
        x[:, 0] = rows[:, 1] - now
        x[at, 1 + kind] = 1.0
        x[at, 1 + compounds + kind] = rows[:, 3]
        repeats = [1, compounds, compounds]
        hold = (_NOISE / np.repeat([_DRIFT_SPREAD, _OFFSET_SPREAD, _SLOPE_SPREAD], repeats)) ** 2
        prior = np.repeat([_DRIFT, 0.0, _SLOPE], repeats)
        fade = _FADE ** (now - rows[:, 1])
        weight, beta, levels = fade, prior, np.zeros(cars)
        for _ in range(_ROUNDS):
            beta, levels = _solved(x, y, weight, car, hold, prior, cars)
            rest = y - levels[car] - x @ beta
            weight = fade * np.minimum(1.0, _NOISE / np.maximum(np.abs(rest), 1e-9))
        self._beta = np.concatenate([levels, beta])
        self._shape, self._middle, self._lap = (cars, compounds), middle, float(now)

    def slopes(self, compound: str) -> tuple[float, float]:
        """Drift a lap of race, and a lap of tyre age; NaN before the first fit."""
        if self._beta is None:
            return _NAN, _NAN
        cars, compounds = self._shape
        kind = self._compounds.get(compound, compounds)
        slope = _NAN if kind >= compounds else float(self._beta[cars + 1 + compounds + kind])
        return float(self._beta[cars]), slope

    def level(self, car: str, lap: int, compound: str, tyre_age: float) -> float:
        """What it expects of such a lap, as a share of the race's first clean one."""
        if self._beta is None:
            return _NAN
        cars, compounds = self._shape
        found = self._middle + float(self._beta[cars]) * (lap - self._lap)
        car_at, kind = self._cars.get(car, cars), self._compounds.get(compound, compounds)
        if car_at < cars:
            found += float(self._beta[car_at])
        if kind < compounds:
            age = tyre_age if not isnan(tyre_age) else 0.0
            found += float(self._beta[cars + 1 + kind] + self._beta[cars + 1 + compounds + kind] * age)
        return found


def _solved(  # noqa: PLR0917 - one system of equations
    x: Array, y: Array, weight: Array, car: Any, hold: Array, prior: Array, cars: int
) -> tuple[Array, Array]:
    """Each car's level is solved out of the equations first: sixty cars cost no more than two."""
    weighted = x * weight[:, None]
    mass = np.bincount(car, weight, cars) + (_NOISE / _CAR_SPREAD) ** 2
    cross = np.column_stack([np.bincount(car, column, cars) for column in weighted.T])
    sums = np.bincount(car, weight * y, cars)
    left = weighted.T @ x - cross.T @ (cross / mass[:, None])
    left[np.diag_indices_from(left)] += hold
    beta = np.linalg.solve(left, weighted.T @ y - cross.T @ (sums / mass) + hold * prior)
    return np.asarray(beta), (sums - cross @ beta) / mass
