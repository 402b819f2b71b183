"""What the parts of the world share: the cars, their motion and fuel, what is shown, what is true."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pitbox.model.code import Flag, SessionState
from pitbox.model.session import Entry
from pitbox.sim.synthetic.board import Board
from pitbox.sim.synthetic.cast import Member
from pitbox.sim.synthetic.circuit import Circuit
from pitbox.sim.synthetic.fleet import Fleet
from pitbox.sim.synthetic.fuel import Fuel
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.truth import Truth

SERVICEABLE = 0x00040000
"""In CarIdxSessionFlags of every car that may be served; PitBox does not read it."""


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
    repair_until_s: float = 0.0
    wants_fuel_l: float = 0.0
    serving_until_s: float = 0.0

    @property
    def idx(self) -> int:
        return self.member.car_idx

    @property
    def user_id(self) -> int:
        return self.member.drivers[self.driver].user_id

    def entry(self) -> Entry:
        return self.member.entry(self.driver)


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
    state: SessionState = SessionState.PARADE_LAPS
    is_caution: bool = False
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

    def set_fuel(self, car: Car, t_s: float, **changes: float) -> None:
        """A new use or flow from `t_s` on."""
        self._rebase(car, self.fleet.motion(car.idx), t_s, **changes)

    def fuel_l(self, car: Car, t_s: float) -> float:
        return car.fuel.level(self.fleet.motion(car.idx), t_s, self.circuit)

    def flags_of(self, car: Car) -> int:
        """CarIdxSessionFlags."""
        return SERVICEABLE | (Flag.BLACK if car.owes_drive_through else 0)

    def _rebase(self, car: Car, before: Any, t_s: float, **changes: float) -> None:
        after = self.fleet.motion(car.idx)
        car.fuel = car.fuel.rebased(before, after, t_s, self.circuit, **changes)
        if car.idx == self.scenario.own_car_idx:
            self.own_fuel.append((t_s, car.fuel))
