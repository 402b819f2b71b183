"""Which laps of the list are shown: switches, and a line that is typed as people say it. Loads no Qt.

`ada fuel 20-40 tyres 0-5 lap 3-9 track 25-30`: ranges by their word, every other word must stand in the
driver's name, the car's number or its class.
"""

import re
from collections.abc import Sequence

import msgspec

from pitbox.store.lap_list import ListedLap
from pitbox.ui.scene.words import Units

WET = 3.0
"""From this on the sim's wetness means water that one drives through: 1 is dry, 2 mostly dry."""
_RANGE = re.compile(r"(?P<low>\d+(?:\.\d+)?)?(?P<to>-)?(?P<high>\d+(?:\.\d+)?)?$")
_WORDS = {"fuel": "fuel", "tyres": "tyres", "tyre": "tyres", "lap": "lap", "laps": "lap", "stint": "stint",
          "track": "track"}  # fmt: skip
_GALLON_L = 3.785411784
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
    track_c: Range | None = None

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
            (self.track_c, lap.track_c),
        )
        if any(wanted is not None and not _is_in(wanted, value) for wanted, value in ranges):
            return False
        hay = f"{lap.driver} #{lap.number} {lap.class_name} {lap.part}".casefold()
        return all(word in hay for word in self.words)

    def _is_weather(self, lap: ListedLap) -> bool:
        if not self.weather:
            return True
        return lap.wetness is not None and (lap.wetness >= WET) == (self.weather == "wet")


def unknown_words(filter_: LapFilter, laps: Sequence[ListedLap]) -> str:
    """Which of what is filtered by nobody recorded, and of how many laps; empty where all is known."""
    asked = (
        (filter_.weather, "how wet the road was", [one.wetness for one in laps]),
        (filter_.fuel_l, "fuel", [one.fuel_left_l for one in laps]),
        (filter_.tyres, "laps on the tyres", [one.tyre_laps for one in laps]),
        (filter_.track_c, "temperature of the road", [one.track_c for one in laps]),
    )
    found = []
    for wanted, words, values in asked:
        count = sum(value is None for value in values)
        if wanted and count:
            found.append(
                f"{words} of {'all' if count == len(values) else f'{count:,} of {len(values):,}'} laps"
            )
    return f"Not recorded: {', '.join(found)}." if found else ""


def typed(filter_: LapFilter, text: str, units: Units = "metric") -> LapFilter:
    """The switches as they are, and what this line says; ranges in the units in which laps are listed."""
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
        fuel_l=_scaled(found.get("fuel"), 1.0 if units == "metric" else _GALLON_L),
        tyres=found.get("tyres"),
        lap=found.get("lap"),
        stint=found.get("stint"),
        track_c=found.get("track"),
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


def _scaled(bounds: Range | None, factor: float) -> Range | None:
    return None if bounds is None else (bounds[0] * factor, bounds[1] * factor)


def _is_in(bounds: Range, value: float | None) -> bool:
    return value is not None and bounds[0] <= value <= bounds[1]
