"""What each car does from the parade to its end, as a script."""

from pitbox.sim.synthetic.control import Control
from pitbox.sim.synthetic.lane import Lane
from pitbox.sim.synthetic.pace import Pace
from pitbox.sim.synthetic.policy import PitPolicy, PitView, Service
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.road import Script, drive, rest
from pitbox.sim.synthetic.score import Score
from pitbox.sim.synthetic.trouble import Trouble


class Driver:
    def __init__(
        self,
        race: Race,
        control: Control,
        score: Score,
        pace: Pace,
        *,
        lane: Lane,
        policies: dict[int, PitPolicy],
    ) -> None:
        self._race = race
        self._control = control
        self._score = score
        self._pace = pace
        self._lane = lane
        self._trouble = Trouble(race, pace, lane)
        self._policies = policies
        self._in_phase = race.circuit.phase(race.scenario.pit.lane_in)

    def script(self, car: Car) -> Script:
        """Begins in the formation, or in the garage; ends when the car has no more to do."""
        if self._race.part.is_open:
            t_s = yield from self._go_out(car)
        else:
            t_s = yield from drive(self._race, car, 0.0, 1.0)
            self._cross(car, t_s)
        while not (car.is_finished or car.is_gone):
            t_s = yield from self._lap(car, t_s)
        if car.is_finished:
            t_s = yield from self._cool_down(car, t_s)
        return t_s

    def _lap(self, car: Car, t_s: float) -> Script:
        """From wherever on the track to the line, or through the lane, or to the side of the road."""
        lap = int(self._race.fleet.lap[car.idx])
        mishap = self._trouble.draw(car, t_s) if car.lap is not None else None
        if mishap is not None:
            kind, phase = mishap
            t_s = yield from drive(self._race, car, t_s, lap + phase)
            if not self._race.is_caution:
                t_s = yield from self._trouble.suffer(car, t_s, kind)
                if self._trouble.ends_the_lap(kind):
                    return t_s
        t_s = yield from drive(self._race, car, t_s, lap + self._in_phase)
        if car.is_disqualified:
            self._go_home(car, t_s)
            return t_s
        service = None if self._control.is_checkered or car.lap is None else self._ask(car, t_s)
        if service is None:
            t_s = yield from drive(self._race, car, t_s, lap + 1.0)
            self._cross(car, t_s)
        else:
            t_s = yield from self._lane.visit(car, t_s, service)
            self._pace.new_lap(car, t_s)
        return t_s

    def _go_out(self, car: Car) -> Script:
        """From the garage for a first run, when the driver feels like it."""
        race = self._race
        latest_s = 0.4 * (race.part.length_s or 0.0)
        car.run_laps = int(race.rng.integers(2, 5))
        t_s = yield from rest(race, car, 0.0, float(race.rng.uniform(1.0, max(2.0, latest_s))))
        if self._control.is_checkered:
            car.is_gone = True  # too late: stays in the garage
            return t_s
        t_s = yield from self._lane.leave_garage(car, t_s)
        self._pace.new_lap(car, t_s)
        return t_s

    def _cross(self, car: Car, t_s: float) -> None:
        self._score.cross(car, t_s)
        self._pace.new_lap(car, t_s)

    def _go_home(self, car: Car, t_s: float) -> None:
        car.is_gone = True
        car.lap = None
        self._leave_world(car, t_s)
        self._race.truth.end_stint(car.idx, t_s, "lost")

    def _leave_world(self, car: Car, t_s: float) -> None:
        self._race.fleet.show(car.idx, t_s, is_seen=False)
        self._race.board.hide(car.idx, t_s)

    def _ask_open(self, car: Car, t_s: float) -> Service | None:
        """Runs of a few laps, and fuel for the next."""
        race = self._race
        car.run_laps -= 1
        if car.run_laps > 0 and race.fuel_l(car, t_s) > 2.1 * car.member.plan.fuel_per_lap_l:
            return None
        car.run_laps = int(race.rng.integers(2, 6))
        return Service(
            fuel_l=(car.run_laps + 1.5) * car.member.plan.fuel_per_lap_l,
            tyres=race.rng.random() < 0.5,
            hold_s=float(race.rng.uniform(10.0, 60.0)),
        )

    def _ask(self, car: Car, t_s: float) -> Service | None:
        if self._race.part.is_open:
            return self._ask_open(car, t_s)
        race, plan = self._race, car.member.plan
        laps, sky = race.part.laps, race.weather.at(t_s)
        lap = int(race.fleet.lap[car.idx])
        view = PitView(
            car_idx=car.idx,
            sim_time_s=t_s,
            lap=lap,
            fuel_l=race.fuel_l(car, t_s),
            tank_l=plan.tank_l,
            fuel_per_lap_l=plan.fuel_per_lap_l,
            lap_s=float(race.lap_s[car.idx]),
            tyre_laps=car.tyre_laps,
            tyre_life_laps=plan.tyre_laps,
            driver_s=t_s - car.driver_since_s,
            stint_s=race.scenario.stint_s,
            drivers=len(car.member.drivers),
            time_left_s=self._control.time_left_s(t_s),
            laps_left=None if laps is None else laps - lap,
            is_caution=race.is_caution,
            owes_drive_through=car.owes_drive_through,
            track_wetness=sky.wetness,
            is_declared_wet=sky.is_declared_wet,
            compound=car.compound,
            must_repair_s=car.must_repair_s,
            may_repair_s=car.may_repair_s,
            fast_repairs_left=race.scenario.fast_repairs - car.fast_repairs,
        )
        service = self._policies[car.idx](view)
        return Service(drive_through=True) if service is None and car.owes_drive_through else service

    def _cool_down(self, car: Car, t_s: float) -> Script:
        """Home slowly; most leave the world on the way, our car rolls out and stands."""
        race, idx = self._race, car.idx
        self._pace.is_slow[idx] = True
        is_own = idx == race.scenario.own_car_idx
        far = 0.8 if is_own else float(race.rng.uniform(0.1, 0.7))
        t_s = yield from drive(self._race, car, t_s, int(race.fleet.lap[idx]) + max(far, 0.1))
        if is_own:
            race.move(car, t_s, race.fleet.place_now(idx, t_s), 0.0, is_phase=True)
        else:
            self._leave_world(car, t_s)
        return t_s
