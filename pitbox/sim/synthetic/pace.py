"""How fast each car drives: its own lap, the cars around it, the pace car."""

import numpy as np

from pitbox.model.code import SessionState
from pitbox.sim.synthetic.circuit import Floats
from pitbox.sim.synthetic.control import STEP_S
from pitbox.sim.synthetic.pacecar import PaceCar
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.weather import lap_share

_UP = 0.05
_DOWN = 0.10
"""Most that the speed changes in one step, as a share of the racing speed."""
_HURT_SHARE = 0.0004
"""Of a lap, for each second of repairs that a damaged car would need."""
_STUCK_S = 0.7
_CAUTIOUS = 0.6
_CATCH_UP = 0.85
"""Share of the racing speed under caution: before the pace car is out, and behind it to catch the queue."""
_PASS_S = 3.0
_PASS_SAME_CLASS = 0.012
_PASS_OTHER_CLASS = 0.12
"""Chance of starting to pass, each step behind a slower car."""


class Pace:
    def __init__(self, race: Race, pace_car: PaceCar) -> None:
        slots = race.scenario.slots
        self._race = race
        self._pace_car = pace_car
        self._wander = np.zeros(slots)
        self._passing_until_s = np.zeros(slots)
        self._class = np.zeros(slots, np.int64)
        for car in race.cars.values():
            self._class[car.idx] = car.member.class_id
        self.is_slow = np.zeros(slots, bool)
        """Cooling down after the flag."""
        self.limp = np.ones(slots)
        """Share of its speed that a lame car can do."""

    def new_lap(self, car: Car, t_s: float) -> None:
        """Decides what the coming lap would take alone on the road."""
        plan, race = car.member.plan, self._race
        driver = car.member.drivers[car.driver]
        noise = race.rng.gamma(2.0, 0.0016) + race.rng.normal(0.0, 0.0006)
        wear = 0.015 * (car.tyre_laps / plan.tyre_laps) ** 1.4
        cold = 0.010 if car.tyre_laps == 0 else 0.0
        fuel = 0.00022 * race.fuel_l(car, t_s)
        wet = lap_share(race.weather.at(t_s).water, is_wet_tyre=car.compound > 0)
        # A slick on a dry road is what the plan's lap time stands for.
        wet = 0.0 if race.weather.is_dry and car.compound == 0 else wet
        hurt = _HURT_SHARE * (car.must_repair_s + car.may_repair_s)
        race.lap_s[car.idx] = plan.lap_s * (1.0 + driver.slowness + noise + wear + cold + fuel + wet + hurt)
        use = plan.fuel_per_lap_l * (1.0 + race.rng.normal(0.0, 0.012))
        race.set_fuel(car, t_s, per_lap_l=use * (0.6 if race.is_caution else 1.0))

    def plan(self, t_s: float) -> None:
        """At the start of a step: new speeds for all cars that drive, and when they arrive."""
        race, fleet = self._race, self._race.fleet
        self._wander = 0.985 * self._wander + 0.0006 * race.rng.standard_normal(len(self._wander))
        driving = np.isfinite(race.goal).nonzero()[0]
        if not len(driving):
            return
        # `take` picks a handful of values in half the time of an index.
        place = fleet.places(t_s).take(driving)
        rate = 1.0 / race.lap_s.take(driving)
        ease = np.where(self.is_slow.take(driving), 0.7, 1.0) * self.limp.take(driving)
        free = rate * (1.0 + self._wander.take(driving)) * ease
        before = fleet.speed.take(driving)
        if race.is_caution:
            free *= _CATCH_UP if self._pace_car.is_out else _CAUTIOUS
        speed = np.minimum(np.maximum(free, before - _DOWN * rate), before + _UP * rate)
        if self._pace_car.is_out:
            speed = self._queue(t_s, driving, speed)
        elif race.state is SessionState.RACING and len(driving) > 1:
            speed = self._traffic(t_s, driving, place, speed)
        speed = np.maximum(speed, 0.02 * rate)
        fleet.since_s[driving] = t_s
        fleet.place[driving] = place
        fleet.speed[driving] = speed
        fleet.accel[driving] = 0.0
        race.until_s[driving] = t_s + (race.goal.take(driving) - place) / speed

    def _queue(self, t_s: float, driving: np.ndarray, speed: Floats) -> Floats:
        """Nobody passes the pace car or the car in front; who is too near falls back."""
        behind = self._pace_car.behind(t_s, driving)
        order = np.argsort(behind)
        room = self._pace_car.gap * np.arange(1, len(driving) + 1)
        wish = speed[order] * STEP_S - behind[order] + room
        bound = np.minimum.accumulate(np.minimum(wish, self._pace_car.rate * STEP_S))
        held = (bound - room + behind[order]) / STEP_S
        found = np.empty_like(speed)
        found[order] = np.maximum(held, 0.35 * self._pace_car.rate)
        return found

    def _traffic(self, t_s: float, driving: np.ndarray, place: Floats, speed: Floats) -> Floats:
        """A quicker car sticks behind a slower one until it dares to pass."""
        phase = place % 1.0
        order = (-phase).argsort()
        ahead = np.concatenate((order[-1:], order[:-1]))
        own_speed = speed.take(order)
        gap_s = ((phase.take(ahead) - phase.take(order)) % 1.0) / np.maximum(own_speed, 1e-9)
        luck = self._race.rng.random(len(order))
        near = gap_s < _STUCK_S
        if not near.any():
            return speed
        cars, others = driving[order], driving[ahead]
        stuck = near & (own_speed > speed[ahead]) & (self._passing_until_s[cars] < t_s)
        if not stuck.any():
            return speed
        chance = np.where(self._class[cars] == self._class[others], _PASS_SAME_CLASS, _PASS_OTHER_CLASS)
        dares = stuck & (luck < chance)
        self._passing_until_s[cars[dares]] = t_s + _PASS_S
        holds = stuck & ~dares
        held = speed[ahead] * np.minimum(1.0, 0.97 + 0.05 * gap_s / _STUCK_S)
        found = speed.copy()
        found[order[holds]] = np.minimum(own_speed, held)[holds]
        return found
