"""What the session text says of the cars: who is in them, their classes, and which one is ours."""

import msgspec

from pitbox.model.session import CarClass, Entry, OwnCar
from pitbox.sim.iracing.figure import colour, count, known, number, whole
from pitbox.sim.iracing.outline import Fields, Outline

_MOST_CARS = 256
_WHITE = 0xFFFFFF


class Roster(msgspec.Struct, frozen=True):
    entries: tuple[Entry, ...]
    classes: tuple[CarClass, ...]
    own: OwnCar
    problems: tuple[str, ...] = ()


def roster_of(text: Outline, before: "Roster | None" = None) -> Roster | None:
    """None when the text names no cars, as it does for a moment while the sim loads.

    A car whose lines are broken keeps what was known of it before.
    """
    section = text.section("DriverInfo")
    items = section.items("Drivers")
    remembered = {} if before is None else {entry.car_idx: entry for entry in before.entries}
    entries: dict[int, Entry] = {}
    classes: dict[int, CarClass] = {}
    problems: list[str] = []
    for fields in items[:_MOST_CARS]:
        car_idx = whole(fields.get("CarIdx"), -1)
        if not 0 <= car_idx < _MOST_CARS:
            problems.append("A car without a number of its own is left out.")
            continue
        entry = _entry(car_idx, fields)
        if entry is None:
            problems.append(_broken(car_idx, car_idx in remembered))
            entry = remembered.get(car_idx)
        if entry is not None:
            entries[car_idx] = entry
            found = _class(fields)
            classes.setdefault(found.class_id, found)
    if not entries:
        return None
    for car_class in () if before is None else before.classes:
        classes.setdefault(car_class.class_id, car_class)
    used = {entry.class_id for entry in entries.values() if not entry.is_pace_car}
    return Roster(
        entries=tuple(entries.values()),
        classes=tuple(found for found in classes.values() if found.class_id in used),
        own=_own(section.fields(), before),
        problems=tuple(problems),
    )


def _entry(car_idx: int, fields: Fields) -> Entry | None:
    """None when it cannot be told who this is."""
    name, user_id = fields.get("UserName", ""), fields.get("UserID")
    if not name or user_id is None:
        return None
    return Entry(
        car_idx=car_idx,
        number=fields.get("CarNumber", ""),
        team_id=whole(fields.get("TeamID")),
        team=fields.get("TeamName") or name,
        user_id=whole(user_id),
        driver=name,
        class_id=whole(fields.get("CarClassID")),
        car=fields.get("CarScreenName") or fields.get("CarPath", ""),
        irating=whole(fields.get("IRating")),
        is_pace_car=fields.get("CarIsPaceCar") == "1" or _is_old_pace_car(fields),
        is_spectator=fields.get("IsSpectator") == "1",
        incidents=count(fields.get("CurDriverIncidentCount")),
        team_incidents=count(fields.get("TeamIncidentCount")),
    )


def _is_old_pace_car(fields: Fields) -> bool:
    """Texts before 2015 do not say it, but nobody else is called so and has no id."""
    return "CarIsPaceCar" not in fields and fields["UserName"] == "Pace Car" and whole(fields["UserID"]) <= 0


def _class(fields: Fields) -> CarClass:
    name = known(fields.get("CarClassShortName"))
    found = colour(fields.get("CarClassColor"))
    return CarClass(
        class_id=whole(fields.get("CarClassID")),
        name=name or fields.get("CarScreenNameShort") or fields.get("CarScreenName", ""),
        relative_speed=number(fields.get("CarClassRelSpeed")),
        colour=_WHITE if found is None else found,
    )


def _own(fields: Fields, before: Roster | None) -> OwnCar:
    car_idx = whole(fields.get("DriverCarIdx"), -1)
    tank_l = number(fields.get("DriverCarFuelMaxLtr")) * number(fields.get("DriverCarMaxFuelPct"), 1.0)
    if car_idx < 0:
        return before.own if before is not None else OwnCar(0, 0.0, 0.0)
    return OwnCar(
        car_idx=car_idx,
        tank_l=tank_l,
        fuel_kg_per_l=number(fields.get("DriverCarFuelKgPerLtr")),
        is_electric=fields.get("DriverCarIsElectric") == "1",
    )


def _broken(car_idx: int, is_known: bool) -> str:
    then = "what was known of it stays" if is_known else "it is left out"
    return f"Car {car_idx} cannot be read in DriverInfo; {then}."
