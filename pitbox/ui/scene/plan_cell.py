"""Columns of the plan's table: what stands in each, and how what is typed there is read. Loads no Qt."""

from collections.abc import Callable

import msgspec

from pitbox.model.relay import Leg
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.plan_words import (
    GALLON_L,
    at_words,
    clock_words,
    driven_laps,
    driver_words,
    fuel_words,
    hours_words,
    laps_of,
)
from pitbox.ui.scene.words import Units

_LONGEST_S = 86400.0


class Cell(msgspec.Struct, frozen=True):
    title: str
    width: int
    words: Callable[[PlanScene, Leg, int, Units], str]
    field: str = ""
    """What is edited there; empty: it follows from the rest."""
    is_figure: bool = False
    gives_way: int = 0


def _laps(scene: PlanScene, leg: Leg, number: int, units: Units) -> str:  # noqa: ARG001
    driven = driven_laps(scene, leg) if leg.is_done else None
    return str(laps_of(scene, leg) if driven is None else driven)


def _own_clock(scene: PlanScene, leg: Leg, number: int, units: Units) -> str:  # noqa: ARG001
    zone = next((one.zone for one in scene.people if one.key == leg.driver), scene.zone)
    return clock_words(scene, leg.start_s, zone)


def _row_words(scene: PlanScene, leg: Leg, number: int, units: Units) -> str:  # noqa: ARG001
    row = scene.row(leg.key)
    return "" if row is None else row.instructions or ""


def _tyres(scene: PlanScene, leg: Leg, number: int, units: Units) -> str:  # noqa: ARG001
    return "new" if leg.is_new_tyres else "kept" if leg.is_new_tyres is False else ""


CELLS = (
    Cell("#", 34, lambda _, __, number, ___: str(number), is_figure=True),
    Cell("Start", 56, lambda _, leg, __, ___: at_words(leg.start_s), is_figure=True),
    Cell("Driver", 150, lambda scene, leg, _, __: driver_words(scene, leg), "driver"),
    Cell("There", 52, lambda scene, leg, _, __: clock_words(scene, leg.start_s), is_figure=True, gives_way=6),
    Cell("Theirs", 52, _own_clock, is_figure=True, gives_way=7),
    Cell("Length", 68, lambda _, leg, __, ___: hours_words(leg.span.length_s), "length", is_figure=True),
    Cell("Laps", 48, _laps, "laps", is_figure=True),
    Cell("Fuel", 60, lambda _, leg, __, units: fuel_words(leg.fuel_l, units), "fuel", is_figure=True),
    Cell("Tyres", 56, _tyres, "tyres", gives_way=5),
    Cell("Spotter", 120, lambda scene, leg, _, __: scene.name(leg.spotter), "spotter", gives_way=8),
    Cell("For the driver", 160, _row_words, "words", gives_way=9),
)


def length_of(text: str) -> float:
    """Seconds of `54`, `54 min`, `1:05` or `1:05 h`. Raises ValueError in words."""
    plain = text.lower().replace("min", "").replace("h", "").strip().replace(",", ".")
    hours, colon, minutes = plain.partition(":")
    try:
        seconds = float(hours) * 3600 + float(minutes) * 60 if colon else float(plain) * 60
    except ValueError:
        raise ValueError(f"{text!r:.40} is no length: 54 are minutes, 1:05 is an hour and five.") from None
    if not 0 < seconds <= _LONGEST_S:
        raise ValueError(f"A stint cannot be {text!r:.40} long.")
    return seconds


def whole_of(text: str) -> int:
    """A count of laps. Raises ValueError in words."""
    try:
        laps = int(text.lower().removesuffix("laps").removesuffix("l").strip())
    except ValueError:
        raise ValueError(f"{text!r:.40} is no count of laps.") from None
    if not 0 < laps <= 10_000:
        raise ValueError(f"A stint cannot have {text!r:.40} laps.")
    return laps


def litres_of(text: str, units: Units) -> float | None:
    """None where nothing is typed; a gallon is one where the page shows gallons."""
    plain = text.lower().replace("gal", "").replace("l", "").strip().replace(",", ".")
    if not plain:
        return None
    try:
        fuel = float(plain)
    except ValueError:
        raise ValueError(f"{text!r:.40} is no amount of fuel.") from None
    litres = fuel * GALLON_L if units == "imperial" else fuel
    if not 0 <= litres <= 1000:
        raise ValueError(f"No tank holds {text!r:.40}.")
    return round(litres, 1)
