"""How long a race was planned to be: from what its name says, and from what its series usually runs there.

A sheet does not say it. Nothing here looks at a time in it: only what is known before the start counts.
"""

import math
import re
from collections.abc import Collection

import msgspec

from pitbox.model.series import is_north_american


class Schedule(msgspec.Struct, frozen=True):
    time_s: float
    laps: int | None
    source: str
    """In words, so that a wrong guess can be seen."""


class _Usual(msgspec.Struct, frozen=True):
    hours: float
    from_year: int = 0
    to_year: int = 9999


_HOURS = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d)?) ?(?:h|hr|hrs|hour|hours|heures|ore)\b")
_MINUTES = re.compile(r"(?<!\d)(\d{2,3}) ?(?:min|mins|minutes)\b")
_DISTANCE = re.compile(r"(?<!\d)(\d{3,4}) ?(km|mi|miles)\b")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_MOST_HOURS = 24.0
_KM_PER_MILE = 1.609344

_NUMBERS = {"six": "6", "eight": "8", "ten": "10", "twelve": "12", "twenty four": "24"}
_AMERICAN_USUAL: dict[str, tuple[_Usual, ...]] = {
    "daytona": (_Usual(24),),
    "rolex": (_Usual(24),),
    "sebring": (_Usual(12),),
    "atlanta": (_Usual(10),),
    "petit": (_Usual(10),),
    "watkins": (_Usual(6),),
    "glen": (_Usual(6),),
    "bricks": (_Usual(6, 2024, 2025),),
    "indianapolis": (_Usual(6, 2024, 2025),),
    "road america": (_Usual(6, 2026),),
    "long beach": (_Usual(5 / 3),),
    "detroit": (_Usual(5 / 3),),
    "belle isle": (_Usual(5 / 3),),
}
_AMERICAN_SPRINT_H = 8 / 3
_WORLD_USUAL: dict[str, tuple[_Usual, ...]] = {
    "le mans": (_Usual(24),),
    "bahrain": (_Usual(8, 2019),),
    "qatar": (_Usual(10),),
    "losail": (_Usual(10),),
    "lusail": (_Usual(10),),
    "sebring": (_Usual(8),),
}
_WORLD_H = 6.0
_DISTANCE_LIMIT_H = {1812: 10.0, 1610: 8.0, 1609: 8.0}
"""Races over a distance stop at a time too: these and no later."""


def schedule(title: str, classes: Collection[str], lap_m: float) -> Schedule:
    """By the name if it says so, else by the place, else by the series that these classes race in."""
    words = title.casefold().replace("_", " ").replace("-", " ")
    for word, number in _NUMBERS.items():
        words = words.replace(f"{word} hour", f"{number} hour")
    if match := _HOURS.search(words):
        hours = float(match[1])
        if 0 < hours <= _MOST_HOURS:
            return Schedule(hours * 3600, None, "the name says so")
    if match := _MINUTES.search(words):
        return Schedule(float(match[1]) * 60, None, "the name says so")
    usual_h, source = _usual(words, classes)
    if match := _DISTANCE.search(words):
        km = float(match[1]) * (1 if match[2] == "km" else _KM_PER_MILE)
        laps = math.ceil(km * 1000 / lap_m) if lap_m > 0 else None
        limit_h = _DISTANCE_LIMIT_H.get(round(km), usual_h)
        return Schedule(limit_h * 3600, laps, "the distance in its name, within the series' time")
    return Schedule(usual_h * 3600, None, source)


def _usual(words: str, classes: Collection[str]) -> tuple[float, str]:
    is_american = is_north_american(classes)
    year_match = _YEAR.search(words)
    year = int(year_match[1]) if year_match else 0
    for place, usuals in (_AMERICAN_USUAL if is_american else _WORLD_USUAL).items():
        for usual in usuals:
            if place in words and usual.from_year <= (year or usual.from_year) <= usual.to_year:
                return usual.hours, "usual at this place"
    if is_american:
        return _AMERICAN_SPRINT_H, "usual in this series"
    return _WORLD_H, "usual in this series"
