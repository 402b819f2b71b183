"""The world: its parts put together, and its clock."""

from typing import NamedTuple

import msgspec
import numpy as np

from pitbox.model.code import TrackSurface
from pitbox.model.session import Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.source import RowArray
from pitbox.sim.synthetic import cast
from pitbox.sim.synthetic.board import Board
from pitbox.sim.synthetic.channels import field_layout, slow_layout
from pitbox.sim.synthetic.circuit import Circuit, Floats
from pitbox.sim.synthetic.control import STEP_S, Control
from pitbox.sim.synthetic.driver import Driver
from pitbox.sim.synthetic.fleet import Fleet, Motion
from pitbox.sim.synthetic.fuel import Fuel
from pitbox.sim.synthetic.lane import Lane, stalls
from pitbox.sim.synthetic.pace import Pace
from pitbox.sim.synthetic.part import FIRST_TICK, Part, parts, sessions
from pitbox.sim.synthetic.policy import FuelWindow, PitPolicy
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.road import Script
from pitbox.sim.synthetic.rules import event_rules
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.score import Score
from pitbox.sim.synthetic.truth import Truth
from pitbox.sim.synthetic.weather import Weather

TICKS_PER_S = 60
STEP_TICKS = int(STEP_S * TICKS_PER_S)
_NO_TIMES: Floats = np.zeros(0)


class Step(NamedTuple):
    """What a quarter of a second brought."""

    times_s: Floats
    field: RowArray
    slow: RowArray
    infos: tuple[tuple[float, SessionInfo], ...]
    motions: tuple[Motion, ...]
    """Our car's, in order; the first holds from the start of the step."""
    fuels: tuple[tuple[float, Fuel], ...]


