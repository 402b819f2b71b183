"""The pit lane: from its entry through the stall to its exit, each moment exact."""

from collections.abc import Callable
from math import floor, sqrt

import numpy as np

from pitbox.model.code import TrackSurface
from pitbox.sim.synthetic.policy import Service
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.road import Script
from pitbox.sim.synthetic.score import Score

_CONES = 0.010
"""From the entry of the lane to the line where the limit holds, and from there to the exit."""
_BRAKE_MPS2 = 6.0
_LAUNCH_MPS2 = 4.0
_FAST_REPAIR_S = 12.0
_MERGE_SHARE = 0.85
"""Speed at the end of the lane, as a share of racing speed there."""


def stalls(scenario_cars: int, lane_in: float, lane_out: float) -> np.ndarray:
    """A stall for each car, before and behind the line but never on it."""
    spread = np.linspace(lane_in + 0.020, 1.0 + lane_out - 0.019, scenario_cars)
    on_line = np.abs(spread - 1.0) < 0.002
    found: np.ndarray = np.where(on_line, np.where(spread < 1.0, 0.998, 1.002), spread)
    return found


class Lane:
    def __init__(self, race: Race, score: Score) -> None:
        self._race = race
        self._score = score
        self._plan = race.scenario.pit
        self._limit = self._plan.speed_mps / race.scenario.track_length_m

    def visit(self, car: Car, t_s: float, service: Service) -> Script:
        """From the entry of the lane to its exit; `t_s` is the moment of entry."""
        race, idx = self._race, car.idx
        entry = int(race.fleet.lap[idx]) + self._plan.lane_in
        speed = race.fleet.speed_now(idx, t_s) * race.circuit.fraction_rate(self._plan.lane_in, 1.0)
        self._enter(car, t_s, "drive_through" if service.drive_through else "service")
        race.move(car, t_s, entry, speed, is_phase=False)
        t_s = yield from self._glide(car, t_s, entry + _CONES, self._limit)
        race.board.write("CarIdxOnPitRoad", idx, t_s, value=True)
        if not service.drive_through:
            stall = entry - self._plan.lane_in + car.stall
            brake = min(self._limit**2 / (2 * self._share(_BRAKE_MPS2)), 0.8 * (stall - entry - _CONES))
            t_s = yield from self._glide(car, t_s, stall - brake, self._limit)
            if car.is_finished:
                race.truth.change_stop(idx, kind="drive_through")
            else:
                t_s = yield from self._glide(car, t_s, stall, 0.0)
                t_s = yield from self._stand(car, t_s, service)
        else:
            car.owes_drive_through = False
            race.show_flags(car, t_s)
        return (yield from self._leave(car, t_s))

    def tow(self, car: Car, t_s: float, tow_s: float, service: Service, told: int) -> Script:
        """From anywhere to the stall in one moment; the tow time passes there, then the service."""
        assert car.lap is not None
        car.lap.is_tow = True
        car.tow_until_s = t_s + tow_s
        self._race.truth.end_incident(told, t_s + tow_s)
        self._appear(car, t_s, "tow")
        t_s = yield from self._stand(car, t_s, service, wait_s=tow_s)
        return (yield from self._leave(car, t_s))

    def come_back(self, car: Car, t_s: float) -> Script:
        """Into the world again, in the stall; the crew looks after the car."""
        self._appear(car, t_s, "return")
        self._show(car, t_s)
        t_s = yield from self._stand(car, t_s, Service(hold_s=5.0))
        return (yield from self._leave(car, t_s))

    def leave_garage(self, car: Car, t_s: float) -> Script:
        """For the first time in a session that begins in the pits."""
        self._appear(car, t_s, "garage")
        self._show(car, t_s)
        t_s = yield from self._stand(car, t_s, Service(hold_s=3.0))
        return (yield from self._leave(car, t_s))

    def _appear(self, car: Car, t_s: float, kind: str) -> None:
        """In the stall, from wherever."""
        race, idx = self._race, car.idx
        # A stall behind the line does not give the lap away: it has to be driven again.
        place = int(race.fleet.lap[idx]) + (car.stall if car.stall < 1.0 else car.stall - 1.0)
        self._begin_stop(car, t_s, kind)
        race.move(car, t_s, place, 0.0, is_phase=False)
        race.board.write("CarIdxOnPitRoad", idx, t_s, value=True)

    def _show(self, car: Car, t_s: float) -> None:
        self._race.fleet.show(car.idx, t_s, is_seen=True)
        self._race.board.show(car.idx, t_s)

    def _enter(self, car: Car, t_s: float, kind: str) -> None:
        assert car.lap is not None
        car.lap.is_in = True
        self._begin_stop(car, t_s, kind)

    def _begin_stop(self, car: Car, t_s: float, kind: str) -> None:
        race, idx = self._race, car.idx
        race.truth.end_stint(idx, t_s, "stop")
        race.truth.begin_stop(idx, int(race.fleet.lap[idx]), kind, car.user_id, t_s)
        race.board.write("CarIdxTrackSurface", idx, t_s, int(TrackSurface.APPROACHING_PITS))

    def _share(self, metres: float) -> float:
        return metres / self._race.scenario.track_length_m

    def _glide(self, car: Car, t_s: float, to: float, end_speed: float) -> Script:
        """Along the lane with even acceleration, over the line if it lies between."""
        race, fleet, idx = self._race, self._race.fleet, car.idx
        place, speed = fleet.place_now(idx, t_s), fleet.speed_now(idx, t_s)
        line = int(fleet.lap[idx]) + 1
        if place < line <= to:
            accel = (end_speed**2 - speed**2) / (2 * (to - place))
            at_line = sqrt(speed**2 + 2 * accel * (line - place))
            t_s = yield from self._glide_straight(car, t_s, float(line), at_line)
            self._score.cross(car, t_s)
        t_s = yield from self._glide_straight(car, t_s, to, end_speed)
        race.move(car, t_s, to, end_speed, is_phase=False)
        return t_s

    def _glide_straight(self, car: Car, t_s: float, to: float, end_speed: float) -> Script:
        race, fleet, idx = self._race, self._race.fleet, car.idx
        place, speed = fleet.place_now(idx, t_s), fleet.speed_now(idx, t_s)
        took_s = 2 * (to - place) / (speed + end_speed)
        race.move(car, t_s, place, speed, (end_speed - speed) / took_s, is_phase=False)
        race.until_s[idx] = t_s + took_s
        t_s = yield
        race.move(car, t_s, to, end_speed, is_phase=False)
        return t_s

    def _stand(self, car: Car, t_s: float, service: Service, wait_s: float = 0.0) -> Script:
        """In the stall, from the moment the car stands until it rolls."""
        race, idx = self._race, car.idx
        race.move(car, t_s, race.fleet.place_now(idx, t_s), 0.0, is_phase=False)
        race.board.write("CarIdxTrackSurface", idx, t_s, int(TrackSurface.IN_PIT_STALL))
        race.truth.change_stop(idx, stall_in_s=t_s)
        car.wants_fuel_l = service.fuel_l
        for due_s, act in self._service(car, t_s + wait_s, service):
            car.serving_until_s = due_s
            race.until_s[idx] = due_s
            t_s = yield
            act(t_s)
        race.board.write("CarIdxTrackSurface", idx, t_s, int(TrackSurface.APPROACHING_PITS))
        race.truth.change_stop(idx, stall_out_s=t_s, user_id_out=car.user_id)
        return t_s

    def _service(self, car: Car, t_s: float, service: Service) -> list[tuple[float, Callable[[float], None]]]:
        """What happens in the stall and when, in order; the last is the end."""
        race, plan = self._race, self._plan
        fuel_l = min(service.fuel_l, car.member.plan.tank_l - race.fuel_l(car, t_s))
        begin_s = t_s + 0.5 * plan.still_s
        fuel_s = max(0.0, fuel_l) / plan.fuel_lps
        busy_s = max(
            fuel_s,
            plan.tyres_s if service.tyres else 0.0,
            plan.swap_s if service.swap else 0.0,
            self._repair(car, begin_s, service),
            service.hold_s,
        )
        end_s = begin_s + busy_s + 0.5 * plan.still_s + float(race.rng.gamma(2.0, 0.5))
        acts: list[tuple[float, Callable[[float], None]]] = []
        if fuel_s > 0:
            acts += [
                (begin_s, lambda at_s: race.set_fuel(car, at_s, flow_lps=plan.fuel_lps)),
                (begin_s + fuel_s, lambda at_s: self._fuelled(car, at_s, fuel_l)),
            ]
        if service.tyres:
            acts.append((begin_s + plan.tyres_s, lambda at_s: self._fit_tyres(car, at_s, service.compound)))
        if service.swap:
            away_s = begin_s + plan.swap_s * float(race.rng.uniform(0.3, 0.6))
            back_s = away_s + float(race.rng.uniform(2.0, 6.0))
            acts += [
                (away_s, lambda at_s: self._climb_out(car, at_s)),
                (back_s, lambda at_s: self._climb_in(car, at_s, away_s)),
            ]
        acts.sort(key=lambda act: act[0])
        return [*acts, (end_s, lambda at_s: race.show_flags(car, at_s))]

    def _repair(self, car: Car, t_s: float, service: Service) -> float:
        """What the car's damage keeps the crew busy; from here on it counts as repaired."""
        race = self._race
        must_s = car.must_repair_s + service.repair_s
        may_s = car.may_repair_s if service.optional_repairs else 0.0
        is_fast = service.fast_repair and car.fast_repairs < race.scenario.fast_repairs
        if is_fast:
            must_s = may_s = car.may_repair_s = 0.0
            car.fast_repairs += 1
            race.board.write("CarIdxFastRepairsUsed", car.idx, t_s, car.fast_repairs)
        car.must_repair_s = 0.0
        car.may_repair_s -= may_s
        car.repair_from_s, car.repair_until_s = t_s, t_s + must_s
        car.optional_until_s = car.repair_until_s + may_s
        race.truth.change_stop(car.idx, repair_s=must_s, optional_repair_s=may_s, is_fast_repair=is_fast)
        return _FAST_REPAIR_S if is_fast else must_s + may_s

    def _fuelled(self, car: Car, t_s: float, fuel_l: float) -> None:
        self._race.set_fuel(car, t_s, flow_lps=0.0)
        if car.lap is not None:
            car.lap.added_l += fuel_l
        self._race.truth.change_stop(car.idx, fuel_added_l=fuel_l)

    def _fit_tyres(self, car: Car, t_s: float, compound: int | None) -> None:
        car.tyre_laps = 0
        car.tyre_sets += 1
        car.compound = car.compound if compound is None else compound
        self._race.board.write("CarIdxTireCompound", car.idx, t_s, car.compound)
        self._race.truth.change_stop(car.idx, tyres_changed=True, compound=car.compound)

    def _climb_out(self, car: Car, t_s: float) -> None:
        self._race.fleet.show(car.idx, t_s, is_seen=False)
        self._race.board.hide(car.idx, t_s)

    def _climb_in(self, car: Car, t_s: float, away_s: float) -> None:
        car.driver = (car.driver + 1) % len(car.member.drivers)
        car.driver_since_s = t_s
        self._race.fleet.show(car.idx, t_s, is_seen=True)
        self._race.board.show(car.idx, t_s)
        self._race.entries_changed.append((t_s, car.idx))
        self._race.truth.change_stop(car.idx, away_s=(away_s, t_s))

    def _leave(self, car: Car, t_s: float) -> Script:
        """From wherever in the lane, standing or rolling, back to the track."""
        race, fleet, idx = self._race, self._race.fleet, car.idx
        place = fleet.place_now(idx, t_s)
        lap = floor(place - 0.5) + 1
        cones = lap + self._plan.lane_out - _CONES
        if fleet.speed_now(idx, t_s) < self._limit:
            launch = min(self._limit**2 / (2 * self._share(_LAUNCH_MPS2)), 0.8 * (cones - place))
            t_s = yield from self._glide(car, t_s, place + launch, self._limit)
        t_s = yield from self._glide(car, t_s, cones, self._limit)
        race.board.write("CarIdxOnPitRoad", idx, t_s, value=False)
        rate = race.circuit.fraction_rate(self._plan.lane_out, 1.0)
        merge = _MERGE_SHARE * rate / race.lap_s[idx]
        t_s = yield from self._glide(car, t_s, lap + self._plan.lane_out, float(merge))
        race.board.write("CarIdxTrackSurface", idx, t_s, int(TrackSurface.ON_TRACK))
        race.truth.end_stop(idx, t_s)
        if car.lap is not None:
            car.lap.is_out = True
        if not car.is_finished:
            race.truth.begin_stint(idx, car.user_id, t_s, lap)
        race.move(car, t_s, lap + race.circuit.phase(self._plan.lane_out), float(merge / rate), is_phase=True)
        return t_s
