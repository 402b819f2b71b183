"""Where our car stands, in plain numbers: all that the rules and the search look at."""

import math
from functools import cached_property

import msgspec

from pitbox.strategy.laps import LapChances

UNKNOWN_L = "laps"
"""The unit of fuel where nobody measures it: laps of green running."""


class Rules(msgspec.Struct, frozen=True):
    """What an event demands of stops beside what the sim tells; empty: nothing."""

    least_stops: int = 0
    """In the whole race."""
    is_tyres_each_stop: bool = False
    """Every stop has to change tyres."""
    least_tyre_changes: int = 0
    """In the whole race."""
    tyre_sets: int | None = None
    """That are left to put on; None: as many as one likes."""
    is_fuel_or_tyres: bool = False
    """A stop that fuels may not change tyres."""
    most_saving: float = 0.06
    """Of the fuel of a lap, that a driver may be asked for: more costs more than a stop, and few do it."""
    is_refuelled: bool = True
    """False: nobody may add fuel, stops are for tyres alone, and each one changes them."""


class DriverNow(msgspec.Struct, frozen=True):
    """Somebody of our car, and what is still allowed and owed."""

    user_id: int
    """Below zero: somebody who has not driven yet."""
    pace_s: float = 0.0
    """A lap against the car's."""
    owed_laps: int = 0
    left_laps: int | None = None
    """That the drive time allows; None: no limit."""
    name: str = ""
    """Empty where nobody told it."""


class StopTimes(msgspec.Struct, frozen=True):
    """What a stop of ours loses, by service: lines through what `stop_cost` says of two fills."""

    lane_s: float = 30.0
    """Of any stop, driving through."""
    fuel_at_s: float = 40.0
    """With no fuel to speak of."""
    litre_s: float = 0.4
    tyres_at_s: float = 55.0
    tyres_litre_s: float = 0.0
    swap_s: float = 60.0
    """The least that a change of drivers costs, lane included."""
    spread_s: float = 4.0
    words: str = ""

    def loss_s(
        self, fuel_l: float, *, has_tyres: bool = False, is_swap: bool = False, repair_s: float = 0.0
    ) -> float:
        fuel_s = self.fuel_at_s + self.litre_s * fuel_l if fuel_l > 0 else self.lane_s
        tyres_s = max(fuel_s, self.tyres_at_s + self.tyres_litre_s * fuel_l) if has_tyres else fuel_s
        return max(tyres_s, self.swap_s if is_swap else 0.0) + repair_s


class TyreCurveNow(msgspec.Struct, frozen=True):
    """What age costs: a slope, a bend, and who says so."""

    slope_s: float = 0.0
    low_s: float = 0.0
    high_s: float = 0.0
    cliff_lap: int = 10_000
    cliff_slope_s: float = 0.0
    laps: int = 0
    speaker: str = "nobody knows what age costs these tyres"
    table_s: tuple[float, ...] = ()
    """By age, where a model knows the curve: in place of slope and bend. Its ends follow."""
    low_table_s: tuple[float, ...] = ()
    high_table_s: tuple[float, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.table_s) or self.slope_s > 0 or self.cliff_slope_s > 0

    def band_s(self, age: int) -> tuple[float, float, float]:
        """Low, middle and high."""
        if self.table_s:
            tables = self.low_table_s, self.table_s, self.high_table_s
            low, middle, high = (table[min(age, len(table) - 1)] for table in tables)
            return low, middle, high
        return self.loss_s(age, self.low_s), self.loss_s(age), self.loss_s(age, self.high_s)

    def loss_s(self, age: float, slope_s: float | None = None) -> float:
        if self.table_s:
            return self.table_s[min(int(age), len(self.table_s) - 1)]
        slope = self.slope_s if slope_s is None else slope_s
        return slope * age + self.cliff_slope_s * max(0.0, age - self.cliff_lap)

    def sum_s(self, first: int, laps: int) -> float:
        """Over so many laps from that age on."""
        if self.table_s:
            return math.fsum(self.loss_s(age) for age in range(first, first + laps))
        flat = laps * first + laps * (laps - 1) / 2
        over = max(0, first + laps - max(first, self.cliff_lap) - 1)
        return self.slope_s * flat + self.cliff_slope_s * over * (over + 1) / 2


class Situation(msgspec.Struct, frozen=True, dict=True):
    """As our car crossed the line last."""

    laps: int
    final: LapChances
    """On which lap it takes the flag."""
    lap_s: float
    fuel_l: float
    tank_l: float
    use_l: float
    use_doubt: float = 0.01
    """Of the use, as a share."""
    unit: str = "l"
    reserve_l: float = 0.3
    risk: float = 0.05
    """Of running dry, that is taken."""
    tyre_age: int = 0
    tyre_limit: int | None = None
    tyres: TyreCurveNow = TyreCurveNow()
    stint_left_laps: int | None = None
    """That may still be driven without a stop."""
    stint_laps: int | None = None
    driver: int = 0
    drivers: tuple[DriverNow, ...] = ()
    stops_done: int = 0
    tyre_changes: int = 0
    rules: Rules = Rules()
    times: StopTimes = StopTimes()
    save_s: float = 0.1
    """A lap, for each 1 % of fuel saved."""
    is_lap_called: bool = False
    """It is too late to come in at the end of this lap."""
    stint_typical: float = 0.0
    """Laps of a stint as they are driven here; 0: what a tank does."""

    @property
    def is_measured(self) -> bool:
        return self.unit != UNKNOWN_L

    @property
    def full_laps(self) -> float:
        """Of a stint that nothing cuts short."""
        return self.stint_typical or self.tank_l / self.use_l

    @cached_property
    def planned_lap(self) -> int:
        """The flag that stops are planned for."""
        return max(self.laps + 1, self.final.quantile(0.5))

    @cached_property
    def fuel_lap(self) -> int:
        """The flag that fuel has to reach at the risk taken; a guessed tank is no finer than the plan."""
        if not self.is_measured:
            return self.planned_lap
        return max(self.planned_lap, self.final.quantile(1.0 - self.risk))

    @property
    def first_lap(self) -> int:
        """At whose end it can still come in."""
        return self.laps + (2 if self.is_lap_called else 1)

    def use_of(self, save_share: float) -> float:
        return self.use_l * (1.0 - save_share)

    def reach(self, fuel_l: float, save_share: float = 0.0) -> int:
        """Whole laps that this fuel does."""
        return max(0, math.floor((fuel_l - self.reserve_l) / self.use_of(save_share) + 1e-6))

    def driver_of(self, user_id: int) -> DriverNow | None:
        return next((one for one in self.drivers if one.user_id == user_id), None)
