"""What the driver's window says in words and figures. Loads no Qt."""

import msgspec

from pitbox.crew.health import Level
from pitbox.wall.dashboard import Glance, Phase

NONE = "-"
_OLD_S = 3600
"""Figures older than this are not shown at all."""


class Figure(msgspec.Struct, frozen=True):
    """A value with its unit, and a line below that says where it comes from."""

    value: str = NONE
    unit: str = ""
    note: str = ""
    is_dim: bool = False
    """Stale, or nothing is known."""
    caption: str = ""
    """Instead of the block's own."""


class Reading(msgspec.Struct, frozen=True):
    lap: Figure
    fuel: Figure
    left: Figure
    session: str
    """Track and part."""
    health: str
    health_level: Level
    message: str = ""
    """The last one, once it is no longer new."""
    team: str = ""
    """Who is connected."""
    stint: str = ""
    """When the person here drives next."""


def read(glance: Glance) -> Reading:
    lap, fuel, left = _lap(glance), _fuel(glance), _left(glance)
    if not glance.track or glance.age_s >= _OLD_S:
        lap = fuel = left = Figure(is_dim=True)
    elif glance.is_stale:
        age = f"{glance.age_s} s old" if glance.age_s < 60 else f"{glance.age_s // 60} min old"
        lap, fuel, left = (
            msgspec.structs.replace(figure, note=age if at == 0 else "", is_dim=True)
            for at, figure in enumerate((lap, fuel, left))
        )
    session = " · ".join(word for word in (glance.track, glance.part) if word)
    return Reading(
        lap=lap,
        fuel=fuel,
        left=left,
        session=session if glance.age_s < _OLD_S else "",
        health=glance.trouble or _calm_words(glance),
        health_level=glance.level if glance.trouble else Level.OK,
        message=_message(glance),
        team=", ".join(glance.team),
        stint=glance.stint,
    )


def message_age(age_s: int) -> str:
    if age_s < 5:
        return "now"
    if age_s < 60:
        return f"{age_s} s ago"
    return f"{age_s // 60} min ago" if age_s < 3600 else f"{age_s // 3600} h ago"


def _message(glance: Glance) -> str:
    message = glance.message
    return "" if message is None else f"{message.who}: {message.text}"


def _lap(glance: Glance) -> Figure:
    if glance.lap is None:
        return Figure(note="not on track", is_dim=True)
    note = f"P{glance.class_position} in class" if glance.class_position else ""
    return Figure(str(glance.lap), note=note)


def _fuel(glance: Glance) -> Figure:
    if glance.fuel_l is None:
        return Figure(note="not in the car", is_dim=True)
    litres = f"{glance.fuel_l:.1f}"
    if glance.fuel is None:
        return Figure(litres, "l", "use not known yet", caption="Fuel")
    span = glance.fuel
    note = f"{litres} l"
    if span.basis > 1 and _laps(span.low) != _laps(span.high):
        note = f"{_laps(span.low)} to {_laps(span.high)} · {note}"
    return Figure(_laps(span.laps), "laps", note)


def _laps(laps: float) -> str:
    return f"{laps:.1f}" if laps < 20 else f"{laps:.0f}"


def _left(glance: Glance) -> Figure:
    if glance.time_left_s is None:
        return Figure(note=glance.flag, is_dim=True)
    whole = max(0, int(glance.time_left_s))
    if whole >= 3600:
        return Figure(f"{whole // 3600}:{whole // 60 % 60:02d}", "h", glance.flag)
    return Figure(f"{whole // 60}:{whole % 60:02d}", "min", glance.flag)


def _calm_words(glance: Glance) -> str:
    if glance.phase is Phase.WAITING:
        return "Recording starts by itself."
    known = [words for words in (_safe_words(glance), _incident_words(glance)) if words]
    told = " · ".join(known) or "All is well."
    return told[0].upper() + told[1:]


def _safe_words(glance: Glance) -> str:
    safe = glance.safe
    if safe is None or safe.machines < 2:
        return ""
    until = "" if safe.lap is None else f" up to lap {safe.lap}"
    return f"On {safe.machines} machines{until}"


def _incident_words(glance: Glance) -> str:
    """Only where points cost something."""
    if glance.incidents is None or glance.incidents_left is None:
        return ""
    return f"incidents {glance.incidents}/{glance.incidents + glance.incidents_left}"
