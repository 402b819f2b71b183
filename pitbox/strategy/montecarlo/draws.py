"""All chance of a simulated race, by counters: a draw depends on the race's number, never on who asks when.

A race has a key of two words. Its lap residuals are hashed from key, lap and car while it runs; what is drawn
once a race is drawn here.
"""

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]
Words = np.ndarray[Any, np.dtype[np.uint32]]

STEPS = 1024
"""Of a quantile table: ten bits of a draw."""
_GOLD, _ONE, _TWO = 0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35


class Keys(NamedTuple):
    """Two words for each race."""

    first: Words
    second: Words


def keys_of(seed: int, first: int, races: int) -> Keys:
    number = np.arange(first, first + races, dtype=np.uint64)
    mixed = _mix64(number + np.uint64(seed * 0xD1342543DE82EF95 % 2**64))
    return Keys((mixed & np.uint64(0xFFFFFFFF)).astype(np.uint32), (mixed >> np.uint64(32)).astype(np.uint32))


def _mix64(x: Any) -> Any:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def word(keys: Keys, counter: int | Words) -> Words:
    """32 random bits of each race for this counter."""
    start = np.atleast_1d(np.asarray(counter, dtype=np.uint32)) * np.uint32(_GOLD)
    x: Words = keys.first + start
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(_ONE)
    x = x ^ keys.second
    x = x ^ (x >> np.uint32(13))
    x = x * np.uint32(_TWO)
    return x ^ (x >> np.uint32(16))


def share(keys: Keys, counter: int | Words) -> Floats:
    """Between 0 and 1, never either."""
    bits = (word(keys, counter) >> np.uint32(8)).astype(np.float32)
    return (bits + np.float32(0.5)) * np.float32(2.0**-24)


@cache
def normal_quantiles() -> np.ndarray[Any, np.dtype[np.float64]]:
    """The middles of `STEPS` equal shares of the normal distribution; this room loads no scipy.

    Made once: every model of a race asks for it, and a moment has some twenty.
    """
    found = normal_scores(STEPS)
    found.setflags(write=False)
    return found


def normal_scores(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The middles of `count` equal shares of the normal distribution, lowest first."""
    grid, below = _normal()
    found: np.ndarray[Any, np.dtype[np.float64]] = np.interp((np.arange(count) + 0.5) / count, below, grid)
    return found


@cache
def _normal() -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    grid = np.linspace(-5.0, 5.0, 4001)
    return grid, np.array([0.5 * (1.0 + math.erf(z / math.sqrt(2.0))) for z in grid])


def column(cars: int, base: int) -> Words:
    return (np.arange(cars, dtype=np.uint32) + np.uint32(base))[:, None]
