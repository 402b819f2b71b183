"""What goes wrong on the track: drawn lap by lap, played, and told to the truth."""

from pitbox.model.code import TrackSurface
from pitbox.sim.synthetic import slip
from pitbox.sim.synthetic.lane import Lane
from pitbox.sim.synthetic.pace import Pace
from pitbox.sim.synthetic.policy import Service
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.road import Script, drive, knock, rest
from pitbox.sim.synthetic.truth import IncidentTruth, MishapTruth

_KINDS = ("off_track", "tow", "retirement", "penalty", "spin", "slow", "contact", "disconnect", *slip.KINDS)
_ENDS_THE_LAP = frozenset({"tow", "retirement", "dry", "disconnect"})
"""Where the car goes on, if it does, is not where it was."""
_REACH_S = 0.7
"""Cars nearer than this can touch."""
_POINTS = {"off_track": 1, "spin": 2, "contact": 4}
_NEVER_OURS = frozenset({"retirement"})


class Trouble:
    def __init__(self, race: Race, pace: Pace, lane: Lane) -> None:
        self._race = race
        self._pace = pace
        self._lane = lane
        self._in_phase = race.circuit.phase(race.scenario.pit.lane_in)

    def draw(self, car: Car, t_s: float) -> tuple[str, float] | None:
        """What goes wrong on this lap and at which phase, if anything."""
        race, chances = self._race, self._race.scenario.mishaps
        luck, phase = race.rng.random(), 0.1 + 0.8 * race.rng.random()
        place = race.fleet.place_now(car.idx, t_s) - race.fleet.lap[car.idx]
        level_l = race.fuel_l(car, t_s)
        if level_l < (self._in_phase - place) * car.fuel.per_lap_l:
            dry = place + 0.97 * level_l / car.fuel.per_lap_l
            return ("dry", max(place + 1e-6, min(dry, self._in_phase - 1e-3)))
        if phase < place + 0.02 or race.is_checkered:
            return None
        for kind in _KINDS:
            luck -= getattr(chances, kind) * (1.0 + 3.0 * race.weather.at(t_s).water)
            if luck < 0:
                if kind in slip.KINDS:
                    at = slip.place_of(kind, phase, race.circuit)
                    return None if at is None else (kind, at)
                is_ours = car.idx == race.scenario.own_car_idx
                return ("tow" if kind in _NEVER_OURS and is_ours else kind, phase)
        return None

    def suffer(self, car: Car, t_s: float, kind: str) -> Script:
        """Plays it; afterwards `ends_the_lap` says whether the car is still on its way round."""
        self._race.truth.mishaps.append(MishapTruth(car.idx, kind, t_s))
        if kind == "penalty":
            car.owes_drive_through = True
            self._race.show_flags(car, t_s)
            return t_s
        if kind in slip.KINDS:
            return (yield from slip.slide(self._race, car, t_s, kind))
        if kind == "contact":
            return (yield from self._touch(car, t_s))
        if kind == "disconnect":
            return (yield from self._vanish(car, t_s))
        play = {"off_track": self._run_wide, "spin": self._spin, "slow": self._limp}.get(kind)
        if play is not None:
            self._count(car, kind, t_s)
            return (yield from play(car, t_s))
        return (yield from self._break_down(car, t_s, kind))

    @staticmethod
    def ends_the_lap(kind: str) -> bool:
        return kind in _ENDS_THE_LAP

    def _count(self, car: Car, kind: str, t_s: float) -> None:
        """Incident points; who has collected too many is out of the race, by the rules of the event."""
        points = _POINTS.get(kind, 0)
        car.incident_points += points
        by_driver = car.driver_points
        by_driver[car.driver] = by_driver.get(car.driver, 0) + points
        limit = self._race.scenario.incident_limit
        if limit is not None and car.incident_points >= limit > car.incident_points - points:
            car.is_disqualified = True
            self._race.show_flags(car, t_s)

    def _tell(self, car: Car, kind: str, t_s: float, *, other_idx: int = -1) -> int:
        place = self._race.fleet.place_now(car.idx, t_s)
        lap = int(self._race.fleet.lap[car.idx])
        is_phase = bool(self._race.fleet.is_phase[car.idx])
        share = min(max(place - lap, 0.0), 1.0 - 1e-9)
        lap_pct = self._race.circuit.fraction_at(share) if is_phase else share
        told = IncidentTruth(car.idx, kind, t_s, lap, lap_pct, other_idx=other_idx)
        return self._race.truth.begin_incident(told)

    def _leave_road(self, car: Car, t_s: float) -> int:
        self._race.board.write("CarIdxTrackSurface", car.idx, t_s, int(TrackSurface.OFF_TRACK))
        return self._tell(car, "off_track", t_s)

    def _find_road(self, car: Car, t_s: float, told: int) -> None:
        self._race.board.write("CarIdxTrackSurface", car.idx, t_s, int(TrackSurface.ON_TRACK))
        self._race.truth.end_incident(told, t_s)

    def _run_wide(self, car: Car, t_s: float) -> Script:
        race, idx = self._race, car.idx
        told = self._leave_road(car, t_s)
        speed = 0.5 * race.fleet.speed_now(idx, t_s)
        race.move(car, t_s, race.fleet.place_now(idx, t_s), speed, is_phase=True)
        t_s = yield from rest(race, car, t_s, float(race.rng.uniform(1.0, 3.5)))
        race.move(car, t_s, race.fleet.place_now(idx, t_s), speed, is_phase=True)
        self._find_road(car, t_s, told)
        return t_s

    def _spin(self, car: Car, t_s: float) -> Script:
        """Around and to a stand, half of the time beside the road; then on from there."""
        race, idx = self._race, car.idx
        told = self._tell(car, "spin", t_s)
        car.spun_s = t_s
        place, speed = race.fleet.place_now(idx, t_s), race.fleet.speed_now(idx, t_s)
        slides_s = float(race.rng.uniform(1.4, 2.6))
        leaves_road = race.rng.random() < 0.5
        race.move(car, t_s, place, speed, -speed / slides_s, is_phase=True)
        t_s = yield from rest(race, car, t_s, 0.4 * slides_s)
        off = self._leave_road(car, t_s) if leaves_road else None
        t_s = yield from rest(race, car, t_s, 0.6 * slides_s)
        stands = place + 0.5 * speed * slides_s
        race.move(car, t_s, stands, 0.0, is_phase=True)
        t_s = yield from rest(race, car, t_s, float(race.rng.uniform(1.5, 6.0)))
        race.move(car, t_s, stands, 0.1 * speed, is_phase=True)
        if off is not None:
            self._find_road(car, t_s, off)
        race.truth.end_incident(told, t_s)
        return t_s

    def _limp(self, car: Car, t_s: float) -> Script:
        """Something is broken, and then it is not: a fifth of a lap at half pace."""
        race, idx = self._race, car.idx
        told = self._tell(car, "slow", t_s)
        self._pace.limp[idx] = float(race.rng.uniform(0.4, 0.55))
        place = race.fleet.place_now(idx, t_s)
        far = float(race.rng.uniform(0.1, 0.25))
        end = min(place + far, float(race.fleet.lap[idx]) + self._in_phase - 0.005)
        t_s = yield from drive(race, car, t_s, end)
        self._pace.limp[idx] = 1.0
        race.truth.end_incident(told, t_s)
        return t_s

    def _touch(self, car: Car, t_s: float) -> Script:
        other = self._nearest(car, t_s)
        if other is None:
            return t_s
        race = self._race
        for one, two in ((car, other), (other, car)):
            told = self._tell(one, "contact", t_s, other_idx=two.idx)
            race.truth.end_incident(told, t_s)
            self._count(one, "contact", t_s)
            if race.rng.random() < 0.5:
                race.damage(one, t_s, float(race.rng.uniform(0.0, 60.0)), float(race.rng.uniform(5.0, 90.0)))
        knock(race, other, t_s, float(race.rng.uniform(0.45, 0.7)))
        if race.rng.random() < 0.4:
            self._count(car, "spin", t_s)
            return (yield from self._spin(car, t_s))
        speed = float(race.rng.uniform(0.35, 0.6)) * race.fleet.speed_now(car.idx, t_s)
        place = race.fleet.place_now(car.idx, t_s)
        race.move(car, t_s, place, speed, is_phase=True)
        return (yield from rest(race, car, t_s, float(race.rng.uniform(0.6, 1.5))))

    def _nearest(self, car: Car, t_s: float) -> Car | None:
        """Who drives within reach on the road, whatever lap."""
        race = self._race
        here = race.fleet.place_now(car.idx, t_s)
        reach = _REACH_S / float(race.lap_s[car.idx])
        near: list[tuple[float, int]] = []
        for other in race.cars.values():
            if other is car or not race.goal[other.idx] < float("inf"):
                continue
            gap = abs((race.fleet.place_now(other.idx, t_s) - here + 0.5) % 1.0 - 0.5)
            if gap < reach:
                near.append((gap, other.idx))
        return race.cars[min(near)[1]] if near else None

    def _vanish(self, car: Car, t_s: float) -> Script:
        race, idx = self._race, car.idx
        assert car.lap is not None
        car.lap.is_broken = True
        race.fleet.show(idx, t_s, is_seen=False)
        race.board.hide(idx, t_s)
        race.truth.end_stint(idx, t_s, "lost")
        place = race.fleet.place_now(idx, t_s)
        race.move(car, t_s, place, 0.0, is_phase=True)
        t_s = yield from rest(race, car, t_s, float(race.rng.uniform(20.0, 90.0)))
        t_s = yield from self._lane.come_back(car, t_s)
        self._pace.new_lap(car, t_s)
        return t_s

    def _break_down(self, car: Car, t_s: float, kind: str) -> Script:
        """To a stand beside the road (out of fuel: on it), and from there to the pits or home."""
        race, idx = self._race, car.idx
        told = self._tell(car, "slow", t_s) if kind == "dry" else self._leave_road(car, t_s)
        t_s = yield from self._come_to_rest(car, t_s)
        race.truth.end_incident(told, t_s)
        if kind == "retirement":
            self._give_up(car, t_s)
            return t_s
        place = race.fleet.place_now(idx, t_s) - race.fleet.lap[idx]
        service = Service(
            fuel_l=0.4 * car.member.plan.tank_l if kind == "dry" else 0.0,
            tyres=kind == "tow",
            repair_s=0.0 if kind == "dry" else float(race.rng.uniform(15.0, 60.0)),
        )
        towed = self._tell(car, "tow", t_s)
        t_s = yield from self._lane.tow(car, t_s, 35.0 + 70.0 * float(1.0 - place), service, towed)
        self._pace.new_lap(car, t_s)
        return t_s

    def _come_to_rest(self, car: Car, t_s: float) -> Script:
        race, idx = self._race, car.idx
        place, speed = race.fleet.place_now(idx, t_s), race.fleet.speed_now(idx, t_s)
        race.move(car, t_s, place, speed, -speed / 4.0, is_phase=True)
        t_s = yield from rest(race, car, t_s, 4.0)
        race.move(car, t_s, place + 2.0 * speed, 0.0, is_phase=True)
        return (yield from rest(race, car, t_s, float(race.rng.uniform(6.0, 25.0))))

    def _give_up(self, car: Car, t_s: float) -> None:
        race, idx = self._race, car.idx
        car.is_gone = True
        car.lap = None
        race.fleet.show(idx, t_s, is_seen=False)
        race.board.hide(idx, t_s)
        race.truth.end_stint(idx, t_s, "lost")
