"""The end of races in numpy, as `arrival` finds it compiled: last lines crossed, and places."""

from typing import Any

import numpy as np

from pitbox.strategy.montecarlo.draws import Floats
from pitbox.strategy.montecarlo.fate import FAR_S
from pitbox.strategy.montecarlo.tables import Whole

_FAR, _1 = np.float32(FAR_S), np.float32(1.0)
_OUT_S, _LAP_S = 3.0e9, 1.0e6
"""Laps count before time, and whoever is out is behind all."""
Times = np.ndarray[Any, np.dtype[np.float64]]


def at_the_flag(
    history: Floats, laps_driven: Whole, flag_s: Times, retire_lap: Floats, reference_s: float
) -> tuple[Whole, Times, Times]:
    """Laps, time, and what places it, of each car: the first line that it crosses after the flag."""
    shape = history.shape[1:]
    size, row = shape[0] * shape[1], history.reshape(-1)
    laps = np.minimum(laps_driven, retire_lap).astype(np.int64).reshape(-1)
    flag = np.broadcast_to(flag_s, shape).reshape(-1)
    at = np.arange(size)
    while len(at):
        before = laps[at] - 1
        earlier = row[before * size + at].astype(np.float64) + before * reference_s
        at = at[(before > 0) & (earlier >= flag[at])]
        laps[at] -= 1
    found = row[laps * size + np.arange(size)].reshape(shape)
    laps = laps.reshape(shape)
    is_out = found >= _FAR
    time_s = found.astype(np.float64) + laps * reference_s
    done = np.where(is_out, retire_lap - _1, laps).astype(np.int32)
    key = np.where(is_out, _OUT_S, time_s) - _LAP_S * done
    return done, np.where(is_out, np.inf, time_s), key


def ranks(key: Times) -> Whole:
    """From 1, down each column; of equals, the first one is ahead."""
    order = np.argsort(key.T, axis=1, kind="stable")
    found = np.empty(order.shape, np.int32)
    np.put_along_axis(found, order, np.arange(1, key.shape[0] + 1, dtype=np.int32)[None, :], axis=1)
    return np.ascontiguousarray(found.T)
