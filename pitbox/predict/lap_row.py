"""One lap of one car, as every model here sees it: the same from a live race, a timing sheet and a file."""

import math
from collections.abc import Iterable

import msgspec

NAN = math.nan
LEAST_LAP_S, LONGEST_LAP_S = 10.0, 3600.0


class LapRow(msgspec.Struct, frozen=True):
    """What nobody measured is NaN, never zero."""

    race: str
    """Orders by time: what comes before in the alphabet was driven before."""
    circuit: str
    class_name: str
    car: str
    driver: str
    lap: int
    end_s: float
    """When it crossed the line; orders the laps of a race."""
    time_s: float
    stint: int
    position: int = 0
    is_clean: bool = True
    """A flying lap under green with nothing odd."""
    is_slow: bool = False
    """Under caution or worse, for everybody."""
    compound: str = ""
    tyre_age: float = NAN
    """Laps that the set has done, with this one."""
    fuel_left_l: float = NAN
    wetness: float = NAN
    """0 dry to 7 standing water, as the sim counts."""
    track_temp_c: float = NAN
    is_fresh: bool = True
    """The set was new when it was fitted."""
    car_model: str = ""
    """What is driven, by the sim's own name."""

    @property
    def is_pace(self) -> bool:
        """It may speak about pace: clean, and a time that a lap can take."""
        return self.is_clean and LEAST_LAP_S <= self.time_s <= LONGEST_LAP_S


def in_order(rows: Iterable[LapRow]) -> list[LapRow]:
    """As they crossed the line; rows without a time of crossing cannot be placed and are left out."""
    placed = [row for row in rows if math.isfinite(row.end_s)]
    return sorted(placed, key=lambda row: (row.race, row.end_s, row.position, row.car, row.lap))