class World:
    """One part of an event from its first tick to its last; see `event` for all of them in a row."""

    def __init__(
        self,
        scenario: Scenario,
        policies: dict[int, PitPolicy] | None = None,
        *,
        part: Part | None = None,
        first_tick: int = FIRST_TICK,
        grid: list[int] | None = None,
    ) -> None:
        rng = np.random.Generator(np.random.PCG64(scenario.seed))
        self.scenario = scenario
        self.part = part or parts(scenario)[-1]
        self.first_tick = first_tick
        self.circuit = Circuit.drawn(scenario.track_length_m, rng)
        self.truth = Truth()
        self.race = self._race(rng)
        if part is not None and (part.session_num, part.run) != (0, 0):
            # The same track and people, and luck of its own.
            luck = np.random.PCG64([scenario.seed, part.session_num, part.run])
            self.race.rng = rng = np.random.Generator(luck)
        grid = grid or self._grid()
        self.control = Control(self.race, grid)
        self.score = Score(self.race, self.control, grid)
        self._pace = Pace(self.race, self.control.pace_car)
        usual = FuelWindow(rng)
        driver = Driver(
            self.race,
            self.control,
            self.score,
            self._pace,
            lane=Lane(self.race, self.score),
            policies={idx: (policies or {}).get(idx, usual) for idx in self.race.cars},
        )
        self._scripts = {car.idx: self._set_off(car, driver) for car in self.race.cars.values()}
        self._show_cars()
        self._steps = 1
        """The first step begins at 0.25 s: a row with SessionTime 0 is a dead row."""
        self._end_s: float | None = None

    def _set_off(self, car: Car, driver: Driver) -> Script:
        self._pace.new_lap(car, 0.0)
        script = driver.script(car)
        next(script)
        return script

    @property
    def now_s(self) -> float:
        return self._steps * STEP_S

    @property
    def is_over(self) -> bool:
        is_cut = self.part.until_s is not None and self.now_s >= self.part.until_s
        return is_cut or (self._end_s is not None and self.now_s >= self._end_s)

    def own(self) -> Car:
        return self.race.cars[self.scenario.own_car_idx]

    def step(self) -> Step:
        race, t_s = self.race, self.now_s
        times_s = (self._steps * STEP_TICKS + np.arange(STEP_TICKS)) / TICKS_PER_S
        race.board.begin(times_s)
        self._begin_step()
        start = race.fleet.freeze()
        own = self.own()
        motion, fuel = race.fleet.motion(own.idx), own.fuel
        self._end_step()
        field, slow = race.board.rows()
        field["CarIdxLapDistPct"] = start.fractions(times_s, race.fleet.changes, self.circuit)
        for rows in (field, slow):
            rows["SessionTime"] = times_s
            rows["SessionTick"] = self.first_tick + np.rint(times_s * TICKS_PER_S).astype(np.int32)
        return Step(
            times_s,
            field,
            slow,
            tuple((at_s, self.info()) for at_s, _ in race.entries_changed[-1:]),
            (motion, *(change for change in race.fleet.changes if change.car == own.idx)),
            ((t_s, fuel), *race.own_fuel),
        )

    def advance(self) -> None:
        """The same quarter of a second when nobody looks: it happens, and no row is drawn."""
        if self.race.board.has_rows:
            self.race.board.begin(_NO_TIMES)
        self._begin_step()
        self.race.fleet.changes.clear()
        self._end_step()

    def _begin_step(self) -> None:
        race, t_s = self.race, self.now_s
        race.entries_changed.clear()
        self.control.step(t_s)
        self._pace.plan(t_s)
        race.own_fuel.clear()

    def _end_step(self) -> None:
        t_s = self.now_s
        self._run_scripts(t_s + STEP_S)
        self._steps += 1
        if self.control.is_over and self._end_s is None:
            self._end_s = self.now_s + self.scenario.cool_down_s
            self.truth.classification = self.score.classify()
            self.truth.close(t_s)

    def info(self) -> SessionInfo:
        """The session text as of now."""
        scenario, own = self.scenario, self.own()
        plan = own.member.plan
        cars = sorted(self.race.cars.values(), key=lambda car: car.idx)
        entries: tuple[Entry, ...] = (cast.PACE_CAR, *(car.entry() for car in cars))
        return SessionInfo(
            sim="iRacing",
            sub_session_id=90_000_000 + scenario.seed,
            track=Track(
                track_id=9_000 + scenario.seed % 1000,
                name=f"Synthetic Ring {scenario.seed}",
                config="Grand Prix",
                length_m=scenario.track_length_m,
                pit_speed_mps=scenario.pit.speed_mps,
                sector_starts=(0.0, 0.31, 0.66),
            ),
            parts=tuple(
                SessionPart(part.session_num, part.kind, part.length_s, part.laps)
                for part in sessions(scenario)
            ),
            classes=cast.car_classes(scenario),
            entries=entries,
            own=OwnCar(own.idx, plan.tank_l, 0.75, plan.is_electric),
            title=scenario.title or scenario.name,
            rules=event_rules(scenario),
        )

    def _run_scripts(self, end_s: float) -> None:
        """Everything that is due before `end_s`, the earliest first."""
        until_s = self.race.until_s
        while True:
            idx = int(until_s.argmin())
            due_s = float(until_s[idx])
            if due_s >= end_s:
                return
            until_s[idx] = np.inf
            try:
                self._scripts[idx].send(due_s)
            except StopIteration:
                self.race.goal[idx] = np.inf

    def _race(self, rng: np.random.Generator) -> Race:
        scenario = self.scenario
        field = cast.members(scenario, rng)
        places = rng.permutation(stalls(scenario.cars, scenario.pit.lane_in, scenario.pit.lane_out))
        cars = {}
        for member in field:
            plan = member.plan
            level_l = plan.tank_l * float(rng.uniform(0.9, 1.0))
            fuel = Fuel(level_l, 0.0, 0.0, plan.fuel_per_lap_l)
            cars[member.car_idx] = Car(member, float(places[member.car_idx - 1]), fuel)
        return Race(
            scenario=scenario,
            circuit=self.circuit,
            rng=rng,
            fleet=Fleet(scenario.slots),
            board=Board(field_layout(scenario.slots), slow_layout(scenario.slots)),
            truth=self.truth,
            cars=cars,
            lap_s=np.full(scenario.slots, 100.0),
            goal=np.full(scenario.slots, np.inf),
            until_s=np.full(scenario.slots, np.inf),
            weather=Weather(() if self.part.is_open else scenario.showers),
            part=self.part,
        )

    def _grid(self) -> list[int]:
        """CarIdx from the pole back: the quicker class first, inside it as qualifying went."""

        def quali_s(car: Car) -> float:
            best = min(driver.slowness for driver in car.member.drivers)
            return car.member.plan.lap_s * (1.0 + best + float(self.race.rng.normal(0.0, 0.001)))

        times = {idx: (car.member.class_id, quali_s(car)) for idx, car in self.race.cars.items()}
        return sorted(times, key=lambda idx: times[idx])

    def _show_cars(self) -> None:
        board = self.race.board
        board.begin(np.zeros(0))
        board.write_all("SessionState", 0.0, int(self.race.state))
        for car in self.race.cars.values():
            position = int(board.read("CarIdxPosition", car.idx))
            for name, value in (
                ("CarIdxLap", 0),
                ("CarIdxTrackSurface", int(TrackSurface.ON_TRACK)),
                ("CarIdxTireCompound", 0),
                ("CarIdxQualTireCompound", 0),
                ("CarIdxSessionFlags", self.race.flags_of(car)),
                ("CarIdxClass", car.member.class_id),
                # So it stands in recordings of first laps: a millisecond for each place.
                ("CarIdxF2Time", 0.0 if self.part.is_open else 0.001 * (position - 1)),
            ):
                board.write(name, car.idx, 0.0, value)
            if not self.part.is_open:
                board.show(car.idx, 0.0)
        board.write("CarIdxClass", 0, 0.0, cast.PACE_CAR_CLASS)
        if not self.part.is_open:
            board.show(0, 0.0)


def seeded(scenario: Scenario, seed: int) -> Scenario:
    """The same race with other luck."""
    return msgspec.structs.replace(scenario, seed=seed)
