"""A regularised straight line through all features: what there is before boosting has enough to eat."""

from typing import Any

import msgspec
import numpy as np

from pitbox.predict.feature import AHEAD_NAMES

Array = np.ndarray[Any, np.dtype[np.float64]]
_FAR = 2.0
_MOST_Y = 40.0
_HOLD = 50.0
_AHEAD = AHEAD_NAMES.index("ahead")


class Ridge(msgspec.Struct, frozen=True):
    middle: Array
    spread: Array
    weights: Array

    def predict(self, x: Array) -> Array:
        return np.asarray(_design(x, self.middle, self.spread) @ self.weights)


def fit_ridge(x: Array, y: Array, weight: Array) -> Ridge:
    """Mishaps are clipped, values that nobody knows count as the usual ones."""
    known = np.isfinite(x)
    middle, spread = np.zeros(x.shape[1]), np.ones(x.shape[1])
    for at in range(x.shape[1]):
        column = x[known[:, at], at]
        if len(column):
            middle[at] = np.median(column)
            spread[at] = max(1e-6, float(np.quantile(column, 0.9) - np.quantile(column, 0.1)))
    design = _design(x, middle, spread)
    left = (design * weight[:, None]).T @ design
    left[np.diag_indices_from(left)] += _HOLD
    right = (design * weight[:, None]).T @ np.clip(y, -_MOST_Y, _MOST_Y)
    return Ridge(middle, spread, np.asarray(np.linalg.solve(left, right), dtype=float))


def _design(x: Array, middle: Array, spread: Array) -> Array:
    z = np.nan_to_num(np.clip((x - middle) / spread, -_FAR, _FAR))
    return np.column_stack([z, z * (x[:, [_AHEAD]] / 10.0), np.ones(len(x))])
