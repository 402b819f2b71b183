"""When to stop and for what: asked of each car each time it could enter the pit lane."""

from typing import Protocol

import msgspec
import numpy as np


class PitView(msgspec.Struct, frozen=True):
    """What a team could know at the entry of the lane."""

    car_idx: int
    sim_time_s: float
    lap: int
    fuel_l: float
    tank_l: float
    fuel_per_lap_l: float
    """The team's average, not what the next lap will take."""
    lap_s: float
    """Of a typical lap of this car."""
    tyre_laps: int
    tyre_life_laps: int
    driver_s: float
    """Since the driver got in."""
    stint_s: float
    """After which the driver would like to get out."""
    drivers: int
    time_left_s: float | None
    laps_left: int | None
    """Complete laps still to start after this one, in a race by laps."""
    is_caution: bool
    owes_drive_through: bool
    track_wetness: int = 1
    is_declared_wet: bool = False
    compound: int = 0
    must_repair_s: float = 0.0
    """Damage that has to be repaired at the next stop."""
    may_repair_s: float = 0.0
    """Damage that costs pace, and may be left."""
    fast_repairs_left: int = 0

    def laps_to_go(self) -> float:
        """Laps from the end of this one to the flag, rounded up as a careful team would."""
        left = float("inf") if self.laps_left is None else float(self.laps_left)
        if self.time_left_s is not None:
            left = min(left, np.ceil(max(0.0, self.time_left_s) / self.lap_s) + 1.0)
        return left


class Service(msgspec.Struct, frozen=True):
    fuel_l: float = 0.0
    """To add; the tank's size limits it."""
    tyres: bool = False
    swap: bool = False
    """Hand over to the next driver of the team."""
    repair_s: float = 0.0
    """Beside what the car's damage asks for."""
    drive_through: bool = False
    compound: int | None = None
    """Of the new tyres; None: as before."""
    optional_repairs: bool = False
    fast_repair: bool = False
    """All damage at once, if one is left."""
    hold_s: float = 0.0
    """Stays at least so long."""


class PitPolicy(Protocol):
    def __call__(self, view: PitView) -> Service | None:
        """None: stay out."""
        ...


_REPAIR_NOW_S = 25.0
_WETS_FROM, _SLICKS_UNTIL = 4, 2


def wanted_compound(view: PitView) -> int:
    """Wets on a road that is really wet, slicks on one that is nearly dry, else what is on the car."""
    if view.is_declared_wet and view.track_wetness >= _WETS_FROM:
        return 1
    return 0 if view.track_wetness <= _SLICKS_UNTIL else view.compound


class FuelWindow:
    """Runs a tank nearly dry, takes cautions when they pay, tops up only what the end needs."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._spare_laps: dict[int, float] = {}

    def __call__(self, view: PitView) -> Service | None:
        # A penalty is served on a visit of its own, but not by a car that runs dry on the way to the next.
        usual = Service(drive_through=True) if view.owes_drive_through else None
        laps_held = view.fuel_l / view.fuel_per_lap_l
        to_go = view.laps_to_go()
        compound = wanted_compound(view)
        is_forced = to_go > 2 and (compound != view.compound or view.must_repair_s > _REPAIR_NOW_S)
        if to_go < 1 or (laps_held >= to_go + 0.25 and not is_forced):
            return usual
        spare = self._spare_laps.setdefault(view.car_idx, float(self._rng.uniform(0.1, 0.9)))
        must = laps_held < 1.05 + spare or is_forced
        may = (
            usual is None and view.is_caution and view.fuel_l < 0.6 * view.tank_l and self._rng.random() < 0.6
        )
        if not (must or may):
            return usual
        self._spare_laps[view.car_idx] = float(self._rng.uniform(0.1, 0.9))
        room_l = view.tank_l - view.fuel_l
        need_l = (to_go + 0.6) * view.fuel_per_lap_l - view.fuel_l
        return Service(
            fuel_l=max(0.0, min(room_l, need_l)),
            tyres=compound != view.compound or view.tyre_laps > 0.55 * view.tyre_life_laps,
            swap=view.drivers > 1 and view.driver_s > 0.6 * view.stint_s,
            compound=compound,
            optional_repairs=to_go * view.lap_s * 0.01 > view.may_repair_s,
            fast_repair=view.must_repair_s > _REPAIR_NOW_S and view.fast_repairs_left > 0,
        )
