"""What the parts of the world share: the cars, their motion and fuel, what is shown, what is true."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from pitbox.model.code import Flag, SessionState
from pitbox.model.session import Entry
from pitbox.sim.synthetic.board import Board
from pitbox.sim.synthetic.cast import Member
from pitbox.sim.synthetic.circuit import Circuit
from pitbox.sim.synthetic.fleet import Fleet
from pitbox.sim.synthetic.fuel import Fuel
from pitbox.sim.synthetic.part import Part
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.truth import SlipTruth, Truth
from pitbox.sim.synthetic.weather import Weather

SERVICEABLE = 0x00040000
"""In CarIdxSessionFlags of every car that may be served; PitBox does not read it."""
MEATBALL_S = 20.0
"""Repairs longer than this have to be made at once."""


@dataclass
class LapRun:
    """What is known of the lap that a car is on."""

    start_s: float
    fuel_l: float
    added_l: float = 0.0
    is_out: bool = False
    is_in: bool = False
    is_caution: bool = False
    is_tow: bool = False
    is_broken: bool = False


@dataclass
class Car:
    """One car's memory while it races."""

    member: Member
    stall: float
    """Its place in the lane as a lap fraction; above 1 behind the line."""
    fuel: Fuel
    driver: int = 0
    driver_since_s: float = 0.0
    tyre_laps: int = 0
    tyre_sets: int = 1
    lap: LapRun | None = None
    """None before the start line and after the finish."""
    owes_drive_through: bool = False
    is_finished: bool = False
    is_gone: bool = False
    """Retired: does not come back."""
    tow_until_s: float = 0.0
    repair_from_s: float = 0.0
    repair_until_s: float = 0.0
    optional_until_s: float = 0.0
    wants_fuel_l: float = 0.0
    serving_until_s: float = 0.0
    compound: int = 0
    """0 dry, 1 wet."""
    must_repair_s: float = 0.0
    may_repair_s: float = 0.0
    fast_repairs: int = 0
    """Used so far."""
    incident_points: int = 0
    driver_points: dict[int, int] = field(default_factory=dict)
    is_disqualified: bool = False
    spun_s: float = -1e9
    run_laps: int = 0
    """Left of the run, in practice and qualifying."""
    slip: SlipTruth | None = None
    """The last one."""

    @property
    def idx(self) -> int:
        return self.member.car_idx

    @property
    def user_id(self) -> int:
        return self.member.drivers[self.driver].user_id

    def entry(self) -> Entry:
        return msgspec.structs.replace(
            self.member.entry(self.driver),
            incidents=self.driver_points.get(self.driver, 0),
            team_incidents=self.incident_points,
        )


@dataclass
class Race:
    scenario: Scenario
    circuit: Circuit
    rng: np.random.Generator
    fleet: Fleet
    board: Board
    truth: Truth
    cars: dict[int, Car]
    lap_s: np.ndarray[Any, np.dtype[np.float64]]
    """What each car's present lap would take alone on the road."""
    goal: np.ndarray[Any, np.dtype[np.float64]]
    """The place up to which each driving car drives next, in lap phase; infinite: no car to plan for."""
    until_s: np.ndarray[Any, np.dtype[np.float64]]
    """When each car's present leg ends."""
    weather: Weather
    part: Part
    state: SessionState = SessionState.PARADE_LAPS
    is_caution: bool = False
    is_checkered: bool = False
    entries_changed: list[tuple[float, int]] = field(default_factory=list)
    """Driver swaps of this step: when and which car."""
    own_fuel: list[tuple[float, Fuel]] = field(default_factory=list)
    """Changes of our car's fuel in this step."""

    def move(
        self, car: Car, t_s: float, place: float, speed: float, accel: float = 0.0, *, is_phase: bool
    ) -> None:
        """A new motion from `t_s` on; the fuel level goes on as it was."""
        before = self.fleet.motion(car.idx)
        self.fleet.move(car.idx, t_s, place, speed, accel, is_phase=is_phase)
        self._rebase(car, before, t_s)

    def begin_lap(self, car: Car, t_s: float) -> None:
        fuel_l = self.fuel_l(car, t_s)
        self.truth.start_fuel_l.setdefault(car.idx, fuel_l)
        car.lap = LapRun(t_s, fuel_l, is_caution=self.is_caution)

    def set_fuel(self, car: Car, t_s: float, **changes: float) -> None:
        """A new use or flow from `t_s` on."""
        self._rebase(car, self.fleet.motion(car.idx), t_s, **changes)

    def fuel_l(self, car: Car, t_s: float) -> float:
        return car.fuel.level(self.fleet.motion(car.idx), t_s, self.circuit)

    def flags_of(self, car: Car) -> int:
        """CarIdxSessionFlags."""
        return (
            SERVICEABLE
            | (Flag.BLACK if car.owes_drive_through else 0)
            | (Flag.REPAIR if car.must_repair_s > MEATBALL_S else 0)
            | (Flag.BLACK | Flag.DISQUALIFIED if car.is_disqualified else 0)
        )

    def show_flags(self, car: Car, t_s: float) -> None:
        self.board.write("CarIdxSessionFlags", car.idx, t_s, self.flags_of(car))

    def damage(self, car: Car, t_s: float, must_s: float, may_s: float) -> None:
        """More to repair, in seconds of the crew's work."""
        car.must_repair_s += must_s
        car.may_repair_s += may_s
        self.show_flags(car, t_s)

    def _rebase(self, car: Car, before: Any, t_s: float, **changes: float) -> None:
        after = self.fleet.motion(car.idx)
        car.fuel = car.fuel.rebased(before, after, t_s, self.circuit, **changes)
        if car.idx == self.scenario.own_car_idx:
            self.own_fuel.append((t_s, car.fuel))
