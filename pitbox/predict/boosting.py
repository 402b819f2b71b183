"""LightGBM as the lap time uses it: two losses that do not mind mishaps, averaged, and two quantiles."""

from collections.abc import Sequence
from typing import Any

import lightgbm
import msgspec
import numpy as np

from pitbox.predict.errors import ModelError
from pitbox.predict.forest import Forest, packed
from pitbox.predict.interval import COVERED

Array = np.ndarray[Any, np.dtype[np.float64]]
_ROWS = 140_000
"""More laps than that teach no more: what counts is the number of races."""
_SHARED = {"verbose": -1, "num_threads": 1, "deterministic": True, "force_col_wise": True, "seed": 7}
_POINT = _SHARED | {
    "num_leaves": 63,
    "learning_rate": 0.1,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "min_data_in_leaf": 60,
    "lambda_l2": 5.0,
}
_QUANTILE = _POINT | {"num_leaves": 31, "objective": "quantile"}
_POINTS = ({"objective": "l1"}, {"objective": "fair", "fair_c": 10.0})
"""The first holds usual laps best, the second follows the field out of a restart or a drying track."""
_ROUNDS, _QUANTILE_ROUNDS = 200, 100
_SIDES = ((1.0 - COVERED) / 2.0, 1.0 - (1.0 - COVERED) / 2.0)


class Boosting(msgspec.Struct, frozen=True):
    """Boosters as their own text, which any later LightGBM reads."""

    points: tuple[lightgbm.Booster, ...]
    low: lightgbm.Booster
    high: lightgbm.Booster
    forest: Forest | None
    """All of them packed; None where they cannot be."""

    def ask(self, x: Array) -> tuple[Array, Array, Array]:
        """Point, low and high."""
        if self.forest is None:
            return self.asked_of_lightgbm(x)
        point, low, high = self.forest.ask(x)
        return point, low, high

    def asked_of_lightgbm(self, x: Array) -> tuple[Array, Array, Array]:
        """The same, by its own walk."""
        point = np.asarray(np.mean([_asked(booster, x) for booster in self.points], axis=0))
        return point, _asked(self.low, x), _asked(self.high, x)


def fit_boosting(x: Array, y: Array, weight: Array, is_calibration: Any) -> Boosting:
    """Quantiles never see the races that they are calibrated on."""
    some = _some(len(y))
    points = tuple(_fit(x[some], y[some], weight[some], _POINT | loss, _ROUNDS) for loss in _POINTS)
    others = np.flatnonzero(~is_calibration)
    others = others[_some(len(others))]
    low, high = (
        _fit(x[others], y[others], weight[others], _QUANTILE | {"alpha": side}, _QUANTILE_ROUNDS)
        for side in _SIDES
    )
    return _boosting(points, low, high)


def loaded_boosting(texts: Sequence[str]) -> Boosting:
    """Points first, then low and high; raises ModelError where LightGBM cannot read one."""
    try:
        *points, low, high = (lightgbm.Booster(model_str=text) for text in texts)
    except lightgbm.basic.LightGBMError as error:
        raise ModelError(f"A booster cannot be read: {error}.") from error
    return _boosting(tuple(points), low, high)


def plain_boosting(x: Array, y: Array) -> lightgbm.Booster:
    """LightGBM as it comes, with the same features and target: what ours is held against."""
    return lightgbm.train(
        {"verbose": -1, "num_threads": 1, "objective": "regression"}, lightgbm.Dataset(x, y)
    )


def _boosting(
    points: tuple[lightgbm.Booster, ...], low: lightgbm.Booster, high: lightgbm.Booster
) -> Boosting:
    return Boosting(points, low, high, packed([points, (low,), (high,)]))


def _fit(x: Array, y: Array, weight: Array, parameters: dict[str, Any], rounds: int) -> lightgbm.Booster:
    data = lightgbm.Dataset(x, y, weight=weight, params={"verbose": -1})
    return lightgbm.train(parameters, data, num_boost_round=rounds)


def _asked(booster: lightgbm.Booster, x: Array) -> Array:
    return np.asarray(booster.predict(x, num_threads=1))


def _some(count: int) -> Any:
    if count <= _ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng(7).choice(count, _ROWS, replace=False))
