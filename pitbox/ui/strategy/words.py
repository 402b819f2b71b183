"""Figures of strategies as words: with as many digits as they deserve. Loads no Qt."""

import math
from typing import TYPE_CHECKING

from pitbox.ui.scene.words import NONE, Units, volume

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import PlannedStop, Rated
    from pitbox.strategy.montecarlo.outcome import Difference, Prospect

_LEAST_SHOWN = 0.005


def chance_words(chance: float) -> str:
    """71 %, <1 %, >99 %; 0 % and 100 % are said of nothing that a race could still turn."""
    if chance <= 0.0 or chance >= 1.0:
        return f"{chance:.0%}".replace("%", " %")
    if chance < 0.01:
        return "<1 %"
    return ">99 %" if chance > 0.99 else f"{chance * 100:.0f} %"


def place_words(place: float) -> str:
    return f"P{place:.1f}"


def places_words(places: float, error: float | None = None) -> str:
    """Of a difference in places, where less is better: won are plus, as people say it: +0.6 ± 0.1."""
    shown = f"{-places:+.1f}".replace("-", "\u2212")
    if abs(places) < 0.05:
        shown = "0.0"
    return shown if error is None else f"{shown} ± {max(0.1, math.ceil(error * 10 - 1e-9) / 10):.1f}"


def laps_words(laps: tuple[float, float, float] | None) -> str:
    """The middle, or the span where it is wider than a lap."""
    if laps is None:
        return NONE
    low, middle, high = (round(lap) for lap in laps)
    return f"{middle}" if high - low <= 1 else f"{low}-{high}"


def litres(amount_l: float, unit: str, units: Units) -> str:
    """42 l; whole, as a pit menu takes them."""
    if unit != "l":
        return f"{amount_l:.0f} {unit}"
    return " ".join(volume(amount_l, units, 0 if units == "metric" else 1))


def stop_words(stop: "PlannedStop", unit: str, units: Units, driver: str = "") -> str:
    """Lap 172, 42 l, tyres, Ada Kern."""
    parts = [f"Lap {stop.lap}", "fuel as needed" if stop.fuel_l is None else litres(stop.fuel_l, unit, units)]
    parts.append("tyres" if stop.has_tyres else "no tyres")
    if stop.repair_s:
        parts.append(f"{stop.repair_s:.0f} s of repairs")
    return ", ".join([*parts, *([driver] if driver else [])])


def against_words(against: "Difference | None", rated: "tuple[Rated, ...]" = ()) -> str:
    """In a column of the ranking: the first is the best, or held while nothing is surely better."""
    if against is not None:
        return places_words(against.mean, against.error)
    ahead = [one.against_best for one in rated if one.against_best is not None]
    return "held" if any(places_words(one.mean).startswith("+") for one in ahead) else "best"


def shown_places(rated: "tuple[Rated, ...]", most: int) -> range:
    """Places of the class that anybody can still come to, the likeliest of them where they are too many."""
    totals: dict[int, float] = {}
    for one in rated:
        for place, chance in enumerate(one.prospect.class_positions, 1):
            totals[place] = totals.get(place, 0.0) + chance
    likely = [place for place, chance in totals.items() if chance >= _LEAST_SHOWN]
    if not likely:
        return range(0)
    first, last = min(likely), max(likely)
    most = min(most, last - first + 1)
    starts = range(first, last - most + 2)
    start = max(starts, key=lambda at: sum(totals.get(place, 0.0) for place in range(at, at + most)))
    return range(start, start + most)


def prospect_words(prospect: "Prospect", laps: int = 0) -> tuple[str, ...]:
    """What a mean place hides, line by line. `laps`: that our car has driven."""
    likely = sorted(enumerate(prospect.class_positions, 1), key=lambda item: -item[1])[:3]
    places = ", ".join(f"P{place} {chance_words(chance)}" for place, chance in likely if chance > 0)
    lines = [f"In class {places}.", f"Finishes in {chance_words(prospect.finishes)} of races."]
    if prospect.laps is not None:
        low, middle, high = prospect.laps
        span = f"{laps + low:.0f} to {laps + high:.0f}"
        lines.append(f"Its last lap is {laps + middle:.0f}, {span} in 8 of 10.")
    dry, cliff = chance_words(prospect.fuel_risk), chance_words(prospect.tyre_risk)
    lines.append(f"Runs dry in {dry}, over the tyres' cliff in {cliff}.")
    return tuple(lines)
