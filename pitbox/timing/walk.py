"""The moments of a block, told one after another to those whom they concern."""

import heapq

import numpy as np

from pitbox.model.code import SessionState
from pitbox.model.fact import Fact
from pitbox.timing.car import Car
from pitbox.timing.field import FieldRows
from pitbox.timing.flag import flag_name
from pitbox.timing.heat import Heat
from pitbox.timing.line import Line
from pitbox.timing.marshal import Marshal
from pitbox.timing.motion import AFTER_ALL, ALL_CARS, HOLE_S, Kind, Moment
from pitbox.timing.pits import PITS, Pits
from pitbox.timing.stint import LOST, STOP
from pitbox.timing.stretch import Stretch

_LATE_S = 30.0
"""A session text is read as late as this after the rows that it belongs to."""


def fold_field(heat: Heat, rows: FieldRows) -> list[Fact]:
    """Take field rows of any spring into the heat; new and replaced facts, by time and car."""
    rows = heat.motion.later(rows)
    if not len(rows):
        return []
    before_s = heat.motion.time_s
    moments, trace = heat.motion.follow(rows, heat.sectors)
    facts = Walk(Stretch(heat, rows, trace, before_s)).run(moments)
    heat.own.thin(heat.motion.time_s)
    return facts


class Walk:
    """One block's walk."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._heat = stretch.heat
        self._marshal = Marshal(stretch)
        self._pits = Pits(stretch, self._marshal)
        self._line = Line(stretch, self._pits)
        self._tell = {
            Kind.APPEARED: self._appear,
            Kind.LINE: self._line.reach,
            Kind.LANE_SETTLED: self._pits.settle_in_lane,
            Kind.SURFACE: self._change_surface,
            Kind.LEAPT: self._leap,
            Kind.ROLLED_BACK: self._line.roll_back,
            Kind.SETTLED: self._line.settle,
        }

    def run(self, moments: list[Moment]) -> list[Fact]:
        """Walk the moments of motion and those that concern all cars."""
        waiting = self._stretch.moments
        waiting += moments + self._notices() + self._changes() + self._looks()
        heapq.heapify(waiting)
        for car in self._heat.cars.values():
            if car.pit.entry is not None:
                self._pits.await_settled(car)
        while waiting:
            moment = heapq.heappop(waiting)
            if moment.kind == Kind.INFO:
                self._hear(moment)
            elif moment.kind == Kind.STATE:
                self._change_state(moment)
            elif moment.kind == Kind.LOOK:
                self._marshal.look(moment)
            else:
                self._tell_of(moment)
        self._marshal.take(len(self._stretch.rows))
        return self._stretch.facts

    def _notices(self) -> list[Moment]:
        times = self._stretch.rows.time_s
        rows = [int(np.searchsorted(times, notice.sim_time_s)) for notice in self._heat.notices]
        return [
            Moment(row, notice.sim_time_s, ALL_CARS, Kind.INFO)
            for row, notice in zip(rows, self._heat.notices, strict=True)
            if row < len(times)
        ]

    def _changes(self) -> list[Moment]:
        rows = self._stretch.rows
        state, flags = self._heat.state, self._heat.flags
        if (rows.state == state).all() and (rows.flags == flags).all():
            return []
        is_change = np.empty(len(rows), np.bool_)
        is_change[0] = rows.state[0] != state or rows.flags[0] != flags
        is_change[1:] = (rows.state[1:] != rows.state[:-1]) | (rows.flags[1:] != rows.flags[:-1])
        return [
            Moment(row, float(rows.time_s[row]), ALL_CARS, Kind.STATE)
            for row in is_change.nonzero()[0].tolist()
        ]

    def _looks(self) -> list[Moment]:
        times = self._stretch.rows.time_s
        return [
            Moment(row, float(times[row]), AFTER_ALL, Kind.LOOK) for row in self._heat.watch.due_rows(times)
        ]

    def _hear(self, moment: Moment) -> None:
        """A session text: who sits in which car."""
        heat = self._heat
        heat.learn(heat.notices.pop(0))
        for car_idx in sorted(heat.cars):
            car, entry = heat.cars[car_idx], heat.entry(car_idx)
            if entry is None or entry.user_id == car.user_id:
                continue
            car.user_id = entry.user_id
            if car.pit.is_inside or not car.stint.is_open:
                continue
            last_s = self._stretch.latest(car, moment.row - 1).time_s
            if moment.time_s - last_s > HOLE_S:
                continue  # told when the car is seen again
            hole_s = car.hole_s
            if hole_s is not None and moment.time_s - hole_s[1] < _LATE_S:
                self._change_unseen(car, moment)
            else:
                self._stretch.facts += car.hand_to(car.user_id)

    def _change_unseen(self, car: Car, moment: Moment) -> None:
        """Seats changed while nobody looked: the stop is not known, but that another one drives is."""
        stint, hole_s = car.stint.fact, car.hole_s
        if stint is None or hole_s is None or not car.stint.is_open or stint.start_s > hole_s[0]:
            return
        if stint.user_id != car.user_id:
            self._stretch.facts += car.end_stint(hole_s[0], STOP)
            self._pits.open_stint(car, moment._replace(time_s=hole_s[1]))

    def _change_state(self, moment: Moment) -> None:
        heat, rows = self._heat, self._stretch.rows
        before, heat.state = heat.state, int(rows.state[moment.row])
        heat.flags = int(rows.flags[moment.row])
        flag = flag_name(heat.state, heat.flags)
        self._stretch.facts += heat.flag.turn(heat.session_num, heat.run, flag, moment.time_s)
        if heat.is_race and 0 <= before < SessionState.RACING <= heat.state:
            for car_idx in sorted(heat.cars):
                self._line.start(heat.cars[car_idx], moment)
        if before < SessionState.CHECKERED <= heat.state:
            heat.checkered_s = moment.time_s
            if heat.is_race and before >= 0:
                self._line.finish_late(moment.time_s)
        if heat.is_over:
            for car_idx in sorted(heat.cars):
                car = heat.cars[car_idx]
                last_s = self._stretch.latest(car, moment.row).time_s
                self._stretch.facts += car.end_stint(last_s, LOST)
                self._stretch.facts += car.mishap.close(last_s)

    def _appear(self, car: Car, moment: Moment) -> None:
        """The first sample of a car."""
        number = self._stretch.lap(moment)
        car.pit.is_inside = self._stretch.surface(moment) in PITS
        car.is_started = number >= 1 or not self._heat.is_race
        self._line.count(car, moment)
        car.lap.begin(number, None, is_out=car.pit.is_inside)
        self._pits.open_stint(car, moment)

    def _leap(self, car: Car, moment: Moment) -> None:
        self._line.leap(car, moment)
        self._change_unseen(car, moment)
        self._pits.open_stint(car, moment)

    def _tell_of(self, moment: Moment) -> None:
        car = self._heat.car(moment.car_idx)
        if car is None:
            return
        if moment.kind > Kind.SECTOR:
            self._line.sector(car, moment, moment.kind - Kind.SECTOR)
        else:
            self._tell[moment.kind](car, moment)

    def _change_surface(self, car: Car, moment: Moment) -> None:
        self._marshal.change_surface(car, moment)
        self._pits.change_surface(car, moment)
