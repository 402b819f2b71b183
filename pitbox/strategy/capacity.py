"""How far a full tank goes, in green laps: what one believes before the race, and what each stop teaches.

Cars stop when the tank is nearly empty, or earlier for some other reason. So each lap that a car went on
says that the tank is larger, and each stop that it may be about there. The belief is a weight for each of a
fixed row of sizes; class mates and the car's own stops multiply it.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIZES: Floats = np.exp(np.arange(math.log(3.0), math.log(200.0), 0.015))
"""Green laps on a tank, in steps of 1.5 %."""
_USUAL_S, _USUAL_SPREAD = 53 * 60.0, 0.28
"""Before the first stop: tanks of endurance cars last this long, give or take a quarter."""
_RAMP_LAPS, _RAMP_SHARE = 0.3, 0.035
"""How exactly teams use a tank: a part of a lap, and a part of the tank."""
_STOP_AT_LIMIT = 0.65
"""Of those who are far beyond what one believes to be the limit, so many stop on each lap."""
_OWN_SPREAD = 0.03
"""Cars of a class differ by so much."""
_DOUBT = 0.1
"""The chance that a tank is something else altogether: a short fill, a saved drop, a wrong belief."""
_DOUBT_FROM, _DOUBT_TO = 0.75, 1.35


def limit_chance(drunk: Any, sizes: Floats = SIZES) -> Floats:
    """That a car stops on this lap because its tank is empty, by size of the tank."""
    width = _RAMP_LAPS + _RAMP_SHARE * sizes
    beyond = np.minimum(np.maximum((drunk - sizes) / width, -40.0), 40.0)  # np.clip takes three times as long
    ramp: Floats = _STOP_AT_LIMIT / (1.0 + np.exp(-beyond))
    return ramp


def prior(pace_s: float) -> Floats:
    """Log weights before anybody has stopped."""
    log: Floats = -0.5 * (np.log(SIZES * pace_s / _USUAL_S) / _USUAL_SPREAD) ** 2
    return log


def belief(class_log: Floats, own_log: Floats) -> Floats:
    """Weights that sum to one: the class's belief, blurred by how cars differ, times the car's own."""
    mates = np.convolve(_weights(class_log), _blur(), mode="same") + 1e-9
    sharp = _weights(np.log(mates) + own_log)
    mean = mean_size(sharp)
    is_near = (mean * _DOUBT_FROM < SIZES) & (mean * _DOUBT_TO > SIZES)
    doubt = is_near / is_near.sum()
    mixed: Floats = (1.0 - _DOUBT) * sharp + _DOUBT * doubt
    return mixed


def mean_size(weights: Floats) -> float:
    return float(weights @ SIZES)


def size_range(weights: Floats, outside: float) -> tuple[float, float]:
    """Sizes between which the tank lies but for this chance."""
    cumulated = np.cumsum(weights)
    low = int(np.searchsorted(cumulated, outside / 2))
    high = int(np.searchsorted(cumulated, 1.0 - outside / 2))
    return float(SIZES[low]), float(SIZES[min(high, len(SIZES) - 1)])


def _weights(log: Floats) -> Floats:
    weights: Floats = np.exp(log - log.max())
    return weights / float(weights.sum())


def _blur() -> Floats:
    steps = np.arange(-8, 9) * 0.015
    bell: Floats = np.exp(-0.5 * (steps / _OWN_SPREAD) ** 2)
    return bell / float(bell.sum())
