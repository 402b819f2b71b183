"""Which laps of the list are shown: switches, and a line that is typed as people say it. Loads no Qt.

`ada fuel 20-40 tyres 0-5 lap 3-9`: ranges by their word, every other word must stand in the driver's name,
the car's number or its class.
"""

import re

import msgspec

from pitbox.store.lap_list import ListedLap

WET = 3.0
"""From this on the sim's wetness means water that one drives through: 1 is dry, 2 mostly dry."""
_RANGE = re.compile(r"(?P<low>\d+(?:\.\d+)?)?(?P<to>-)?(?P<high>\d+(?:\.\d+)?)?$")
_WORDS = {"fuel": "fuel", "tyres": "tyres", "tyre": "tyres", "lap": "lap", "laps": "lap", "stint": "stint"}
Range = tuple[float, float]


class LapFilter(msgspec.Struct, frozen=True):
    is_valid: bool = False
    is_clean: bool = False
    is_own: bool = False
    """Only laps that can be drawn."""
    weather: str = ""
    """`dry`, `wet`, or all."""
    words: tuple[str, ...] = ()
    fuel_l: Range | None = None
    """At the lap's end."""
    tyres: Range | None = None
    lap: Range | None = None
    stint: Range | None = None

    def fits(self, lap: ListedLap) -> bool:
        if (self.is_valid and not lap.is_valid) or (self.is_clean and not lap.is_clean):
            return False
        if (self.is_own and not lap.is_own) or not self._is_weather(lap):
            return False
        ranges = (
            (self.fuel_l, lap.fuel_left_l),
            (self.tyres, lap.tyre_laps),
            (self.lap, lap.lap),
            (self.stint, lap.stint),
        )
        if any(wanted is not None and not _is_in(wanted, value) for wanted, value in ranges):
            return False
        hay = f"{lap.driver} #{lap.number} {lap.class_name} {lap.part}".casefold()
        return all(word in hay for word in self.words)

    def _is_weather(self, lap: ListedLap) -> bool:
        if not self.weather:
            return True
        return lap.wetness is not None and (lap.wetness >= WET) == (self.weather == "wet")


def typed(filter_: LapFilter, text: str) -> LapFilter:
    """The switches as they are, and what this line says."""
    found: dict[str, Range] = {}
    words, pending = [], ""
    for word in text.casefold().replace(":", " ").split():
        if pending and (bounds := range_of(word)) is not None:
            found[pending], pending = bounds, ""
            continue
        pending = _WORDS.get(word, "")
        if not pending:
            words.append(word)
    return msgspec.structs.replace(
        filter_,
        words=tuple(words),
        fuel_l=found.get("fuel"),
        tyres=found.get("tyres"),
        lap=found.get("lap"),
        stint=found.get("stint"),
    )


def range_of(text: str) -> Range | None:
    """`20-40`, `20-`, `-40` or `7`; None for anything else."""
    match = _RANGE.match(text)
    if match is None or not (match["low"] or match["high"]):
        return None
    low = float(match["low"]) if match["low"] else float("-inf")
    if not match["to"]:
        return low, low
    return low, float(match["high"]) if match["high"] else float("inf")


def _is_in(bounds: Range, value: float | None) -> bool:
    return value is not None and bounds[0] <= value <= bounds[1]
