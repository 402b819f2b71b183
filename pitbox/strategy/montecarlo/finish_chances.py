"""Where everybody finishes, by driving the rest of the race many times: chances of each place in class.

    said = finish_chances(moment, Field())          # one `Field` for a race

Nobody knows when the others stop, how far their tanks go, or how much of their pace they keep. So the races
are shared out among fields that differ in it: in each, every car has drawn its next stop from what stops so
far say of it, a tank, and a pace.
"""

import math
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from pitbox.strategy.capacity import SIZES
from pitbox.strategy.form import Forms
from pitbox.strategy.montecarlo.car_now import doubt_s
from pitbox.strategy.montecarlo.lap_scatter import LapScatter
from pitbox.strategy.montecarlo.lottery import Engine, Lottery, Spread
from pitbox.strategy.montecarlo.outcome import joined
from pitbox.strategy.montecarlo.race_model import RaceCar, RaceModel, StopPolicy
from pitbox.strategy.montecarlo.race_now import lost_per_hour, race_now
from pitbox.strategy.montecarlo.tyre_stops import TyreStint
from pitbox.strategy.next_stop import NextStop, NextStopModel
from pitbox.strategy.story import Moment

Chances = np.ndarray[Any, np.dtype[np.float64]]
RACES = 2048
_FIELDS = 32
_HOME = 3
"""Laps in the tank beyond the flag, of a car that does not stop again."""


class Field:
    """What is worth keeping of the field from one moment of a race to the next."""

    def __init__(self, stops: NextStopModel | None = None, *, is_refuelled: bool = True) -> None:
        self.forms, self.stops, self.is_refuelled = Forms(), stops or NextStopModel(), is_refuelled
        self.scatter = LapScatter()


class FinishChances(msgspec.Struct, frozen=True):
    """Of the cars that still race: those that are out finish behind them."""

    cars: tuple[int, ...]
    """CarIdx of each row."""
    places: Chances
    """Car down, place in class across, the first one first."""

    def of(self, car_idx: int) -> Chances | None:
        return self.places[self.cars.index(car_idx)] if car_idx in self.cars else None


def finish_chances(
    moment: Moment,
    field: Field | None = None,
    races: int = RACES,
    *,
    seed: int = 1,
    engine: Engine = "compiled",
    spread: Spread = map,
) -> FinishChances:
    """Raises NoRaceError and NoLengthError, as `race_now` does."""
    fields = _Fields(moment, field or Field())
    rng = np.random.Generator(np.random.PCG64(seed))
    parts = [
        Lottery(model, seed + at, engine).run(max(1, races // _FIELDS), 0, spread)
        for at, model in enumerate(fields.drawn(rng))
    ]
    cars = tuple(int(car.name) for car in fields.model.cars)
    return FinishChances(cars, joined(parts).position_chances(in_class=True))


class _Fields:
    """The same race with other stops, tanks and paces."""

    def __init__(self, moment: Moment, field: Field) -> None:
        self.model = race_now(moment, field.forms, scatter=field.scatter)
        self._moment, self._is_refuelled = moment, field.is_refuelled
        self._outlooks = field.forms.outlooks(moment)
        leader = moment.car(int(self.model.cars[0].name))
        assert leader is not None
        self._from_lap = leader.place
        stops = field.stops
        self._stops = {car.car_idx: stops.next_stop(moment, car) for car in moment.cars}
        self._tanks = {car_idx: stops.book.tank_laps(car_idx) for car_idx in stops.book.cars}
        quickest_s = min(car.pace_s for car in self.model.cars)
        self._laps = self.model.laps or math.ceil(self.model.length_s / quickest_s)
        hours = self._laps * quickest_s / 3600.0
        self._lost = -math.expm1(-lost_per_hour(moment) * hours)

    def drawn(self, rng: np.random.Generator) -> Iterator[RaceModel]:
        """Paces come in pairs: what one car gains in the one, it loses in the other."""
        for _ in range(_FIELDS // 2):
            paces = rng.standard_normal(len(self.model.cars))
            for sign in (1.0, -1.0):
                cars = tuple(
                    self._car(car, sign * float(pace), rng)
                    for car, pace in zip(self.model.cars, paces, strict=True)
                )
                yield replace(self.model, cars=cars)

    def _car(self, car: RaceCar, pace: float, rng: np.random.Generator) -> RaceCar:
        idx = int(car.name)
        outlook, stop = self._outlooks[idx], self._stops.get(idx)
        found = replace(car, pace_s=car.pace_s + pace * doubt_s(outlook), retire_chance=self._lost)
        if not self._is_refuelled:
            return self._on_tyres(found, rng)
        return found if stop is None else self._stopping(found, stop, self._tanks[idx], rng)

    def _on_tyres(self, car: RaceCar, rng: np.random.Generator) -> RaceCar:
        """Nobody's tank asks for a stop."""
        now = self._moment.car(int(car.name))
        assert now is not None
        stops = [stop.lap for stop in now.story.stops if stop.lap > 1]
        whole = self._from_lap + self._laps
        stint = TyreStint(len(stops), (now.laps - (stops[-1] if stops else 0)) / whole, self._laps / whole)
        ahead, full = stint.drawn(rng), self._laps + _HOME
        plan = () if ahead is None else (max(1, round(ahead * whole)),)
        return replace(
            car,
            fuel_l=full,
            tank_l=full,
            lap_spread=0.0,
            fill_lps=0.0,
            stops=StopPolicy(plan=plan, least_stint=1),
        )

    def _stopping(self, car: RaceCar, stop: NextStop, tanks: Chances, rng: np.random.Generator) -> RaceCar:
        tank = max(4.0, float(rng.choice(SIZES, p=tanks / tanks.sum())))
        when, draw = stop.if_green, rng.random()
        if rng.random() < when.no_stop:
            return replace(car, fuel_l=self._laps + _HOME, tank_l=self._laps + tank, lap_spread=0.0)
        cumulated = np.cumsum(when.laps.chances)
        lap = when.laps.first + int(np.searchsorted(cumulated, draw * cumulated[-1]))
        ahead = round(lap - self._from_lap)
        start_s = car.start_s or 0.0
        if ahead < 1:  # on the laps that are reckoned and not driven
            return replace(car, start_s=start_s + car.stop_in_s + car.stop_out_s, fuel_l=tank, tank_l=tank)
        plan = StopPolicy(plan=(ahead,), least_stint=1)
        return replace(car, fuel_l=ahead + 0.9, tank_l=max(tank, ahead + 0.9), lap_spread=0.0, stops=plan)
