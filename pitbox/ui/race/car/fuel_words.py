"""Fuel as tables: what each scenario comes to, and what to type into the pit menu. Loads no Qt."""

import math
from typing import TYPE_CHECKING

from pitbox.ui.race.car.figure import Figure, Origin, unknown
from pitbox.ui.race.car.table import Row, Table
from pitbox.ui.scene.own_car import Reading
from pitbox.ui.scene.words import NONE, Units, count_words, volume

if TYPE_CHECKING:
    from pitbox.strategy.briefing import Briefing
    from pitbox.strategy.fuel_plan import FuelPlan, MenuCall, Scenario

_SCENARIOS = {"last": "Last", "mean 5": "5 laps", "mean 10": "10 laps", "worst": "Worst", "target": "Target"}
_CALLS = {"now": "Now", "next lap": "Next lap", "save": "Save", "push": "Push"}
_MEANINGS = {
    "now": "Box at the end of this lap",
    "next lap": "Box a lap later",
    "save": "Box at the end of this lap, then save 5 %",
    "push": "Box at the end of this lap, then push",
}
_PLENTY_L = 0.05


def amount(litres: float, unit: str, units: Units, places: int = 0) -> tuple[str, str]:
    """(value, unit); kWh are kWh everywhere."""
    if unit != "l":
        return f"{litres:.{places}f}", unit
    return volume(litres, units, places)


def to_type(litres: float, unit: str, units: Units) -> tuple[str, str]:
    """Rounded up as the menu counts: a litre too much is a tenth of a second, one too little the race."""
    if unit == "l" and units == "imperial":
        gallons = float(volume(litres, units, 4)[0])
        return f"{math.ceil(gallons * 10 - 1e-6) / 10:.1f}", "gal"
    return f"{math.ceil(litres - 1e-9)}", unit


def scenario_table(plan: "FuelPlan | None", units: Units, why: str) -> Table:
    shown = [] if plan is None else [one for one in plan.scenarios if one.name in _SCENARIOS]
    unit = "l" if plan is None else plan.unit
    name = amount(0.0, unit, units)[1]
    rows: tuple[Row, ...] = (
        Row("A lap", name, tuple(_scenario(one, "Fuel a lap", *_use(one, unit, units)) for one in shown)),
        Row("Lasts", "laps", tuple(_scenario(one, "Laps of fuel", f"{one.laps_left:.1f}") for one in shown)),
        Row("Ends", "lap", tuple(_scenario(one, "Last lap on it", f"{one.ends_on_lap}") for one in shown)),
        Row("Spare", name, tuple(_spare(one, unit, units) for one in shown)),
    )
    if plan is not None and plan.stops_needed > 1:  # what is missing to the flag is no news yet
        rows = rows[:-1]
    if not shown:
        some = tuple(unknown(f"Fuel, {title.lower()}", why) for title in list(_SCENARIOS.values())[:4])
        rows = tuple(Row(row.label, row.unit, some) for row in rows)
    heads = tuple(_SCENARIOS[one.name] for one in shown) or tuple(_SCENARIOS.values())[:4]
    return Table("Fuel", heads, rows)


def call_table(plan: "FuelPlan | None", units: Units, why: str) -> Table:
    calls = () if plan is None else plan.calls
    unit = "l" if plan is None else plan.unit
    heads = tuple(_CALLS.values())
    if not calls:
        some = tuple(unknown(f"To type, {title.lower()}", why) for title in heads)
        name = amount(0.0, unit, units)[1]
        return Table("Pit menu", heads, (Row("Add", name, some), Row("Runs to", "lap", some)))
    rows = (
        Row("Add", amount(0.0, unit, units)[1], tuple(_add(call, unit, units) for call in calls)),
        Row("Runs to", "lap", tuple(_call(call, "Runs to lap", f"{call.ends_on_lap}") for call in calls)),
        Row("After", "stops", tuple(_call(call, "Stops after it", f"{call.stops_after}") for call in calls)),
    )
    return Table("Pit menu", heads, rows)


