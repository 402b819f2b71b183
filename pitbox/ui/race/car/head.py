"""The three figures that are read from two metres: laps of fuel, next stop, litres to type. Loads no Qt."""

import math
from typing import TYPE_CHECKING

from pitbox.ui.race.car.figure import Figure, Origin, unknown
from pitbox.ui.race.car.fuel_words import amount, to_type
from pitbox.ui.scene.own_car import OwnCar
from pitbox.ui.scene.words import Units

if TYPE_CHECKING:
    from pitbox.strategy.briefing import Briefing
    from pitbox.strategy.window import PitWindow

_FEW_LAPS = 2.0
_SURE = 1.645
"""Spreads to either side hold 9 of 10."""


def heads(car: OwnCar, units: Units, why: str) -> tuple[Figure, ...]:
    said = None if car.forecast is None else car.forecast.said
    return _fuel(car, said, units, why), _stop(car, said, why), _type(said, units, why)


def _fuel(car: OwnCar, said: "Briefing | None", units: Units, why: str) -> Figure:
    name, plan = "Fuel", None if said is None else said.fuel
    live_l = None if car.reading is None else car.reading.fuel_l
    origin = Origin.RECORD if live_l is None else Origin.SIM
    fuel_l = car.fuel_l if live_l is None else live_l
    if fuel_l is None:
        return unknown(name, "Nobody of ours is in the car, or that computer sends nothing now.")
    unit = "l" if plan is None else plan.unit
    tank = " ".join(amount(fuel_l, unit, units))
    if plan is None:
        return Figure(name, *amount(fuel_l, unit, units), "", "text", origin, (f"No laps of it: {why}",))
    use, laps = plan.use, fuel_l / plan.use.mean_l
    spread = _SURE * math.hypot(math.sqrt(laps) * use.spread_l, laps * use.doubt_l) / use.mean_l
    low, high = max(0.0, laps - spread), laps + spread
    use_words = " ".join(amount(use.mean_l, unit, units, 2))
    words = (f"{low:.1f} to {high:.1f} laps in 9 of 10.", f"{use_words} a lap, from {use.words}.")
    tone = "bad" if laps < 1 else "warn" if laps < _FEW_LAPS else "text"
    return Figure(name, f"{laps:.1f}", "laps", tank, tone, origin, words)


def _stop(car: OwnCar, said: "Briefing | None", why: str) -> Figure:
    """In laps from now, so that nobody has to subtract."""
    name = "Next stop"
    if said is None or (said.window is None and said.fuel is None):
        return unknown(name, why)
    if said.window is None:
        return Figure(name, "none", "", "to the flag", "good", Origin.AHEAD, ("The fuel reaches the flag.",))
    value, note, tone = _window(said.window, int(car.lap_place) + 1)
    limits = said.window.limits
    words = tuple(f"{limit.name.capitalize()}: {limit.words}, in by lap {limit.lap}." for limit in limits)
    return Figure(name, value, "laps" if value[0].isdigit() else "", note, tone, Origin.AHEAD, words)


def _window(window: "PitWindow", on_lap: int) -> tuple[str, str, str]:
    """(value, note, tone)."""
    first, last = max(0, window.earliest - on_lap), window.latest - on_lap
    if last < 0:
        return "missed", f"lap {window.latest}", "bad"
    if last == 0:
        return "now", "the last chance", "warn"
    if first >= last:
        return f"{last}", f"lap {window.latest}", "text"
    if first == 0:
        return f"0-{last}", f"open to lap {window.latest}", "good"
    return f"{first}-{last}", f"lap {window.earliest}-{window.latest}", "text"


def _type(said: "Briefing | None", units: Units, why: str) -> Figure:
    name, plan = "Type now", None if said is None else said.fuel
    call = None if plan is None else next((one for one in plan.calls if one.name == "now"), None)
    if plan is None or call is None:
        return unknown(name, why)
    value, unit = to_type(call.to_add_l, plan.unit, units)
    note = "fills the tank" if call.is_full else f"to lap {call.ends_on_lap}"
    if call.to_add_l <= 0:
        value, note = "0", "none needed"
    at_stall = " ".join(amount(call.at_stall_l, plan.unit, units))
    words = (
        "For a stop at the end of this lap.",
        f"{at_stall} on board then.",
        f"{call.words.capitalize()}.",
    )
    return Figure(name, value, unit, note, "text", Origin.AHEAD, words)
