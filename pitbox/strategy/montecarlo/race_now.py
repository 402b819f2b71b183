"""The rest of a race that runs, as a model: today by the plain formulas of form, stops and cautions.

`race_now` drives the whole field from the leader's place. `race_around` drives it from each car's last
crossing of the line, so that every lap of one car is a whole lap and its next stop can be any of them.

Fuel of others counts in laps of green running: what their stints and their class have shown of a tank. Tyres
and rain are nobody's guess here; whoever knows of them says so in the model that this gives.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from pitbox.strategy.caution import CautionProcess, caution_process
from pitbox.strategy.errors import NoLengthError, NoRaceError
from pitbox.strategy.form import Forms, Outlook
from pitbox.strategy.montecarlo.car_now import (
    LEAST_STINT,
    RIPE,
    Alike,
    Start,
    car_behind,
    car_from,
    policy_of,
)
from pitbox.strategy.montecarlo.cover import Cover, Covers
from pitbox.strategy.montecarlo.lap_scatter import LapScatter, scattered
from pitbox.strategy.montecarlo.outcome import Outcome
from pitbox.strategy.montecarlo.race_model import (
    CautionModel,
    RaceCar,
    RaceModel,
    TrafficModel,
)
from pitbox.strategy.stop_book import StopBook
from pitbox.strategy.story import CAUTION, RED, RUNNING, CarNow, Moment

Cautions = Callable[[Moment], CautionProcess]
_OTHERS = 4
"""Cars of other classes that are driven along: those who may throw the flag."""
_OVERDUE, _OVERDUE_SLOW = 2.5, 5.0
"""Laps since the line after which a car counts as out."""
_LOST_H = 60.0
"""Hours of running that count beside what this race has shown of cars that were lost."""
_LOST_PER_H, _LOST_SHEET_PER_H = 0.004, 0.03
"""Of a car, in the sim and on real roads."""


class Sources(NamedTuple):
    """Who knows the field; one of each for a race."""

    forms: Forms
    book: StopBook
    cautions: Cautions = caution_process
    scatter: LapScatter | None = None
    """None: laps scatter as they mostly do."""
    covers: Covers | None = None
    """None: nobody answers anybody."""


class RaceAround(msgspec.Struct, frozen=True):
    """A race driven from each car's own last line: model laps count on from `laps`."""

    model: RaceModel
    cars: tuple[int, ...]
    """CarIdx of each."""
    laps: tuple[int, ...]
    """That each had done when it begins."""
    own: int
    left_out_ahead: int
    """Cars of other classes that are not driven, and are ahead now."""
    clock_s: float
    """Of the model, now: it begins when the first of its cars crossed its line, a lap or two ago at most."""
    ripe_in: tuple[int | None, ...] = ()
    """Laps until a caution is worth a stop to each car; None: it stays out under cautions."""

    def under_caution(self, cars: Sequence[RaceCar], in_laps: int) -> tuple[RaceCar, ...]:
        """With the stops of a caution that begins after so many laps.

        Not all on the same lap; who has come in for it by itself just before does not do so again.
        """
        least = LEAST_STINT
        return tuple(
            car
            if at == self.own or ripe is None or ripe > in_laps
            else replace(car, stops=replace(car.stops, plan=(in_laps + 1 + at % 2,), least_stint=least))
            for at, (car, ripe) in enumerate(zip(cars, self.ripe_in, strict=True))
        )

    def placed(self, outcome: Outcome) -> Outcome:
        """With our car's places by all laps, those before now too; other cars' places stay as driven."""
        key = self.distance(outcome)
        ahead = key < key[self.own]
        mates = [car.class_name == self.model.cars[self.own].class_name for car in self.model.cars]
        position, class_position = outcome.position.copy(), outcome.class_position.copy()
        position[self.own] = ahead.sum(axis=0) + 1 + self.left_out_ahead
        class_position[self.own] = ahead[np.array(mates)].sum(axis=0) + 1
        _, _, *rest = outcome.arrays()
        return Outcome(outcome.model, position, class_position, *rest)  # type: ignore[arg-type]

    def distance(self, outcome: Outcome) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """Less is further ahead at the flag."""
        laps = outcome.laps + np.array(self.laps)[:, None]
        found: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = (
            np.where(np.isfinite(outcome.time_s), outcome.time_s, 3.0e9) - 1.0e6 * laps
        )
        return found


