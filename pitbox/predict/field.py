"""The one definition of features: a fold over laps, used for training, in a trial and live.

    field = Field(past)
    for row in in_order(rows):          # live: as laps come
        reading = field.take(row)       # what is known of that car now; None before its first clean lap
    past = field.remembered()           # after the race, for the next one

Causal by build: a reading is made when its car crosses the line, out of rows that came before.
"""

from collections import deque
from math import isnan
from operator import itemgetter

import msgspec

from pitbox.predict import feature
from pitbox.predict.car_form import CarForm, middle
from pitbox.predict.lap_row import NAN, LapRow
from pitbox.predict.own_form import own_features
from pitbox.predict.past import Past, visit_of
from pitbox.predict.race_fit import RaceFit
from pitbox.predict.traffic import Crossings, traffic_features

_SEEN_LATELY = 2.5
_JUST_NOW, _MOST_JUST = 1.1, 40
_NEVER_SLOW = 99.0
_DRIFT_LAPS = 10
_CALM_LAPS = 5
_in_order = itemgetter(*feature.NAMES)


class Reading(msgspec.Struct, frozen=True):
    """One car at the line."""

    car: str
    lap: int
    end_s: float
    stint: int
    stint_lap: int
    """Laps since the stint began, this one counted."""
    ref_s: float
    rolling_s: float
    last_s: float
    values: tuple[float, ...]
    """In the order of `feature.NAMES`."""


class Field:
    """All cars of one race, lap by lap."""

    def __init__(self, past: Past | None = None) -> None:
        self._past = Past() if past is None else past
        self._cars: dict[str, CarForm] = {}
        self._classes: dict[str, dict[str, CarForm]] = {}
        self._crossings = Crossings()
        self._lately: dict[str, deque[tuple[float, float]]] = {}
        self._fit = RaceFit()
        self._scale_s = NAN
        self._lap = self._slow_lap = 0
        self._circuit = ""
        self._times_s: dict[str, list[float]] = {}
        self._drifts: dict[str, tuple[list[float], list[float]]] = {}

    def take(self, row: LapRow) -> Reading | None:
        car = self._cars.setdefault(row.car, CarForm())
        ahead = self._crossings.before(row.car, row.end_s, self._cars)
        car.take(row, ahead.gap_s, self._past.of(row.circuit, row.class_name).level_s)
        self._crossings.add(row.car, row.end_s)
        self._classes.setdefault(row.class_name, {})[row.car] = car
        self._circuit = row.circuit
        if row.is_slow:
            self._slow_lap = max(self._slow_lap, row.lap)
        if row.is_pace:
            self._learn(row, car)
        if row.lap > self._lap:
            self._lap = row.lap
            self._fit.fit()
        if isnan(car.ref_s):
            return None
        found = own_features(row, car) | traffic_features(car, ahead, self._cars) | self._features(row, car)
        return Reading(
            car=row.car,
            lap=row.lap,
            end_s=row.end_s,
            stint=row.stint,
            stint_lap=row.lap - car.first_lap_of_stint + 1,
            ref_s=car.ref_s,
            rolling_s=car.rolling_s,
            last_s=car.last_s,
            values=_in_order(found),
        )

    def remembered(self) -> Past:
        """The past with this race in it; to be asked for when the race is over."""
        for class_name, times_s in self._times_s.items():
            visit = visit_of(times_s, *self._drifts.get(class_name, ([], [])))
            if visit is not None:
                self._past.add(self._circuit, class_name, visit)
        return self._past

    def _learn(self, row: LapRow, car: CarForm) -> None:
        if isnan(self._scale_s):
            self._scale_s = row.time_s
        if len(car.laps) > 1:
            lately = self._lately.setdefault(row.class_name, deque(maxlen=_MOST_JUST))
            lately.append((row.end_s, row.time_s / car.ref_s - 1.0))
        self._fit.take(row.car, row.lap, row.compound, row.tyre_age, row.time_s / self._scale_s)
        self._times_s.setdefault(row.class_name, []).append(row.time_s)
        then_s = car.refs_s.get(row.lap - _DRIFT_LAPS)
        if then_s is not None:
            drift = (row.time_s / then_s - 1.0) * 1000.0 / _DRIFT_LAPS
            every, calm = self._drifts.setdefault(row.class_name, ([], []))
            every.append(drift)
            if not self._slow_lap or row.lap - _DRIFT_LAPS - self._slow_lap > _CALM_LAPS:
                calm.append(drift)

    def _features(self, row: LapRow, car: CarForm) -> dict[str, float]:
        ref_s = car.ref_s
        mates = self._mates(row, ref_s)
        levels_s = sorted([mate.ref_s for mate in mates if not isnan(mate.ref_s)])
        drift, slope = self._fit.slopes(row.compound)
        level_s = self._fit.level(row.car, row.lap, row.compound, row.tyre_age) * self._scale_s
        past = self._past.of(row.circuit, row.class_name)
        return {
            "field_last": middle(self._just(row, ref_s)) * 1000.0,
            "field_drift": middle([mate.trend for mate in mates if not isnan(mate.trend)]) / ref_s * 1000.0,
            "field_change5": middle([mate.changes[5] for mate in mates if 5 in mate.changes]),
            "field_change10": middle([mate.changes[10] for mate in mates if 10 in mate.changes]),
            "level_to_field": (middle(levels_s) / ref_s - 1.0) * 1000.0,
            "level_to_best": (levels_s[0] / ref_s - 1.0) * 1000.0 if levels_s else NAN,
            "cars": float(len(levels_s)),
            "since_slow": float(row.lap - self._slow_lap) if self._slow_lap else _NEVER_SLOW,
            "fit_drift": drift * 1000.0,
            "fit_slope": slope * 1000.0,
            "fit_level": (level_s / ref_s - 1.0) * 1000.0,
            "past_drift": past.drift,
            "past_calm_drift": past.calm_drift,
            "past_level": (past.level_s / ref_s - 1.0) * 1000.0,
        }

    def _mates(self, row: LapRow, ref_s: float) -> list[CarForm]:
        """Of its class, itself among them, that crossed the line not long ago."""
        since_s = row.end_s - _SEEN_LATELY * ref_s
        return [
            mate
            for mate in self._classes[row.class_name].values()
            if mate.end_s > since_s and mate.class_name == row.class_name
        ]

    def _just(self, row: LapRow, ref_s: float) -> list[float]:
        """What its class just did against its levels."""
        since_s = row.end_s - _JUST_NOW * ref_s
        return [share for end_s, share in self._lately.get(row.class_name, ()) if end_s > since_s]
