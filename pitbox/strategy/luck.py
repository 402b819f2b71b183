"""Random numbers drawn once: the same moment gives the same answer, and a call costs no drawing."""

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

SAMPLES = 800
_SEED = 20_24
_ROWS = 64
"""Tables come in steps of so many cars, so that few are kept."""


class Doubt(msgspec.Struct, frozen=True):
    """How wrong the plain figures turn out: spreads and mishaps, the same for every race."""

    common_pace: float = 0.01
    """Of everybody's pace from now on (track, weather), after one hour; grows with the root of time."""
    own_pace: float = 0.006
    """Of one car's pace beside that."""
    excess_h: float = 0.75
    """After which what is left of a slow (or quick) spell is a third."""
    stint: float = 0.1
    stop_loss: float = 0.25
    mishaps_per_hour: float = 0.05
    """That cost a car more than a stop does, and after which it goes on."""
    mishap_s: float = 240.0
    mishap_spread: float = 1.3
    overdue_laps: float = 1.5
    """After so many laps' time without a crossing a car is in trouble."""
    given_up_s: float = 1800.0
    """Overdue by so long, two of three do not come back."""
    stopped_laps: float = 2.0
    """After so many slow laps' time without anybody's crossing the race itself is stopped."""


class Luck:
    """Samples in columns: what is one car's in rows, a row for each car; what is everybody's in one row."""

    def __init__(self, rows: int, doubt: Doubt) -> None:
        rng = np.random.Generator(np.random.PCG64(_SEED))
        shape = (rows, SAMPLES)
        self.pace: Floats = doubt.own_pace * rng.standard_normal(shape)
        self.pace_known: Floats = rng.standard_normal(shape)
        self.stint: Floats = np.expm1(doubt.stint * rng.standard_normal(shape))
        self.over_time: Floats = np.abs(rng.standard_normal(shape))
        self.stop: Floats = doubt.stop_loss * rng.standard_normal(shape)
        self.mishap: Floats = rng.random(shape)
        self.mishap_s: Floats = doubt.mishap_s * np.exp(doubt.mishap_spread * rng.standard_normal(shape))
        self.delay: Floats = as_long_again(rng.random(shape))
        self.is_out: Floats = rng.random(shape)
        self.common: Floats = doubt.common_pace * rng.standard_normal(SAMPLES)
        self.last_lap: Floats = rng.standard_normal(SAMPLES)
        self.halt: Floats = 0.5 * as_long_again(rng.random(SAMPLES))
        self.is_clock_stopped: Floats = rng.random(SAMPLES)


def as_long_again(share: Floats) -> Floats:
    """How much longer something lasts, against how long it has lasted: nobody knows of what kind it is."""
    longer: Floats = share**-0.7 - 1.0
    return longer


def luck_for(cars: int, doubt: Doubt) -> Luck:
    """For at least so many cars."""
    return _table(-(-cars // _ROWS) * _ROWS, doubt)


@lru_cache(maxsize=8)
def _table(rows: int, doubt: Doubt) -> Luck:
    return Luck(rows, doubt)


def fresh_rng() -> np.random.Generator:
    """For what is drawn by its own distribution: the same numbers at each call."""
    return np.random.Generator(np.random.PCG64(_SEED + 1))
