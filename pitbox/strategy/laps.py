"""A distribution over whole laps."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import msgspec
import numpy as np


class LapChances(msgspec.Struct, frozen=True):
    """How likely each number of laps is; they sum to one."""

    first: int
    chances: tuple[float, ...]
    """Of `first`, `first + 1`, ..."""

    @property
    def mean(self) -> float:
        return sum(lap * chance for lap, chance in self.items())

    @property
    def most_likely(self) -> int:
        return max(self.items(), key=lambda item: item[1])[0]

    @property
    def last(self) -> int:
        return self.first + len(self.chances) - 1

    def items(self) -> list[tuple[int, float]]:
        return [(self.first + at, chance) for at, chance in enumerate(self.chances)]

    def at_most(self, laps: int) -> float:
        """The chance of so many laps or fewer."""
        return math.fsum(self.chances[: max(0, laps - self.first + 1)])

    def quantile(self, share: float) -> int:
        """The least number of laps that is enough with this chance."""
        at = bisect_left(list(accumulate(self.chances)), share - 1e-9)
        return min(self.first + at, self.last)

    def interval(self, share: float = 0.9) -> tuple[int, int]:
        """Holds that share in the mean of many forecasts, as much outside below as above.

        Laps are whole: one at an end belongs to it if more than half of its chance would have to be inside.
        Where all chance is on a lap or two, so that no end does, the likeliest is the interval.
        """
        outside = (1.0 - share) / 2
        inside, below = [], 0.0
        for lap, chance in self.items():
            if outside - 1e-9 <= below + chance / 2 <= 1.0 - outside + 1e-9:
                inside.append(lap)
            below += chance
        return (inside[0], inside[-1]) if inside else (self.most_likely, self.most_likely)


def certain(laps: int) -> LapChances:
    return LapChances(laps, (1.0,))


def counted_rows(samples: "np.ndarray[Any, np.dtype[np.int64]]") -> list[LapChances]:
    """A distribution for each row of samples."""
    firsts = samples.min(axis=1)
    width = int((samples.max(axis=1) - firsts).max()) + 1
    at = samples - firsts[:, None] + width * np.arange(len(samples))[:, None]
    counts = np.bincount(at.ravel(), minlength=width * len(samples)).reshape(len(samples), width)
    # One car's long tail makes the table wide for all: find each row's end at once.
    ends = width - np.argmax(counts[:, ::-1] > 0, axis=1)
    found = []
    for first, end, row in zip(firsts.tolist(), ends.tolist(), counts / samples.shape[1], strict=True):
        found.append(LapChances(first, tuple(row[:end].tolist())))
    return found


def mixed(parts: Sequence[tuple[float, LapChances]]) -> LapChances:
    """One distribution out of several by their weights, which sum to one."""
    first = min(part.first for _, part in parts)
    last = max(part.last for _, part in parts)
    chances = [0.0] * (last - first + 1)
    for weight, part in parts:
        for lap, chance in part.items():
            chances[lap - first] += weight * chance
    return LapChances(first, tuple(chances))
