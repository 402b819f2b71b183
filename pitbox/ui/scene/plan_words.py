"""Stints, times and faults in words, for lanes, lists and tips. Loads no Qt."""

from pitbox.model.plan_offer import Level, Shares
from pitbox.model.relay import Leg, Violation
from pitbox.planning.person_clock import clock, day_clock, place
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.span import race_words
from pitbox.ui.scene.turn import NOBODY_KNOWS, odds_words
from pitbox.ui.scene.words import Units, count_words

GALLON_L = 3.785411784
_AIMS = {
    "feasible": "Rules",
    "balance": "Balance",
    "changes": "Changes",
    "preference": "Likings",
    "pace": "Pace",
}


def at_words(race_s: float) -> str:
    """`4:12` of race time."""
    return race_words(race_s, 60)


def hours_words(seconds: float) -> str:
    """`4:12 h`, `54 min`."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h" if abs(minutes) >= 60 else f"{minutes} min"


def countdown_words(seconds: float) -> str:
    """`1:02:33`, `12:05`."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def clock_words(scene: PlanScene, race_s: float, zone: str = "") -> str:
    """`18:12`; empty where nobody knows when the race starts."""
    return "" if scene.green_utc_s is None else clock(scene.green_utc_s + race_s, zone or scene.zone)


def fuel_words(litres: float | None, units: Units) -> str:
    if litres is None:
        return ""
    return f"{litres / GALLON_L:.1f} gal" if units == "imperial" else f"{litres:.0f} l"


def laps_of(scene: PlanScene, leg: Leg) -> int:
    """As somebody said, else as many as fit."""
    row = scene.row(leg.key)
    if row is not None and row.laps is not None and row.length_s is None and not leg.is_done:
        return row.laps
    seat = next((one for one in scene.relay.seats if one.key == leg.driver), None)
    lap_s = scene.relay.lap_s if seat is None or seat.lap_s is None else seat.lap_s
    return max(0, round(leg.span.length_s / lap_s))


def driven_laps(scene: PlanScene, leg: Leg) -> int | None:
    """As the race has it."""
    found = [one.laps for one in scene.now.driven if abs(one.start_s - leg.start_s) < 1.0]
    return found[0] if found else None


def driver_words(scene: PlanScene, leg: Leg) -> str:
    """`Ada Lovelace`; with a question mark, or no name, where nobody says it."""
    doubted, name = scene.doubted(leg), scene.name(leg.driver)
    if doubted is None:
        return name
    return f"{name}?" if doubted.is_named else NOBODY_KNOWS


def leg_words(scene: PlanScene, leg: Leg, units: Units) -> str:
    """All of it in one line."""
    number = scene.legs.index(leg) + 1
    said = [f"Stint {number}", driver_words(scene, leg) or "nobody", _when(leg)]
    laps = driven_laps(scene, leg) if leg.is_done else laps_of(scene, leg)
    if laps is not None:
        said.append(count_words(laps, "lap", "laps"))
    said += [fuel_words(leg.fuel_l, units), "new tyres" if leg.is_new_tyres else ""]
    said.append(f"{scene.name(leg.spotter)} spots" if leg.spotter else "")
    state = "driven" if leg.is_done else "at the wheel" if leg.is_driving else ""
    return " · ".join(part for part in (*said, state) if part)


def leg_tip(scene: PlanScene, leg: Leg, units: Units) -> str:
    lines = [leg_words(scene, leg, units)]
    if scene.green_utc_s is not None:
        lines += [f"{_span_in(scene, leg, zone)} in {place(zone)}" for zone in _zones(scene, leg)]
    planned = next((one for one in scene.planned if one.key == leg.key), None)
    if scene.is_live and planned is not None:
        lines.append(f"Planned: {scene.name(planned.driver)}, {_when(planned)}")
    lines += [one.words for one in scene.now.driven if one.words and abs(one.start_s - leg.start_s) < 1.0]
    doubted = scene.doubted(leg)
    if doubted is not None:
        lines.append(f"Nobody says who drives: {odds_words(doubted.odds, scene.now)}")
    row = scene.row(leg.key)
    if row is not None and row.instructions:
        lines.append(row.instructions)
    lines += [one.words for one in scene.now.violations if one.leg == leg.key]
    return "\n".join(lines)


def share_tip(scene: PlanScene, share: Shares) -> str:
    driven, planned = hours_words(share.driven_s), hours_words(share.planned_s)
    lines = [f"{scene.name(share.seat)}: {driven} driven, {planned} to come"]
    if share.least_s:
        lines.append(f"At least {hours_words(share.least_s)} by the rules")
    if share.most_s is not None:
        lines.append(f"At most {hours_words(share.most_s)} by the rules")
    lines += [one.words for one in scene.now.violations if one.seat == share.seat and not one.leg]
    return "\n".join(lines)


def fault_words(faults: tuple[Violation, ...]) -> str:
    """`3 faults`; `keeps the rules`."""
    open_faults = [one for one in faults if not one.is_past]
    past = len(faults) - len(open_faults)
    if open_faults:
        return count_words(len(open_faults), "fault", "faults")
    return f"{past} past" if past else "Keeps all rules"


def level_words(level: Level) -> str:
    """`Balance: 4 min off, best possible`; the gap as it is."""
    name = _AIMS.get(level.name, level.name)
    if level.name == "feasible":
        return f"{name}: kept"
    value = hours_words(level.value) if level.unit == "s" else f"{level.value:g} {level.unit}".strip()
    if level.gap <= 0.0005:
        return f"{name}: {value}, nothing better exists"
    bound = hours_words(level.bound) if level.unit == "s" else f"{level.bound:g}"
    return f"{name}: {value}, at best {bound} ({100 * level.gap:.0f} % gap)"


def start_words(scene: PlanScene) -> str:
    """`Sat 28 Mar 13:00 in Berlin`; in words where nobody knows."""
    if scene.green_utc_s is None:
        return "no start time yet"
    return f"{day_clock(scene.green_utc_s, scene.zone)} in {place(scene.zone)}"


def _when(leg: Leg) -> str:
    return f"{at_words(leg.start_s)}\u2013{at_words(leg.end_s)}"


def _span_in(scene: PlanScene, leg: Leg, zone: str) -> str:
    return f"{clock_words(scene, leg.start_s, zone)}\u2013{clock_words(scene, leg.end_s, zone)}"


def _zones(scene: PlanScene, leg: Leg) -> list[str]:
    own = next((one.zone for one in scene.people if one.key == leg.driver), scene.zone)
    return list(dict.fromkeys((scene.zone, own)))
