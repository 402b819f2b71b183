"""The memory of one block of compiled races: what goes in, what is worked on, what comes out."""

from typing import Any

import numpy as np

from pitbox.strategy.montecarlo.draws import Keys
from pitbox.strategy.montecarlo.fate import Fates
from pitbox.strategy.montecarlo.layout import CAR, CAR_WORDS, LANES, RACE, RACE_WORDS
from pitbox.strategy.montecarlo.outcome import Outcome
from pitbox.strategy.montecarlo.race_model import RaceModel
from pitbox.strategy.montecarlo.tables import Tables

_LINE = 64
"""Bytes of a cache line; wide reads that cross one take twice as long."""
Some = np.ndarray[Any, Any]


class Workspace:
    """Holds every array while the compiled races use their addresses."""

    def __init__(self, model: RaceModel, tables: Tables, keys: Keys, fates: Fates, races: int) -> None:
        cars, most = len(model.cars), int(tables.counts[0])
        slows = np.stack([fates.slow_from_s, fates.slow_to_s, fates.slow_bunch])
        self._counts = (races, len(keys.first), cars, slows.shape[1])
        self._worked: tuple[Some, ...] = (
            _room(cars * CAR, np.float32),
            _room(RACE, np.float32),
            _room(RACE_WORDS + cars * CAR_WORDS, np.int32),
            _room((cars + 1) * 3 * LANES, np.float32),
            _room(cars * LANES, np.int32),
            _room((most + 1) * cars * LANES, np.float32),
            _room(LANES, np.float64),
            _room(2 * cars * LANES, np.float64),
            np.zeros(2 * LANES, np.uint64),
        )
        self._given: tuple[Some, ...] = (
            *(
                tables.car, tables.policy, tables.race, tables.counts, tables.planned, tables.row,
                tables.fill_l, tables.losses, tables.need_s, tables.shape, tables.stop_shape,
                tables.wait_shape, tables.grid,
            ),
            np.stack(keys),
            *(np.ascontiguousarray(some) for some in (fates.retire_lap, fates.use_l, fates.start_s)),
            slows,
            np.stack([fates.rain_from_s, fates.rain_to_s]),
            np.ascontiguousarray(fates.pace_s),
        )  # fmt: skip
        laps, place, class_place = np.empty((3, cars, races), np.int32)
        told, time_s = np.empty((3, cars, races), np.int32), np.empty((cars, races))
        self._found: tuple[Some, ...] = (laps, time_s, place, class_place, told)
        self.outcome = Outcome(model, place, class_place, laps, time_s, *told)
        """Empty until the races were driven."""

    def pointers(self) -> tuple[int, ...]:
        """In the order of `kernel.races`."""
        before = (some.ctypes.data for some in (*self._worked, *self._given))
        return (*before, *self._counts, *(some.ctypes.data for some in self._found))


def _room(numbers: int, kind: type[np.generic]) -> Some:
    size = numbers * np.dtype(kind).itemsize
    raw = np.empty(size + _LINE, np.uint8)
    skip = -raw.ctypes.data % _LINE
    return raw[skip : skip + size].view(kind)
