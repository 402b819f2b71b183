"""Do we make it, and what to type into the pit menu; litres, or kWh in an electric car.

The tank is what the event allows of it. `to_add` is what the sim's menu wants: fuel that comes in, not the
level afterwards. Between stall and pit exit a little burns, so what is read off later is less than was added.
"""

import math

import msgspec

from pitbox.model.session import OwnCar
from pitbox.strategy.errors import NoFuelError
from pitbox.strategy.fuel import FuelUse, Use
from pitbox.strategy.laps import LapChances

RISKS = (0.05, 0.01)
RESERVE_L = 0.3
"""What pumps leave in a tank."""
EXIT_SHARE = 0.05
"""Of a lap's use, from the stall to the pit exit and the line."""
_HALVINGS = 32
"""A tenth of a drop in a whole day's fuel."""
SAVE_SHARE = 0.05
"""`save` is that much less, `push` half of it more."""
NOW, NEXT_LAP, SAVE, PUSH = "now", "next lap", "save", "push"


class Tank(msgspec.Struct, frozen=True):
    usable_l: float
    """The tank times the share of it that the event allows."""
    unit: str = "l"


def tank_of(own: OwnCar) -> Tank | None:
    """None where the sim does not say, as in a sheet."""
    return Tank(own.tank_l, "kWh" if own.is_electric else "l") if own.tank_l > 0 else None


class Level(msgspec.Struct, frozen=True):
    """Where the car is and what it has on board."""

    laps: int
    lap_pct: float
    fuel_l: float


class Scenario(msgspec.Struct, frozen=True):
    """If every lap from now on took so much."""

    name: str
    use_l: float
    ends_on_lap: int
    """The last lap that can be completed."""
    laps_left: float
    spare_l: float
    """At the flag, above the reserve, without another stop; negative is missing."""
    words: str


class Need(msgspec.Struct, frozen=True):
    risk: float
    """The chance that it is not enough."""
    to_end_l: float
    """From here to the flag, the reserve included."""
    missing_l: float
    """Of it, what is not on board."""


class MenuCall(msgspec.Struct, frozen=True):
    """A number to type."""

    name: str
    to_add_l: float
    at_stall_l: float
    is_full: bool
    """The tank does not hold what is needed: it takes another stop."""
    stops_after: int
    """Further stops to the end."""
    ends_on_lap: int
    words: str


class Saving(msgspec.Struct, frozen=True):
    """To come to the flag with one stop less."""

    target_l: float
    """A lap."""
    less: float
    """Than now, as a share; 0: no saving needed."""
    cost_s: float
    """Of lap time, all laps together."""
    words: str


class FuelPlan(msgspec.Struct, frozen=True):
    unit: str
    tank_l: float
    """Usable."""
    use: Use
    scenarios: tuple[Scenario, ...]
    needs: tuple[Need, ...]
    calls: tuple[MenuCall, ...]
    stops_needed: int
    split_l: float | None
    """What each of the last two stops takes if both take the same; None unless two are needed."""
    saving: Saving | None
    """None where no stop is needed anyway."""
    assumptions: tuple[str, ...]


def fuel_plan(
    level: Level,
    tank: Tank,
    uses: FuelUse,
    final_lap: LapChances,
    *,
    user_id: int | None = None,
    target_l: float | None = None,
    reserve_l: float = RESERVE_L,
    risk: float = RISKS[0],
) -> FuelPlan:
    """Raises NoFuelError where no lap has told the use. `risk` is that of the menu's numbers."""
    use = uses.best_guess(user_id)
    if use is None:
        raise NoFuelError("No clean lap has told yet how much fuel the car takes.")
    case = _Case(level, tank, use, final_lap, risk, reserve_l)
    planned_l = need_l(level, use, final_lap, risk, reserve_l)
    stops = stops_for(planned_l, level.fuel_l, tank)
    return FuelPlan(
        unit=tank.unit,
        tank_l=tank.usable_l,
        use=use,
        scenarios=tuple(_scenarios(case, uses, target_l)),
        needs=tuple(_needs(level, use, final_lap, reserve_l)),
        calls=tuple(_call(name, case) for name in (NOW, NEXT_LAP, SAVE, PUSH)),
        stops_needed=stops,
        split_l=max(0.0, planned_l - level.fuel_l) / 2 if stops == 2 else None,
        saving=_saving(case, uses, stops),
        assumptions=(
            f"{use.mean_l:.2f} {tank.unit} a lap, give or take {use.spread_l:.2f} ({use.words})",
            f"the flag on lap {final_lap.quantile(0.05)} to {final_lap.quantile(0.95)}",
            f"{reserve_l:.1f} {tank.unit} stay in the tank; no lap under caution saves any",
        ),
    )


class _Case(msgspec.Struct, frozen=True):
    """What all sums start from."""

    level: Level
    tank: Tank
    use: Use
    final_lap: LapChances
    risk: float
    reserve_l: float


def ends_on_lap(level: Level, use_l: float, reserve_l: float = 0.0) -> int:
    """The last lap that this fuel completes."""
    return level.laps + math.floor(level.lap_pct + max(0.0, level.fuel_l - reserve_l) / use_l + 1e-9)


