"""What each car does from the parade to its end, as a script."""

from pitbox.model.code import TrackSurface
from pitbox.sim.synthetic.control import Control
from pitbox.sim.synthetic.lane import Lane, Script
from pitbox.sim.synthetic.pace import Pace
from pitbox.sim.synthetic.policy import PitPolicy, PitView, Service
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.score import Score
from pitbox.sim.synthetic.truth import MishapTruth

_SLOWEST = 0.02
"""Share of the racing speed below which no driving car falls."""


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
        self._policies = policies
        self._in_phase = race.circuit.phase(race.scenario.pit.lane_in)

    def script(self, car: Car) -> Script:
        """Begins in the formation; ends when the car has no more to do."""
        t_s = yield from self._drive(car, 0.0, 1.0)
        self._cross(car, t_s)
        while not (car.is_finished or car.is_gone):
            t_s = yield from self._lap(car, t_s)
        if car.is_finished:
            t_s = yield from self._cool_down(car, t_s)
        return t_s

    def _lap(self, car: Car, t_s: float) -> Script:
        """From wherever on the track to the line, or through the lane, or to the side of the road."""
        lap = int(self._race.fleet.lap[car.idx])
        mishap = self._draw_mishap(car, t_s)
        if mishap is not None:
            kind, phase = mishap
            t_s = yield from self._drive(car, t_s, lap + phase)
            if not self._race.is_caution:
                t_s = yield from self._suffer(car, t_s, kind)
                if kind not in {"off_track", "penalty"}:
                    return t_s
        t_s = yield from self._drive(car, t_s, lap + self._in_phase)
        service = None if self._control.is_checkered else self._ask(car, t_s)
        if service is None:
            t_s = yield from self._drive(car, t_s, lap + 1.0)
            self._cross(car, t_s)
        else:
            t_s = yield from self._lane.visit(car, t_s, service)
            self._pace.new_lap(car, t_s)
        return t_s

    def _cross(self, car: Car, t_s: float) -> None:
        self._score.cross(car, t_s)
        self._pace.new_lap(car, t_s)

    def _drive(self, car: Car, t_s: float, goal: float) -> Script:
        """On the track to a place in lap phase, as fast as the pace allows."""
        race, idx = self._race, car.idx
        place = race.fleet.place_now(idx, t_s)
        if goal <= place:
            return t_s
        race.goal[idx] = goal
        speed = max(float(race.fleet.speed[idx]), _SLOWEST / float(race.lap_s[idx]))
        race.until_s[idx] = t_s + (goal - place) / speed
        race.move(car, t_s, place, speed, is_phase=True)
        t_s = yield
        race.goal[idx] = float("inf")
        race.move(car, t_s, goal, race.fleet.speed_now(idx, t_s), is_phase=True)
        return t_s

    def _ask(self, car: Car, t_s: float) -> Service | None:
        race, plan = self._race, car.member.plan
        laps = race.scenario.race_laps
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
        )
        service = self._policies[car.idx](view)
        return Service(drive_through=True) if service is None and car.owes_drive_through else service

    def _draw_mishap(self, car: Car, t_s: float) -> tuple[str, float] | None:
        """What goes wrong on this lap and at which phase, if anything."""
        race, chances = self._race, self._race.scenario.mishaps
        luck, phase = race.rng.random(), 0.1 + 0.8 * race.rng.random()
        place = race.fleet.place_now(car.idx, t_s) - race.fleet.lap[car.idx]
        level_l = race.fuel_l(car, t_s)
        if level_l < (self._in_phase - place) * car.fuel.per_lap_l:
            dry = place + 0.97 * level_l / car.fuel.per_lap_l
            return ("dry", max(place + 1e-6, min(dry, self._in_phase - 1e-3)))
        if phase < place + 0.02 or self._control.is_checkered:
            return None
        for kind in ("off_track", "tow", "retirement", "penalty"):
            luck -= getattr(chances, kind)
            if luck < 0:
                is_own = car.idx == race.scenario.own_car_idx
                return ("tow" if kind == "retirement" and is_own else kind, phase)
        return None

    def _suffer(self, car: Car, t_s: float, kind: str) -> Script:
        race, idx = self._race, car.idx
        race.truth.mishaps.append(MishapTruth(idx, kind, t_s))
        if kind == "penalty":
            car.owes_drive_through = True
            race.board.write("CarIdxSessionFlags", idx, t_s, race.flags_of(car))
            return t_s
        if kind != "dry":
            race.board.write("CarIdxTrackSurface", idx, t_s, int(TrackSurface.OFF_TRACK))
        if kind == "off_track":
            return (yield from self._run_wide(car, t_s))
        t_s = yield from self._come_to_rest(car, t_s)
        if kind == "retirement":
            self._give_up(car, t_s)
            return t_s
        place = race.fleet.place_now(idx, t_s) - race.fleet.lap[idx]
        service = Service(
            fuel_l=0.4 * car.member.plan.tank_l if kind == "dry" else 0.0,
            tyres=kind == "tow",
            repair_s=0.0 if kind == "dry" else float(race.rng.uniform(15.0, 60.0)),
        )
        t_s = yield from self._lane.tow(car, t_s, 35.0 + 70.0 * float(1.0 - place), service)
        self._pace.new_lap(car, t_s)
        return t_s

    def _run_wide(self, car: Car, t_s: float) -> Script:
        race, idx = self._race, car.idx
        speed = 0.5 * race.fleet.speed_now(idx, t_s)
        race.move(car, t_s, race.fleet.place_now(idx, t_s), speed, is_phase=True)
        race.until_s[idx] = t_s + float(race.rng.uniform(1.0, 3.5))
        t_s = yield
        race.move(car, t_s, race.fleet.place_now(idx, t_s), speed, is_phase=True)
        race.board.write("CarIdxTrackSurface", idx, t_s, int(TrackSurface.ON_TRACK))
        return t_s

    def _come_to_rest(self, car: Car, t_s: float) -> Script:
        race, idx = self._race, car.idx
        place, speed = race.fleet.place_now(idx, t_s), race.fleet.speed_now(idx, t_s)
        race.move(car, t_s, place, speed, -speed / 4.0, is_phase=True)
        race.until_s[idx] = t_s + 4.0
        t_s = yield
        race.move(car, t_s, place + 2.0 * speed, 0.0, is_phase=True)
        race.until_s[idx] = t_s + float(race.rng.uniform(6.0, 25.0))
        t_s = yield
        return t_s

    def _give_up(self, car: Car, t_s: float) -> None:
        race, idx = self._race, car.idx
        car.is_gone = True
        car.lap = None
        race.fleet.show(idx, t_s, is_seen=False)
        race.board.hide(idx, t_s)
        race.truth.end_stint(idx, t_s, "lost")

    def _cool_down(self, car: Car, t_s: float) -> Script:
        """Home slowly; most leave the world on the way, our car rolls out and stands."""
        race, idx = self._race, car.idx
        self._pace.is_slow[idx] = True
        is_own = idx == race.scenario.own_car_idx
        far = 0.8 if is_own else float(race.rng.uniform(0.1, 0.7))
        t_s = yield from self._drive(car, t_s, int(race.fleet.lap[idx]) + max(far, 0.1))
        if is_own:
            race.move(car, t_s, race.fleet.place_now(idx, t_s), 0.0, is_phase=True)
        else:
            race.fleet.show(idx, t_s, is_seen=False)
            race.board.hide(idx, t_s)
        return t_s
