"""Who races in a sheet: cars, classes and people, with numbers that the sheet itself does not have."""

import hashlib
import math
from statistics import median

from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.sim.sheet.schedule import schedule
from pitbox.sim.sheet.table import Line

NOBODY = -1
"""No car of a sheet is ours."""


def session_info(lines: list[Line], title: str) -> SessionInfo:
    """All of it that a sheet gives away; whoever drove first stands in the entry."""
    classes = {name: at for at, name in enumerate(_classes(lines), 1)}
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.number, line)
    entries = tuple(
        Entry(
            car_idx=car_idx,
            number=number,
            team_id=car_idx,
            team=first[number].team,
            user_id=user_id(first[number].driver),
            driver=first[number].driver,
            class_id=classes[first[number].car_class],
            car=first[number].maker,
        )
        for number, car_idx in car_indices(lines).items()
    )
    quickest = {name: _pace_s(lines, name) for name in classes}
    length_m = _length_m(lines)
    planned = schedule(title, classes, length_m)
    return SessionInfo(
        sim="timing sheet",
        sub_session_id=0,
        track=Track(track_id=0, name="", config="", length_m=length_m, pit_speed_mps=0.0),
        parts=(SessionPart(session_num=0, kind="Race", length_s=planned.time_s, laps=planned.laps),),
        classes=tuple(
            CarClass(class_id, name, relative_speed=1000.0 / (quickest[name] or math.inf))
            for name, class_id in classes.items()
        ),
        entries=entries,
        own=OwnCar(car_idx=NOBODY, tank_l=0.0, fuel_kg_per_l=0.0),
        title=title,
    )


def car_indices(lines: list[Line]) -> dict[str, int]:
    """A slot for each number on a car, from 1 on, in the order of the numbers."""
    numbers = sorted({line.number for line in lines}, key=lambda number: (len(number), number))
    return {number: at for at, number in enumerate(numbers, 1)}


def user_id(driver: str) -> int:
    """The same for the same name in every sheet; negative, as no sim's numbers are."""
    digest = hashlib.sha256(driver.casefold().encode()).digest()
    return -1 - int.from_bytes(digest[:4], "big") // 2


def _classes(lines: list[Line]) -> list[str]:
    """The quickest first."""
    names = sorted({line.car_class for line in lines})
    return sorted(names, key=lambda name: _pace_s(lines, name))


def _pace_s(lines: list[Line], name: str) -> float:
    return min(line.time_s for line in lines if line.car_class == name)


def _length_m(lines: list[Line]) -> float:
    """From the mean speed that the sheet gives for each lap; 0 when it gives none."""
    found = [line.kph / 3.6 * line.time_s for line in lines if line.kph and line.lap > 1]
    return round(median(found), 1) if found else 0.0
