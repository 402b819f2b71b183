"""Tells of visits to the pits: the stint that ends there, the stop, and the stint that begins."""

import numpy as np

from pitbox.model.code import TrackSurface
from pitbox.model.fact import Stint, Stop
from pitbox.timing.car import Car
from pitbox.timing.marshal import Marshal
from pitbox.timing.motion import GAP_S, HOLE_S, Kind, Moment
from pitbox.timing.service import Gauge, services
from pitbox.timing.stint import STOP
from pitbox.timing.stop import SETTLED_S, Entry
from pitbox.timing.stretch import Stretch

PITS = (int(TrackSurface.IN_PIT_STALL), int(TrackSurface.APPROACHING_PITS))
_STALL = int(TrackSurface.IN_PIT_STALL)


class Pits:
    """Goes by the surface under a car: OnPitRoad blinks when drivers swap."""

    def __init__(self, stretch: Stretch, marshal: Marshal) -> None:
        self._stretch = stretch
        self._heat = stretch.heat
        self._marshal = marshal

    def change_surface(self, car: Car, moment: Moment) -> None:
        before, surface = self._stretch.before(moment).surface, self._stretch.surface(moment)
        if before == _STALL:
            self._leave_stall(car, moment)
        is_inside = surface in PITS
        if is_inside and not car.pit.is_inside:
            self._enter(car, moment)
        if surface == _STALL:
            self.confirm(car)
            fuel_l = self._stretch.fuel_l(car, moment)
            if car.pit.stall_l is None and car.car_idx == self._heat.own_car_idx:
                car.pit.came_m = self._heat.own.driven_m(moment.time_s)
            self._stretch.facts += car.pit.reach_stall(moment.time_s, fuel_l)
        if car.pit.is_inside and not is_inside:
            self._leave(car, moment)

    def await_settled(self, car: Car, from_row: int = 0) -> None:
        """Look again at a car that went onto the lane, in the first row that is late enough."""
        if car.pit.entry is None:
            return
        times = self._stretch.rows.time_s
        row = max(from_row, int(np.searchsorted(times, car.pit.entry.at_s + SETTLED_S)))
        if row < len(times):
            self._stretch.expect(Moment(row, float(times[row]), car.car_idx, Kind.LANE_SETTLED))

    def settle_in_lane(self, car: Car, moment: Moment) -> None:
        if car.pit.entry is not None and moment.time_s >= car.pit.entry.at_s + SETTLED_S:
            self.confirm(car)

    def confirm(self, car: Car) -> None:
        """A car that went onto the lane is in for a visit: its stint is over, a stop has begun."""
        entry, heat = car.pit.entry, self._heat
        if entry is None:
            return
        self._stretch.facts += car.end_stint(entry.at_s, STOP)
        stop = Stop(
            session_num=heat.session_num,
            run=heat.run,
            car_idx=car.car_idx,
            stop=car.pit.count + 1,
            lap=entry.lap,
            lane_in_s=entry.at_s,
            user_id_in=entry.user_id,
            compound_in=entry.compound,
            is_tow=entry.is_tow,
        )
        self._stretch.facts.append(car.pit.begin(stop))

    def open_stint(self, car: Car, moment: Moment, *, has_new_tyres: bool | None = None) -> None:
        """On the track, while laps count, and in no stint yet."""
        heat = self._heat
        if car.pit.is_inside or car.stint.is_open or car.finish_s is not None:
            return
        if not heat.is_live or heat.is_over:
            return
        stint = Stint(
            session_num=heat.session_num,
            run=heat.run,
            car_idx=car.car_idx,
            stint=car.stint.count + 1,
            user_id=car.user_id,
            compound=self._stretch.compound(car, moment),
            start_s=moment.time_s,
            start_lap=max(car.lap.number, 1 if heat.is_race else 0),
        )
        self._stretch.facts += car.begin_stint(stint, has_new_tyres=has_new_tyres)

    def _enter(self, car: Car, moment: Moment) -> None:
        before, lap = self._stretch.before(moment), car.lap
        # From the track into the stall in one step; with rows missing in between it may have driven.
        away_s = moment.time_s - before.time_s
        is_carried = self._stretch.surface(moment) == _STALL and (away_s <= GAP_S or before.was_away)
        # Who was out of the world for long lost the connection, and comes back in its stall: no truck came.
        is_tow = is_carried and away_s <= HOLE_S
        car.pit.is_inside = True
        if car.finish_s is None and car.stint.is_open:
            car.pit.entry = Entry(
                at_s=moment.time_s,
                lap=lap.number,
                user_id=car.user_id,
                compound=self._stretch.compound(car, moment),
                was_in=lap.is_in,
                is_tow=is_tow,
            )
            self.await_settled(car, moment.row)
        lap.is_in |= not is_carried
        lap.is_tow |= is_tow
        self._marshal.enter_pits(car, moment, is_tow=is_tow)
        if is_carried and self._heat.is_live:
            car.held = car.progress(before.pct)

    def _leave_stall(self, car: Car, moment: Moment) -> None:
        lap, added_l = car.lap, car.pit.added_l(self._stretch.fuel_l(car, moment))
        self._stretch.facts += car.pit.leave_stall(moment.time_s, added_l)
        stop = car.pit.fact
        if stop is not None and stop.stall_in_s is not None:
            lap.services_s.append((stop.stall_in_s, moment.time_s))
        lap.added_l = None if added_l is None or lap.added_l is None else lap.added_l + added_l

    def _leave(self, car: Car, moment: Moment) -> None:
        pit, lap = car.pit, car.lap
        pit.is_inside = False
        car.held = None
        if pit.entry is not None and moment.time_s < pit.entry.at_s + SETTLED_S:
            lap.is_in = pit.entry.was_in
            pit.entry = None
            return
        self.confirm(car)
        lap.is_out = True
        self._marshal.leave_pits(car, moment)
        stop = pit.close(moment.time_s, car.user_id, self._stretch.compound(car, moment))
        gauge = Gauge() if stop is None else self._gauge(car, stop)
        if stop is not None:
            self._stretch.facts += pit.tell(services(stop, gauge, self._usual_s(car, stop)))
        pit.came_m = None
        self.open_stint(car, moment, has_new_tyres=gauge.has_new_tyres)

    def _gauge(self, car: Car, stop: Stop) -> Gauge:
        """What our own car measured between stall and lane exit."""
        own = self._heat.own
        if car.car_idx != self._heat.own_car_idx or stop.stall_in_s is None or stop.stall_out_s is None:
            return Gauge()
        return Gauge(
            fuel_added_l=stop.fuel_added_l,
            has_new_tyres=own.has_new_tyres(car.pit.came_m, stop.stall_out_s),
            was_repaired=own.was_repaired(stop.stall_in_s, stop.stall_out_s),
        )

    def _usual_s(self, car: Car, stop: Stop) -> float | None:
        """A plain stop of the class; this one counts for the next."""
        stands = self._heat.stands
        usual_s = stands.usual_s(car.class_id)
        if stop.stall_in_s is not None and stop.stall_out_s is not None and not stop.is_tow:
            stands.hear(car.class_id, stop.stall_out_s - stop.stall_in_s)
        return usual_s
