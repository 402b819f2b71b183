"""Choices in words: verb first, no false digits."""

from pitbox.strategy.decision.answer import PlannedStop
from pitbox.strategy.decision.situation import Situation


def choice_words(stops: tuple[PlannedStop, ...], situation: Situation, save_share: float = 0.0) -> str:
    """`Box in 3 laps, 42 l, no tyres, then 1 more`: a headline, what is left of it says `late_words`."""
    saving = f"save {100 * save_share:.0f} % fuel" if save_share > 0 else ""
    if not stops:
        return f"{saving.capitalize()} and stay out to the flag" if saving else "Stay out to the flag"
    first = stops[0]
    words = f"{when_words(first.lap, situation)}{service_words(first, situation)}"
    more = len(stops) - 1 - _late(stops, situation)
    tail = f", then {more} more" if more else ""
    return f"{words}{', ' + saving if saving else ''}{tail}"


def late_words(stops: tuple[PlannedStop, ...], situation: Situation) -> str:
    """What is done only if the race is longer than it looks; empty: nothing."""
    return "a splash if the flag is late" if _late(stops, situation) else ""


def joined_words(*parts: str) -> str:
    """Those that say something, one after the other."""
    return "; ".join(part for part in parts if part)


def when_words(lap: int, situation: Situation) -> str:
    """`Box in 3 laps`: counted as a driver does, this lap is the one that is being driven."""
    to_go = lap - situation.laps - 1
    if to_go <= 0:
        return "Box this lap"
    return "Box next lap" if to_go == 1 else f"Box in {to_go} laps"


def service_words(stop: PlannedStop, situation: Situation) -> str:
    """`, 42 l, no tyres`."""
    fuel = "" if stop.fuel_l is None else f", {stop.fuel_l:.0f} {situation.unit}"
    if stop.fuel_l == 0:
        fuel = ", no fuel"
    tyres = ", tyres" if stop.has_tyres else ", no tyres"
    if not situation.is_measured and not stop.has_tyres:
        tyres = ""
    is_swap = stop.user_id and stop.user_id != situation.driver
    swap = f", {driver_words(stop.user_id, situation)} in" if is_swap else ""
    repair = f", {stop.repair_s:.0f} s of repairs" if stop.repair_s else ""
    return f"{fuel}{tyres}{swap}{repair}"


def driver_words(user_id: int, situation: Situation) -> str:
    """By name; somebody who has not driven yet has none that the sim told."""
    known = situation.driver_of(user_id)
    if known is not None and known.name:
        return known.name
    return "a new driver" if user_id < 0 else "another driver"


def choice_key(
    stops: tuple[PlannedStop, ...], save_share: float = 0.0, *, is_full: tuple[bool, ...] = ()
) -> str:
    """Laps and services, no litres: the same plan from one moment to the next."""
    parts = []
    for at, stop in enumerate(stops):
        full = "f" if at < len(is_full) and is_full[at] else ""
        parts.append(f"{stop.lap}{'t' if stop.has_tyres else ''}{full}{'d' if stop.user_id else ''}")
    saving = f" s{100 * save_share:.0f}" if save_share else ""
    return ("-".join(parts) or "out") + saving


def laps_words(laps: int) -> str:
    return "1 lap" if laps == 1 else f"{laps} laps"


def signed(value: float, digits: int = 0) -> str:
    """With its sign, a true minus; what rounds to nothing has none."""
    text = f"{value:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "\u2212")


def places_words(places: float) -> str:
    """`+0.6 places`: a gain is more."""
    return f"{signed(places, 1)} place{'' if round(abs(places), 1) == 1 else 's'}"


def _late(stops: tuple[PlannedStop, ...], situation: Situation) -> int:
    return sum(stop.lap >= situation.planned_lap for stop in stops[1:])