def need_l(level: Level, use: Use, final_lap: LapChances, risk: float, reserve_l: float = RESERVE_L) -> float:
    """Fuel from here to the flag that is not enough with this chance, reserve included.

    The flag's lap and the use are apart from each other: the chance is summed over the laps.
    """
    low, high = 0.0, (final_lap.last - level.laps + 1) * (use.mean_l + 8 * use.spread_l) + 1.0
    ends = _ends(level, use, final_lap)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _dry_chance(middle, ends) > risk:
            low = middle
        else:
            high = middle
    return high + reserve_l


def stops_for(need: float, fuel_l: float, tank: Tank) -> int:
    """Stops that bring in what is missing."""
    return max(0, math.ceil((need - fuel_l) / tank.usable_l - 1e-9))


def _ends(level: Level, use: Use, final_lap: LapChances) -> list[tuple[float, float, float]]:
    """Of each lap on which the flag may fall: half its chance, the fuel to there, and the scale of that."""
    found = []
    for lap, chance in final_lap.items():
        laps = lap - level.laps - level.lap_pct
        if laps > 0 and chance > 0:
            spread_l = math.hypot(math.sqrt(laps) * use.spread_l, laps * use.doubt_l)
            found.append((chance * 0.5, laps * use.mean_l, spread_l * math.sqrt(2.0)))
    return found


def _dry_chance(fuel_l: float, ends: list[tuple[float, float, float]]) -> float:
    """That the car stands before the flag with so much and no stop."""
    return sum(half * math.erfc((fuel_l - used_l) / scale_l) for half, used_l, scale_l in ends)


def _needs(level: Level, use: Use, final_lap: LapChances, reserve_l: float) -> list[Need]:
    found = []
    for risk in (0.5, *RISKS):
        to_end_l = need_l(level, use, final_lap, risk, reserve_l)
        found.append(Need(risk, to_end_l, max(0.0, to_end_l - level.fuel_l)))
    return found


def _scenarios(case: _Case, uses: FuelUse, target_l: float | None) -> list[Scenario]:
    level, reserve_l = case.level, case.reserve_l
    target = None if target_l is None else Use(target_l, case.use.spread_l, 0, "what was asked for")
    named = (
        ("last", uses.last()),
        ("mean 5", uses.mean(5)),
        ("mean 10", uses.mean(10)),
        ("worst", uses.worst()),
        ("target", target),
    )
    to_go = case.final_lap.quantile(0.5) - level.laps - level.lap_pct
    return [
        Scenario(
            name,
            one.mean_l,
            ends_on_lap(level, one.mean_l, reserve_l),
            max(0.0, level.fuel_l - reserve_l) / one.mean_l,
            level.fuel_l - reserve_l - max(0.0, to_go) * one.mean_l,
            one.words,
        )
        for name, one in named
        if one is not None and one.mean_l > 0
    ]


def _call(name: str, case: _Case) -> MenuCall:
    level, tank, use, final_lap = case.level, case.tank, case.use, case.final_lap
    risk, reserve_l = case.risk, case.reserve_l
    factor = {SAVE: 1.0 - SAVE_SHARE, PUSH: 1.0 + SAVE_SHARE / 2}.get(name, 1.0)
    after = msgspec.structs.replace(use, mean_l=use.mean_l * factor)
    laps_to_stall = 1.0 - level.lap_pct + (1.0 if name == NEXT_LAP else 0.0)
    at_stall_l = max(0.0, level.fuel_l - laps_to_stall * use.mean_l)
    in_stall = Level(level.laps + (2 if name == NEXT_LAP else 1), 0.0, at_stall_l)
    wanted_l = need_l(in_stall, after, final_lap, risk, reserve_l) + EXIT_SHARE * after.mean_l
    if in_stall.laps >= final_lap.last:
        wanted_l = 0.0
    room_l = max(0.0, tank.usable_l - at_stall_l)
    missing_l = max(0.0, wanted_l - at_stall_l)
    to_add_l = min(missing_l, room_l)
    after_l = at_stall_l + to_add_l
    stops_after = stops_for(wanted_l, after_l, tank)
    full = in_stall.laps + math.floor(
        max(0.0, after_l - reserve_l - EXIT_SHARE * after.mean_l) / after.mean_l + 1e-9
    )
    words = "fills the tank" if missing_l > room_l else f"to the flag at {100 * risk:.0f} % risk"
    return MenuCall(name, to_add_l, at_stall_l, missing_l > room_l, stops_after, full, words)


def _saving(case: _Case, uses: FuelUse, stops: int) -> Saving | None:
    """At the use that lets full tanks and one stop less reach the lap that is planned for."""
    level, use = case.level, case.use
    final = case.final_lap.quantile(1.0 - case.risk)
    laps = final - level.laps - level.lap_pct
    if stops == 0 or laps <= 0:
        return None
    target_l = (level.fuel_l - case.reserve_l + (stops - 1) * case.tank.usable_l) / laps
    if target_l <= 0:
        return None
    less = max(0.0, 1.0 - target_l / use.mean_l)
    per_share_s, source = uses.saving_cost_s()
    words = f"{less:.1%} less on each of {laps:.0f} laps ({source})"
    return Saving(target_l, less, 100.0 * less * per_share_s * laps, words)