def race_now(
    moment: Moment,
    forms: Forms | None = None,
    cautions: Cautions = caution_process,
    scatter: LapScatter | None = None,
) -> RaceModel:
    """Every car that runs and has shown a pace, from its place of now to the flag, in race order."""
    outlooks = (forms or Forms()).outlooks(moment)
    cars = _running(moment, outlooks)
    cars.sort(key=lambda car: -car.place)
    laps, length_s = _rest(moment, cars[0], cars[0].laps)
    model = RaceModel(
        cars=tuple(car_behind(car, cars[0], outlooks[car.car_idx]) for car in cars),
        laps=laps,
        length_s=length_s,
        cautions=caution_model(moment, [outlooks[car.car_idx] for car in cars], cautions),
        traffic=TrafficModel(tow_s=0.0),
    )
    return _scattered(model, moment, scatter)


def race_around(
    moment: Moment,
    own: CarNow,
    sources: Sources,
    alike: Alike | None = None,
) -> RaceAround:
    """Raises NoRaceError where our car has no pace yet, NoLengthError where nobody knows the flag.

    `alike`: what our own gauge and stops tell of cars of our class.
    """
    return _Gathering(moment, own, sources, alike).race()


class _Gathering:
    """Who is driven along, and from which line each counts."""

    def __init__(self, moment: Moment, own: CarNow, sources: Sources, alike: Alike | None) -> None:
        self.moment, self.own, self.sources, self.alike = moment, own, sources, alike
        self.outlooks = sources.forms.outlooks(moment)
        running = _running(moment, self.outlooks)
        if own.car_idx not in self.outlooks or own.line_s is None:
            raise NoRaceError("Our car has driven no lap yet.")
        self.leader = max(running, key=lambda car: car.place)
        others = [car for car in running if car.class_id != own.class_id]
        others.sort(key=lambda car: -car.place)
        self.left_out = others[_OTHERS:]
        self.cars = [car for car in running if car.class_id == own.class_id] + others[:_OTHERS]
        self.driven = {car.car_idx for car in self.cars}
        covers = sources.covers
        self.covers: dict[int, Cover] = {} if covers is None else covers.targets(moment, sources.book)
        # The leader's laps end the race: whoever is on its lap counts from the same one.
        is_on_lead_lap = self.leader.place - own.place < 1.0
        self.lead_laps = own.laps if is_on_lead_lap else self.leader.laps - 1

    def race(self) -> RaceAround:
        moment, own = self.moment, self.own
        bases = {car.car_idx: self._base(car) for car in self.cars}
        started = {car.car_idx: self._started(car, bases[car.car_idx]) for car in self.cars}
        order = sorted(self.cars, key=lambda car: started[car.car_idx].start_s or 0.0)
        clock_s = max(0.0, -min(one.start_s or 0.0 for one in started.values()))
        laps, length_s = _rest(moment, self.leader, self.lead_laps)
        hours = (length_s or laps * self.outlooks[self.leader.car_idx].lap_s) / 3600.0
        chance = -math.expm1(-lost_per_hour(moment) * hours)
        cautions = caution_model(moment, [self.outlooks[car.car_idx] for car in order], self.sources.cautions)
        if cautions.first_s is not None:
            cautions = replace(cautions, first_length_s=cautions.first_length_s + clock_s)
        cars = (started[car.car_idx] for car in order)
        model = RaceModel(
            cars=tuple(
                replace(one, start_s=(one.start_s or 0.0) + clock_s, retire_chance=chance) for one in cars
            ),
            laps=laps,
            length_s=length_s + clock_s if length_s else 0.0,
            cautions=cautions,
            traffic=TrafficModel(tow_s=0.0),
        )
        model = _scattered(model, moment, self.sources.scatter)
        found = RaceAround(
            model,
            tuple(car.car_idx for car in order),
            tuple(bases[car.car_idx] for car in order),
            order.index(own),
            sum(car.place > own.place for car in self.left_out),
            clock_s,
            tuple(self._ripe_in(car, one) for car, one in zip(order, model.cars, strict=True)),
        )
        if cautions.first_s is None:
            return found
        return replace(found, model=replace(model, cars=found.under_caution(model.cars, 0)))

    def _ripe_in(self, car: CarNow, one: RaceCar) -> int | None:
        known = self.sources.book.cars.get(car.car_idx)
        if not one.stops.under_caution or known is None or known.outing.is_again or car.is_in_pits:
            return None
        return max(0, math.ceil(RIPE * one.tank_l - known.outing.drunk))

    def _base(self, car: CarNow) -> int:
        own = self.own
        if car is own or (car.class_id == own.class_id and abs(car.place - own.place) < 1.0):
            return own.laps
        # Who is laps away is in nobody's way for place: it counts from its next line.
        return self.lead_laps if self.leader.place - car.place < 1.0 else car.laps + 1

    def _started(self, car: CarNow, base: int) -> RaceCar:
        is_mate = car.class_id == self.own.class_id
        outlook = self.outlooks[car.car_idx]
        at = Start(self.moment, car, outlook, base)
        found = car_from(at, self.sources.book, self.alike if is_mate else None)
        more_s = _left_out_s(self.own, self.left_out, self.outlooks) if is_mate else 0.0
        policy = policy_of(self.moment, car, self.sources.book, found.tank_l)
        cover = self.covers.get(car.car_idx)
        if cover is not None and car is not self.own and cover.rival in self.driven:
            least = max(LEAST_STINT, math.floor(cover.ripe))
            policy = replace(policy, cover=str(cover.rival), least_stint=least)
        # Our own plan counts from now.
        age = 0 if car is self.own else max(0, math.floor(found.tank_l - found.fuel_l))
        return replace(found, pace_s=found.pace_s + more_s, stops=policy, stint_age=age)


