"""Tells of the line: the start, laps, and the chequered flag."""

from pitbox.model.fact import Lap
from pitbox.timing.car import Car
from pitbox.timing.lap import LEAST_LAP_S
from pitbox.timing.motion import GAP_S, HOLE_S, Moment, Sample
from pitbox.timing.pits import PITS, Pits
from pitbox.timing.stint import FINISH
from pitbox.timing.stretch import Stretch

_FLAG_LATE_S = 1.0
"""The sim raises the chequered flag up to some ticks after the leader has crossed the line."""
_UNSEEN_LAPS = 200
_GRID_SEEN_S = 5.0
"""Who was not seen for longer at the green flag does not take the start."""


class Line:
    def __init__(self, stretch: Stretch, pits: Pits) -> None:
        self._stretch = stretch
        self._heat = stretch.heat
        self._pits = pits

    def start(self, car: Car, moment: Moment) -> None:
        """Green: what was driven before does not count."""
        last, lap = self._stretch.latest(car, moment.row), car.lap
        car.is_started = last.pct < 0.5
        car.laps = car.back = 0
        fuel_l = self._stretch.fuel_l(car, moment)
        # As iRacing times it, the first lap of everybody begins with the flag, wherever on the grid.
        is_here = moment.time_s - last.time_s <= _GRID_SEEN_S
        is_first = last.lap <= 1 and is_here
        number, start_s = (1, moment.time_s) if is_first else (last.lap, None)
        lap.begin(number, start_s, is_out=car.pit.is_inside, fuel_l=fuel_l)
        if is_here:
            self._pits.open_stint(car, moment)

    def reach(self, car: Car, moment: Moment) -> None:
        if car.back:
            car.back -= 1
        elif car.finish_s is None:
            self._pits.confirm(car)
            self._cross(car, moment, self._stretch.fuel_l(car, moment))

    def roll_back(self, car: Car, _moment: Moment) -> None:
        if car.is_started and self._heat.is_live:
            car.back += 1

    def settle(self, car: Car, moment: Moment) -> None:
        """Well away from the line the sim's own counters are right."""
        number, lap = self._stretch.lap(moment), car.lap
        if car.finish_s is not None or number < 0:
            return
        if lap.start_s is not None and number > lap.number and self._heat.is_live:
            lap.begin(number, None, is_out=car.pit.is_inside)  # a crossing was missed
        lap.number = number
        car.back = 0
        self.count(car, moment)

    def count(self, car: Car, moment: Moment) -> None:
        """Take over the sim's count of laps."""
        completed = self._stretch.completed(moment)
        if completed >= 0 and self._heat.is_live:
            car.laps = completed

    def leap(self, car: Car, moment: Moment) -> None:
        """Too long without a sample, or too far in too short a time: what lies between is not known well."""
        before, surface = self._stretch.before(moment), self._stretch.surface(moment)
        pct, number = self._stretch.pct(moment), self._stretch.lap(moment)
        lap = car.lap
        if moment.time_s - before.time_s > HOLE_S:
            car.hole_s = (before.time_s, moment.time_s)
        lap.is_broken |= not (lap.is_tow or (before.surface in PITS and surface in PITS))
        crossings = _crossings(before, moment.time_s, pct, number)
        car.back = 0
        if car.finish_s is not None or crossings == 0:
            return
        if crossings == 1 and lap.is_tow:
            self._cross(car, moment, None)
        elif crossings == 1 or self._drove_on(car, before, moment, crossings):
            for nth in range(crossings):
                share = (nth + 1 - before.pct) / (crossings - before.pct + pct)
                at_s = before.time_s + share * (moment.time_s - before.time_s)
                self._cross(car, moment._replace(time_s=at_s), None, is_rough=True)
        elif self._heat.is_live:
            lap.begin(number, None, is_out=car.pit.is_inside)
            car.is_started = True
            self.count(car, moment)

    def sector(self, car: Car, moment: Moment, number: int) -> None:
        """Into a sector that does not begin at the line."""
        if self._heat.info is not None:
            car.lap.bounds_s[number] = moment.time_s

    def _drove_on(self, car: Car, before: Sample, moment: Moment, crossings: int) -> bool:
        """Nobody looked for some laps and the sim counted them: they are told, as broken ones."""
        span_s = moment.time_s - before.time_s
        best_s = car.best_lap_s or LEAST_LAP_S
        is_counted = before.lap >= 0 and self._heat.is_live and car.is_started and car.lap.start_s is not None
        return is_counted and crossings <= _UNSEEN_LAPS and span_s >= (crossings - 1) * 0.9 * best_s

    def finish_late(self, flag_s: float) -> None:
        """The leader, and who came right behind, crossed before the flag was seen."""
        crossed = [(car.line_s, car) for car in self._heat.cars.values() if car.line_s is not None]
        if not crossed:
            return
        leader_s, _ = min(crossed, key=lambda pair: (-pair[1].laps, pair[0]))
        if leader_s < flag_s - _FLAG_LATE_S:
            return
        behind = [(line_s, car.car_idx) for line_s, car in crossed if line_s >= leader_s]
        for line_s, car_idx in sorted(behind):
            self._finish(self._heat.cars[car_idx], line_s)

    def _cross(self, car: Car, moment: Moment, fuel_l: float | None, *, is_rough: bool = False) -> None:
        """Forward over the line: begin to count, or end a lap. A rough time breaks the laps beside it."""
        lap, at_s = car.lap, moment.time_s
        if not self._heat.is_live:
            lap.begin(lap.number, at_s, is_out=car.pit.is_inside)
            return
        if not car.is_started:
            car.is_started = True
            if lap.start_s is None:
                lap.begin(max(lap.number + 1, 1), at_s, is_out=car.pit.is_inside, fuel_l=fuel_l)
                lap.is_broken = is_rough
            return
        if lap.start_s is not None and at_s - lap.start_s < LEAST_LAP_S:
            return
        car.laps += 1
        car.line_s = at_s
        lap.is_broken |= is_rough
        number = max(lap.number, lap.told + 1)
        self._tell(car, moment, number, fuel_l)
        lap.begin(number + 1, at_s, is_out=car.pit.is_inside, fuel_l=fuel_l)
        lap.is_broken = is_rough
        lap.is_incident = car.mishap.is_open
        if self._heat.checkered_s is not None:
            self._finish(car, at_s)

    def _tell(self, car: Car, moment: Moment, number: int, fuel_l: float | None) -> None:
        """The lap as a fact, unless its start is not known or it was a pace lap."""
        heat, lap, stint = self._heat, car.lap, car.stint.fact
        if lap.start_s is None or (heat.is_race and number < 1):
            return
        kind = lap.kind(heat.flag.slow_until_s)
        if not (kind.is_broken or kind.is_tow):
            car.last_lap_s = moment.time_s - lap.start_s
            car.best_lap_s = min(car.last_lap_s, car.best_lap_s or car.last_lap_s)
        position, class_position = heat.rank(car)
        fact = Lap(
            session_num=heat.session_num,
            run=heat.run,
            car_idx=car.car_idx,
            lap=number,
            user_id=car.user_id,
            start_s=lap.start_s,
            end_s=moment.time_s,
            kind=kind,
            stint=car.stint.count,
            position=position,
            class_position=class_position,
            compound=self._stretch.compound(car, moment) if stint is None else stint.compound,
            fuel_used_l=lap.used_l(fuel_l),
            fuel_left_l=fuel_l,
            sectors_s=lap.sectors_s(moment.time_s, len(heat.sectors)),
        )
        lap.remember(fact)
        if car.car_idx == heat.own_car_idx:
            heat.thirst.hear(fact)
        self._stretch.facts.append(fact)
        self._stretch.facts += car.add_lap()

    def _finish(self, car: Car, at_s: float) -> None:
        car.finish_s = at_s
        self._stretch.facts += car.end_stint(at_s, FINISH)
        self._stretch.facts += car.mishap.close(at_s)


def _crossings(before: Sample, now_s: float, pct: float, number: int) -> int:
    """How often the line lay between two distant samples: by the sim's counter, else by the way driven."""
    counted = number - before.lap if before.lap >= 0 and number >= 0 else 0
    if counted > 0:
        return counted
    span_s = now_s - before.time_s
    is_wrap = pct < before.pct and (pct - before.pct) % 1.0 <= span_s / LEAST_LAP_S
    return int(counted == 0 and is_wrap and GAP_S < span_s < 5 * GAP_S)
