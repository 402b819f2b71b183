"""What models see of a car at the line: names in order, and what is added for a lap so many laps ahead.

Times are in thousandths of the car's own level, so that circuits of fifteen seconds and of five minutes
are one world. NaN says that nobody knows.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

VERSION = 1
"""Counts up when a name is added or changes its meaning; a model says which it was trained on."""
MOST_AHEAD = 15

OWN = [
    "ref_s",
    "laps_of_stint",
    "stint_lap",
    "is_last_clean",
    "l1",
    "l2",
    "l3",
    "l4",
    "l5",
    "last_clean",
    "since_clean",
    "m3",
    "m10",
    "least",
    "least5",
    "most5",
    "slope8",
    "line8",
    "first3",
    "earlier_ref",
    "best",
    "mad",
    "tyre_age",
    "compound",
    "lap",
    "position",
    "race_min",
    "is_fresh",
    "fuel_left_l",
    "wetness",
    "track_temp_c",
    "own_change5",
    "own_change10",
]
TRAFFIC = [
    "gap_s",
    "pace_ahead",
    "gap2_s",
    "pace_ahead2",
    "least_gap3_s",
    "gap_before_s",
    "gap_trend_s",
    "last_of_ahead",
    "age_of_ahead",
    "laps_of_ahead",
]
FIELD = [
    "field_last",
    "field_drift",
    "field_change5",
    "field_change10",
    "level_to_field",
    "level_to_best",
    "cars",
    "since_slow",
    "fit_drift",
    "fit_slope",
    "fit_level",
    "past_drift",
    "past_calm_drift",
    "past_level",
]
NAMES = (*OWN, *TRAFFIC, *FIELD)
_TIMES_AHEAD = ("field_change5", "field_change10", "past_drift", "past_calm_drift")
AHEAD_NAMES = (*NAMES, "ahead", *(f"{name}_ahead" for name in _TIMES_AHEAD))
_AT = [NAMES.index(name) for name in _TIMES_AHEAD]
REF = NAMES.index("ref_s")


def ahead_of(rows: Array, ahead: Array) -> Array:
    """Each row for a lap so many laps ahead of it."""
    return np.column_stack([rows, ahead, rows[:, _AT] * ahead[:, None]])


COMPOUNDS = {
    "HYPERSOFT": 0.0,
    "ULTRASOFT": 0.0,
    "SUPERSOFT": 0.0,
    "SOFT": 0.0,
    "MEDIUM": 1.0,
    "HARD": 2.0,
}
"""By name, softest first; of others only the number that a sim gave them is known."""


def compound_code(compound: str) -> float:
    if compound in COMPOUNDS:
        return COMPOUNDS[compound]
    return float(compound) if compound.isdecimal() else -1.0
