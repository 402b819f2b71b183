"""What a race's own clean laps, and a learned model beside them, say of how laps scatter.

    scatter = LapScatter()                 # of one race
    shapes = scatter.shapes(moment)        # by CarIdx; only laps that are new cost time

A model's intervals come before the constants, and laps of this race before both. A story that began anew
needs a new one.
"""

import math
from collections.abc import Mapping

import msgspec
import numpy as np
from msgspec.structs import replace

from pitbox.strategy.montecarlo.lap_shape import (
    RUN_LAPS,
    USUAL,
    Array,
    LapShape,
    fitted,
    of_car,
    of_intervals,
    residuals_of,
)
from pitbox.strategy.montecarlo.race_model import RaceCar, RaceModel
from pitbox.strategy.montecarlo.tables import traffic_of
from pitbox.strategy.story import LEAST_LAP_S, CarNow, Moment

MOST_RUNS = 30
"""Of a car: what it did half a day ago says little of its laps now."""
_LEAST_OWN = 0.5
"""Of a lap's spread: what is the car's own, however much traffic it is reckoned to meet."""


class CarRuns(msgspec.Struct):
    class_id: int
    read_lap: int = 0
    stint: int = -1
    times_s: list[float] = msgspec.field(default_factory=list)
    """Of the run that is not whole yet."""
    runs: list[Array] = msgspec.field(default_factory=list)

    def residuals(self) -> Array:
        return np.concatenate(self.runs) if self.runs else np.empty(0)


class LapScatter:
    """Kept from moment to moment of one race."""

    def __init__(self, most_runs: int = MOST_RUNS) -> None:
        self._most_runs = most_runs
        self.cars: dict[int, CarRuns] = {}
        self._fits: dict[int, tuple[tuple[int, LapShape], LapShape]] = {}

    def shapes(self, moment: Moment) -> dict[int, LapShape]:
        """Of every car in the moment."""
        self.read(moment)
        classes = {
            class_id: self._class_shape(class_id, moment)
            for class_id in {car.class_id for car in moment.cars}
        }
        return {
            car.car_idx: of_car(self.cars[car.car_idx].residuals(), classes[car.class_id])
            for car in moment.cars
        }

    def read(self, moment: Moment) -> None:
        for car in moment.cars:
            self._read(car)

    def _class_shape(self, class_id: int, moment: Moment) -> LapShape:
        """Worked out anew when a run of the class came to its end, or a model speaks otherwise."""
        usual = _learned(class_id, moment) or USUAL
        mates = [car for car in self.cars.values() if car.class_id == class_id and car.runs]
        key = sum(car.read_lap for car in mates), usual
        known = self._fits.get(class_id)
        if known is None or known[0] != key:
            every = np.concatenate([run for car in mates for run in car.runs]) if mates else np.empty(0)
            known = self._fits[class_id] = (key, fitted(every, usual))
        return known[1]

    def _read(self, car: CarNow) -> None:
        known = self.cars.get(car.car_idx)
        if known is None:
            known = self.cars[car.car_idx] = CarRuns(car.class_id)
        laps = car.story.laps
        news = []
        for lap in reversed(laps.tail(max(0, car.story.laps_done - known.read_lap))):
            if lap.lap <= known.read_lap:
                break
            news.append(lap)
        for lap in reversed(news):
            known.read_lap = lap.lap
            if lap.stint != known.stint:
                known.stint, known.times_s = lap.stint, []
            if lap.lap > 1 and lap.time_s >= LEAST_LAP_S and lap.kind.is_clean():
                known.times_s.append(lap.time_s)
            if len(known.times_s) == RUN_LAPS:
                run, known.times_s = residuals_of(known.times_s), []
                known.runs = [*known.runs[1 - self._most_runs :], run] if len(run) else known.runs


def scattered(model: RaceModel, shapes: Mapping[str, LapShape]) -> RaceModel:
    """With laps that scatter like these, by the cars' names; who is not among them stays as it is.

    Laps that were driven had traffic in them, which the model adds once more: its part is taken off.
    """
    cars = []
    for car, traffic_s in zip(model.cars, traffic_of(model), strict=True):
        shape = shapes.get(car.name)
        cars.append(car if shape is None else _like(car, shape, traffic_s))
    return replace(model, cars=tuple(cars))


def _like(car: RaceCar, shape: LapShape, traffic_s: float) -> RaceCar:
    spread_s = shape.share * car.pace_s
    if shape.laps:
        spread_s = max(_LEAST_OWN * spread_s, math.sqrt(max(0.0, spread_s**2 - traffic_s**2)))
    return replace(car, residual_s=spread_s, skew=shape.skew, tail=shape.tail)


def _learned(class_id: int, moment: Moment) -> LapShape | None:
    """By the intervals of next laps that a model gave for cars of this class."""
    paces = [moment.learned.pace(car.car_idx, car.story.laps_done) for car in moment.of_class(class_id)]
    return of_intervals((pace.low_s, pace.next_s, pace.high_s) for pace in paces if pace is not None)
