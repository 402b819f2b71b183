"""Which header of a foreign file means which field of ours."""

import re
from collections.abc import Sequence

_NAMES: dict[str, tuple[str, ...]] = {
    "driver": ("driver", "drivername", "name", "pilot", "fahrer", "who", "assigneddriver", "racer"),
    "driver_key": ("driverkey",),
    "start": ("start", "from", "begin", "starttime", "stintstart", "timein", "localstart"),
    "end": ("end", "to", "until", "finish", "endtime", "stintend", "timeout", "localend"),
    "length": ("length", "duration", "stintlength", "stinttime", "stintduration", "drivetime", "minutes",
               "lengthmin", "durationmin", "dauer", "time"),
    "length_s": ("lengths", "durations"),
    "laps": ("laps", "stintlaps", "numlaps", "lapcount", "noflaps", "runden"),
    "fuel_l": ("fuell", "fuel", "fuelload", "fuellitres", "litres", "liters", "refuel", "sprit"),
    "new_tyres": ("newtyres", "newtires", "tyres", "tires", "tyrechange", "tirechange", "changetyres",
                  "changetires", "reifen"),
    "spotter": ("spotter", "spotting", "spottername"),
    "spotter_key": ("spotterkey",),
    "instructions": ("instructions", "notes", "note", "comment", "comments", "remarks", "notiz"),
    "state": ("state", "status"),
    "key": ("key", "stintkey"),
}  # fmt: skip
FIELDS = tuple(_NAMES)
_UNITS = (("hour", 3600.0), ("std", 3600.0), ("sec", 1.0), ("min", 60.0))


def guess(headers: Sequence[str]) -> dict[str, str]:
    """Field to header; the first that fits, and none for two fields."""
    found: dict[str, str] = {}
    plain = {name: _plain(name) for name in headers}
    for field, names in _NAMES.items():
        fits = [name for wanted in names for name in headers if plain[name] == wanted]
        fits = [name for name in fits if name not in found.values()]
        if fits:
            found[field] = fits[0]
    return found


def unit_s(header: str) -> float:
    """Of plain numbers under this header; minutes where it names none."""
    word = header.casefold()
    return next((unit for sign, unit in _UNITS if sign in word), 60.0)


def _plain(header: str) -> str:
    """Without spaces, signs and what stands in brackets, which is mostly a unit."""
    return re.sub(r"[\W_]+", "", re.sub(r"[(\[].*?[)\]]", "", header)).casefold()
