"""Random numbers drawn once: the same moment gives the same answer, and a call costs no drawing."""

from functools import cache
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

SAMPLES = 1000
_SEED = 20_24


class Luck:
    """For each car a row of samples: `normal` of mean 0 and spread 1, `share` between 0 and 1."""

    def __init__(self, rows: int) -> None:
        rng = np.random.Generator(np.random.PCG64(_SEED))
        self.pace = rng.standard_normal((rows, SAMPLES))
        self.stint = rng.standard_normal((rows, SAMPLES))
        self.stop = rng.standard_normal((rows, SAMPLES))
        self.mishap = rng.random((rows, SAMPLES))
        self.mishap_size = rng.standard_normal((rows, SAMPLES))
        self.own_pace_known = rng.standard_normal((rows, SAMPLES))
        self.delay = rng.random((rows, SAMPLES))
        self.is_out = rng.random((rows, SAMPLES))
        self.common = rng.standard_normal(SAMPLES)
        self.last_lap = rng.standard_normal(SAMPLES)


@cache
def luck_for(cars: int) -> Luck:
    """For at least so many cars; sizes in steps, so that few tables are kept."""
    return _table(-(-cars // 64) * 64)


@cache
def _table(rows: int) -> Luck:
    return Luck(rows)


def fresh_rng() -> np.random.Generator:
    """For what is drawn by its own distribution: the same numbers at each call."""
    return np.random.Generator(np.random.PCG64(_SEED + 1))
