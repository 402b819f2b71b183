"""How fast cars of a class usually are at each place of the track, learnt from the field itself."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.timing.field import Floats

CELLS = 256
"""A step of half a second covers one or two of them."""
_MAX_CELLS = 12
_LEARN = 0.15
_LEARN_FASTER = 0.5
"""What is much slower than cars turn out to be was learnt on a bad lap."""


class Usual(msgspec.Struct, array_like=True):
    """By class: seconds per lap at each cell of the lap; NaN where nobody was yet."""

    classes: list[int]
    slowness: Floats
    """(classes, CELLS)."""

    def row(self, class_id: int) -> int:
        """The class's row, new if need be."""
        if class_id not in self.classes:
            self.classes.append(class_id)
            self.slowness = np.concatenate((self.slowness, np.full((1, CELLS), np.nan)))
        return self.classes.index(class_id)

    def learn(self, row: NDArray[np.intp], start: Floats, move: Floats, span_s: Floats) -> None:
        """Steps of cars that drive as they can: from `start`, over `move` laps, in `span_s`."""
        if not len(row):
            return
        first = (start * CELLS).astype(np.intp)
        last = ((start + move) * CELLS).astype(np.intp)
        found = span_s / move
        for nth in range(min(int((last - first).max()) + 1, _MAX_CELLS)):
            cell = first + nth
            is_in = cell <= last
            if nth:
                row, cell, found = row[is_in], cell[is_in], found[is_in]
                first, last = first[is_in], last[is_in]
            cell %= CELLS
            known = self.slowness[row, cell]
            rate = np.where(found < 0.8 * known, _LEARN_FASTER, _LEARN)
            better = known + rate * (found - known)
            self.slowness[row, cell] = np.where(np.isnan(known), found, better)

    def until(self) -> Floats:
        """(classes, 2, CELLS + 1): seconds from the line to each cell, and how many cells are unknown."""
        is_new = np.isnan(self.slowness)
        until = np.zeros((2, len(self.classes), CELLS + 1))
        np.cumsum(np.where(is_new, 0.0, self.slowness / CELLS), axis=1, out=until[0, :, 1:])
        np.cumsum(is_new, axis=1, out=until[1, :, 1:])
        return until

    @staticmethod
    def expected_s(until: Floats, row: NDArray[np.intp], start: Floats, move: Floats) -> Floats:
        """How long cars of the class usually take from `start` over `move` laps (forwards, less than one).

        NaN where a part of the way is unknown; `until` is what the method of that name gave.
        """
        end = start + move
        whole = np.floor(end)
        first, last = start * CELLS, (end - whole) * CELLS
        low = np.minimum(first.astype(np.intp), CELLS - 1)
        high = np.minimum(last.astype(np.intp), CELLS - 1)
        times = until[0]
        at_low, at_high = times[row, low], times[row, high]
        span_s: Floats = at_high + (last - high) * (times[row, high + 1] - at_high)
        span_s -= at_low + (first - low) * (times[row, low + 1] - at_low)
        span_s += whole * times[row, -1]
        gaps = until[1]
        unknown = gaps[row, high + 1] - gaps[row, low] + whole * gaps[row, -1]
        span_s[unknown > 0] = np.nan
        return span_s


def nothing_usual() -> Usual:
    return Usual(classes=[], slowness=np.full((0, CELLS), np.nan))
