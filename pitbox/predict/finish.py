"""Where everybody finishes, as a chance for each place.

    model = fit_finish(samples)                       # of races that are over
    odds = model.odds(finish_sample(state, forms))    # rows: cars as in the state, columns: places

Asked for each place is the chance to be there or better, which is what the ranked probability score judges.
Steps: `plain` (a place is kept, give or take what is left of the race), `stay` (with the spread that earlier
races had) and `boosting`. A step that cannot answer gives way to the one below.
"""

import math
from collections.abc import Sequence
from typing import Any

import lightgbm
import msgspec
import numpy as np

from pitbox.predict.errors import ModelError
from pitbox.predict.finish_form import FinishForms
from pitbox.predict.finish_state import CarState, RaceState

Array = np.ndarray[Any, np.dtype[np.float64]]
PLAIN, STAY, BOOSTING = "plain", "stay", "boosting"
VERSION = 1
"""Of what the columns mean."""
_CUTS = (0.0, 0.25, 0.5, 0.75)
_FAR_S = 60.0
_STAY_PLACES = 1.0
"""Neighbouring places that speak for each other in the step `stay`."""
_STAY_WEIGHT = 8.0
_LEAST_RACES = 12
_LEAST_SPREAD, _SPREAD = 0.4, 4.5
"""Places, at the flag and before the start."""
_ROUNDS = 200
_BOOSTER = {
    "objective": "cross_entropy",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 400,
    "lambda_l2": 20.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "seed": 7,
}
_CAR_COLUMNS = 22
_PLACE_COLUMNS = 5


class FinishSample(msgspec.Struct, frozen=True):
    """The cars of one race at one moment."""

    share: float
    starters: int
    positions: Array
    x: Array


class FinishModel(msgspec.Struct, frozen=True):
    """Boosting is None while there are too few races."""

    spread: dict[float, Array]
    """By share of the race: rows are places held, columns places got; counts, as shares of the field."""
    booster: lightgbm.Booster | None = None
    races: int = 0

    def odds(self, sample: FinishSample) -> tuple[Array, str]:
        """Chances of each place for each car, and the step that gave them."""
        if self.booster is not None and np.isfinite(sample.positions).all():
            return _odds_of(_asked(self.booster, sample)), BOOSTING
        return self.stay(sample)

    def stay(self, sample: FinishSample) -> tuple[Array, str]:
        """What boosting is held against: places stay, with the spread that earlier races had."""
        if not self.spread:
            return plain_odds(sample), PLAIN
        counts = self.spread[min(self.spread, key=lambda cut: abs(cut - sample.share))]
        return np.array([_kept(counts, place, sample.starters) for place in sample.positions]), STAY

    def saved(self) -> bytes:
        """MessagePack; read again by `loaded_finish`."""
        table = {str(cut): counts.tolist() for cut, counts in self.spread.items()}
        text = "" if self.booster is None else self.booster.model_to_string()
        return msgspec.msgpack.encode(_Saved(VERSION, self.races, table, text))


class _Saved(msgspec.Struct, frozen=True):
    version: int
    races: int
    spread: dict[str, list[list[float]]]
    booster: str


def loaded_finish(data: bytes) -> FinishModel:
    """Raises ModelError for anything else."""
    try:
        found = msgspec.msgpack.decode(data, type=_Saved)
        if found.version != VERSION:
            raise ModelError(f"This finish model is of version {found.version}, not {VERSION}.")
        booster = lightgbm.Booster(model_str=found.booster) if found.booster else None
    except (msgspec.DecodeError, RecursionError, lightgbm.basic.LightGBMError) as error:
        raise ModelError(f"This is no finish model: {error}.") from error
    return FinishModel(
        {float(cut): np.array(rows) for cut, rows in found.spread.items()}, booster, found.races
    )


def finish_sample(state: RaceState, forms: FinishForms) -> FinishSample:
    cars = state.cars
    stops = float(np.mean([car.stops for car in cars])) if cars else 0.0
    ages = [car.tyre_age for car in cars if math.isfinite(car.tyre_age)]
    age = float(np.median(ages)) if ages else math.nan
    x = [_car_row(state, car, forms, stops, age) for car in cars]
    return FinishSample(
        state.share,
        state.starters,
        np.array([float(car.position) for car in cars]),
        np.array(x, dtype=float).reshape(len(cars), _CAR_COLUMNS),
    )