def caution_model(
    moment: Moment, outlooks: Sequence[Outlook], cautions: Cautions = caution_process
) -> CautionModel:
    """One that runs now goes on for what such ones still last."""
    process = cautions(moment)
    per_hour = process.rate_shape / process.rate_h if process.rate_shape > 0 else 0.0
    slow = sorted(outlook.slow_share for outlook in outlooks)[len(outlooks) // 2]
    length_s = math.exp(process.log_length)
    age_s = process.age_s
    return CautionModel(
        per_hour=per_hour,
        length_s=length_s,
        spread=process.spread,
        slow=max(1.05, 1.0 / slow if slow < 1.0 else slow),
        first_s=None if age_s is None else 0.0,
        first_length_s=0.0 if age_s is None else max(0.35 * length_s, length_s - age_s),
    )


def is_racing(moment: Moment, car: CarNow) -> bool:
    """It runs, and has crossed the line as late as a car that still does.

    Nobody says of a car on a sheet, or of one that waits in its stall, that it is out. Overdue is counted
    from the last crossing of anybody: while a race is stopped nobody crosses, and nobody is out.
    """
    if car.status != RUNNING:
        return False
    lap_s, line_s = car.story.typical_lap_s(), car.line_s
    if lap_s is None or line_s is None or car.car_idx == moment.own_car_idx:
        return True
    last_s = max((one.line_s for one in moment.cars if one.line_s is not None), default=line_s)
    return last_s - line_s < (_OVERDUE_SLOW if moment.flag in (CAUTION, RED) else _OVERDUE) * lap_s


def _running(moment: Moment, outlooks: dict[int, Outlook]) -> list[CarNow]:
    cars = [car for car in moment.cars if is_racing(moment, car) and car.car_idx in outlooks]
    if not cars:
        raise NoRaceError("No car that runs has shown a pace yet.")
    return cars


def _rest(moment: Moment, leader: CarNow, from_lap: int) -> tuple[int, float]:
    """By laps or by time: what ends first counts, judged by the clock."""
    laps = None if moment.length.laps is None else max(1, moment.length.laps - from_lap)
    if laps is not None and moment.time_left_s is None:
        return laps, 0.0
    if moment.time_left_s is None or moment.time_left_s <= 0:
        raise NoLengthError("Nobody says how much of the race is left.")
    typical_s = leader.story.typical_lap_s() or 0.0
    if laps is not None and laps * typical_s < moment.time_left_s:
        return laps, 0.0
    return 0, moment.time_left_s


def _scattered(model: RaceModel, moment: Moment, scatter: LapScatter | None) -> RaceModel:
    if scatter is None:
        return model
    return scattered(model, {str(car_idx): shape for car_idx, shape in scatter.shapes(moment).items()})


def _left_out_s(own: CarNow, others: Sequence[CarNow], outlooks: dict[int, Outlook]) -> float:
    """What cars that are not driven cost a lap of ours in traffic, as `tables` reckons it."""
    traffic, pace_s, cost_s = TrafficModel(), outlooks[own.car_idx].lap_s, 0.0
    for car in others:
        other_s = outlooks[car.car_idx].lap_s
        meetings = abs(pace_s - other_s) / max(pace_s, other_s)
        cost_s += meetings * (traffic.lapping_s if pace_s < other_s else traffic.lapped_s)
    return cost_s


def lost_per_hour(moment: Moment) -> float:
    """An hour, of one car: what this race has shown, held by what is usual."""
    hours = max(0.0, moment.now_s - moment.green_s) / 3600.0 * len(moment.cars)
    lost = 0 if moment.is_checkered else sum(not is_racing(moment, car) for car in moment.cars)
    usual = _LOST_SHEET_PER_H if moment.is_sheet else _LOST_PER_H
    return (lost + usual * _LOST_H) / (hours + _LOST_H)