def menu_figure(reading: Reading | None, unit: str, units: Units) -> Figure:
    """What the sim's own menu is set to."""
    name = "Menu shows"
    if reading is None or reading.menu_fuel is None:
        return unknown(
            name, "Only the computer of whoever drives knows the pit menu, and it sends nothing now."
        )
    fuel = " ".join(amount(reading.menu_fuel, unit, units)) if reading.menu_fuel > 0 else "no fuel"
    count = reading.menu_tyres or 0
    tyres = {0: "no tyres", 4: "four tyres"}.get(count, count_words(count, "tyre", "tyres"))
    repair = ("fast repair",) if reading.has_menu_repair else ()
    return Figure(name, ", ".join((fuel, tyres, *repair)), origin=Origin.SIM)


def need_figure(said: "Briefing | None", units: Units, why: str) -> Figure:
    name = "To the flag"
    plan, on_board_l = (None, None) if said is None else (said.fuel, said.on_board_l)
    if plan is None or on_board_l is None:
        return unknown(name, why)
    words = tuple(
        f"{_plain(need.to_end_l, plan.unit, units)} needed at {100 * need.risk:.0f} % risk to run dry, "
        f"{_plain(need.missing_l, plan.unit, units)} missing."
        for need in plan.needs
    )
    sure = min(plan.needs, key=lambda need: need.risk)
    shown = max(plan.needs, key=lambda need: need.risk if need.risk < 0.5 else 0.0)
    if sure.missing_l <= _PLENTY_L:
        value = f"enough, {_plain(on_board_l - sure.to_end_l, plan.unit, units)} over"
        return Figure(name, value, "", f"at {100 * sure.risk:.0f} % risk", "good", Origin.AHEAD, words)
    stops = f"at {100 * shown.risk:.0f} % risk, {plan.stops_needed} stop{'s' * (plan.stops_needed != 1)}"
    value = f"{' '.join(to_type(shown.missing_l, plan.unit, units))} missing"
    return Figure(name, value, "", stops, "text", Origin.AHEAD, words)


def _plain(litres: float, unit: str, units: Units) -> str:
    return " ".join(amount(litres, unit, units))


def _use(one: "Scenario", unit: str, units: Units) -> tuple[str, str]:
    return amount(one.use_l, unit, units, 2)


def _scenario(one: "Scenario", name: str, value: str, unit: str = "") -> Figure:
    return Figure(f"{name}, {one.name}", value, unit, origin=Origin.AHEAD, words=(f"From {one.words}.",))


def _spare(one: "Scenario", unit: str, units: Units) -> Figure:
    value, name = amount(abs(one.spare_l), unit, units)
    is_short = one.spare_l < -_PLENTY_L
    sign = "" if float(value) == 0 else "-" if is_short else "+"
    what = "missing at the flag without another stop" if is_short else "over at the flag"
    words = (f"{value} {name} {what}.", f"From {one.words}.")
    shown = f"{sign}{value}" if sign else "0"
    return Figure(f"Spare, {one.name}", shown, name, "", "dim" if is_short else "good", Origin.AHEAD, words)


def _add(call: "MenuCall", unit: str, units: Units) -> Figure:
    value, name = to_type(call.to_add_l, unit, units)
    note = "fills the tank" if call.is_full else ""
    at_stall = f"{_plain(call.at_stall_l, unit, units)} on board when it stands in its stall."
    words = (f"{_MEANINGS[call.name]}.", at_stall, f"{call.words[:1].upper()}{call.words[1:]}.")
    return Figure(f"To type, {call.name}", value, name, note, "text", Origin.AHEAD, words)


def _call(call: "MenuCall", name: str, value: str) -> Figure:
    words = (f"{_MEANINGS[call.name]}.",)
    return Figure(f"{name}, {call.name}", value or NONE, origin=Origin.AHEAD, words=words)