def _car_row(state: RaceState, car: CarState, forms: FinishForms, stops: float, age: float) -> list[float]:
    form = forms.of(car.driver)
    starters = float(state.starters)
    return [
        state.share,
        float(car.position),
        float(len(state.cars)),
        starters,
        car.behind,
        min(car.ahead_s, _FAR_S) if math.isfinite(car.ahead_s) else math.nan,
        min(car.chased_s, _FAR_S) if math.isfinite(car.chased_s) else math.nan,
        car.stops - stops,
        car.tyre_age - age,
        car.tyre_age,
        car.compound,
        car.pace,
        car.grid,
        state.laps_left,
        float(state.is_slow),
        state.since_slow,
        form.lately,
        form.long,
        car.grid - car.position,
        form.lately * starters - car.position,
        form.long * starters - car.position,
        car.behind / max(state.laps_left, 1.0),
    ]


def fit_finish(samples: Sequence[FinishSample], finishes: Sequence[Sequence[int]], races: int) -> FinishModel:
    """`finishes`: for each sample, the place that each of its cars got."""
    spread = _spread(samples, finishes)
    if races < _LEAST_RACES or not samples:
        return FinishModel(spread, None, races)
    parts = [_expanded(sample) for sample in samples]
    truth = [
        (np.asarray(places)[:, None] <= np.arange(1, sample.starters)[None, :]).astype(float).ravel()
        for sample, places in zip(samples, finishes, strict=True)
    ]
    x, y = np.vstack(parts), np.concatenate(truth)
    rising = [0] * _CAR_COLUMNS + [1] * _PLACE_COLUMNS
    data = lightgbm.Dataset(x, y, params={"verbose": -1})
    booster = lightgbm.train(_BOOSTER | {"monotone_constraints": rising}, data, num_boost_round=_ROUNDS)
    return FinishModel(spread, booster, races)


def plain_odds(sample: FinishSample) -> Array:
    """Without any past: places are kept, give or take what is left of the race."""
    if not len(sample.positions):
        return np.zeros((0, sample.starters))
    width = _LEAST_SPREAD + (_SPREAD - _LEAST_SPREAD) * math.sqrt(max(0.0, 1.0 - sample.share))
    places = np.arange(1, sample.starters + 1)
    odds = np.exp(-np.abs(places[None, :] - np.nan_to_num(sample.positions, nan=1.0)[:, None]) / width)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _expanded(sample: FinishSample) -> Array:
    """Each car for each place but the last, with that place against where it might end."""
    count = max(sample.starters - 1, 0)
    places = np.tile(np.arange(1.0, count + 1.0), len(sample.x))
    x = np.repeat(sample.x, count, axis=0)
    return np.column_stack(
        [
            x,
            places,
            places + 0.5 - x[:, 1],
            places + 0.5 - x[:, 17] * x[:, 3],
            places - x[:, 2],
            places + 0.5 - x[:, 16] * x[:, 3],
        ]
    )


def _asked(booster: lightgbm.Booster, sample: FinishSample) -> Array:
    """The chance to be at each place or better."""
    cars = len(sample.x)
    if cars == 0 or sample.starters < 2:
        return np.ones((cars, sample.starters))
    said = np.asarray(booster.predict(_expanded(sample), num_threads=1)).reshape(cars, -1)
    return np.column_stack([np.maximum.accumulate(said, axis=1), np.ones(cars)])


def _odds_of(below: Array) -> Array:
    return np.asarray(np.diff(below, axis=1, prepend=0.0))


def _spread(samples: Sequence[FinishSample], finishes: Sequence[Sequence[int]]) -> dict[float, Array]:
    """Counts on a square of places; fields of other sizes are stretched by nothing: place is place."""
    most = max((sample.starters for sample in samples), default=0)
    found = {cut: np.zeros((most, most)) for cut in _CUTS}
    for sample, places in zip(samples, finishes, strict=True):
        cut = min(_CUTS, key=lambda one: abs(one - sample.share))
        for held, got in zip(sample.positions.astype(int), places, strict=True):
            found[cut][held - 1, got - 1] += 1.0
    return {cut: counts for cut, counts in found.items() if counts.any()}


def _kept(counts: Array, place: float, starters: int) -> Array:
    """Of one place: its own counts and those around it."""
    if not math.isfinite(place):
        return np.full(starters, 1.0 / max(starters, 1))
    near = np.exp(-0.5 * ((np.arange(len(counts)) + 1.0 - place) / _STAY_PLACES) ** 2)
    said = np.zeros(starters)
    width = min(starters, len(counts))
    said[:width] = (near @ counts)[:width]
    around = np.exp(-np.abs(np.arange(1, starters + 1) - place) / 3.0)
    odds = said + _STAY_WEIGHT * 0.05 * around / around.sum()
    return np.asarray(odds / odds.sum())
