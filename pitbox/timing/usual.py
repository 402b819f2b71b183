"""How fast cars of a class usually are at each place of the track, learnt from the field itself."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.timing.field import Bools, Floats

CELLS = 256
"""A step of half a second covers one or two of them."""
_MAX_CELLS = 12
_LEARN = 0.15
_LEARN_FASTER = 0.5
"""What is much slower than cars turn out to be was learnt on a bad lap."""
_LEAST_SAMPLES = 1200
"""Of a class, before it is believed: some laps of one car."""


class Usual(msgspec.Struct, array_like=True):
    """By class: seconds per lap at each cell of the lap; 0 where nobody was yet."""

    classes: list[int]
    slowness: Floats
    """(classes, CELLS)."""
    samples: NDArray[np.int64]

    def row(self, class_id: int) -> int:
        """The class's row, new if need be."""
        if class_id not in self.classes:
            self.classes.append(class_id)
            self.slowness = np.concatenate((self.slowness, np.zeros((1, CELLS))))
            self.samples = np.concatenate((self.samples, np.zeros(1, np.int64)))
        return self.classes.index(class_id)

    def is_ready(self) -> Bools:
        """By class: whether there is enough to compare with."""
        ready: Bools = (self.samples >= _LEAST_SAMPLES) & (self.slowness > 0).all(axis=1)
        return ready

    def learn(self, row: NDArray[np.intp], start: Floats, move: Floats, span_s: Floats) -> None:
        """Steps of cars that drive as they can: from `start`, over `move` laps, in `span_s`."""
        if not len(row):
            return
        first = (start * CELLS).astype(np.intp)
        last = ((start + move) * CELLS).astype(np.intp)
        found = span_s / move
        for nth in range(min(int((last - first).max()) + 1, _MAX_CELLS)):
            is_in = first + nth <= last
            rows, cell = row[is_in], (first[is_in] + nth) % CELLS
            known = self.slowness[rows, cell]
            rate = np.where(known == 0.0, 1.0, np.where(found[is_in] < 0.8 * known, _LEARN_FASTER, _LEARN))
            self.slowness[rows, cell] = known + rate * (found[is_in] - known)
        np.add.at(self.samples, row, 1)

    def expected_s(self, row: NDArray[np.intp], start: Floats, move: Floats) -> Floats:
        """How long cars of the class usually take from `start` over `move` laps (forwards, less than one)."""
        until = np.concatenate(
            (np.zeros((len(self.classes), 1)), self.slowness.cumsum(axis=1) / CELLS), axis=1
        )
        end = start + move
        span_s: Floats = _at(until, row, end % 1.0) - _at(until, row, start) + np.floor(end) * until[row, -1]
        return span_s


def nothing_usual() -> Usual:
    return Usual(classes=[], slowness=np.zeros((0, CELLS)), samples=np.zeros(0, np.int64))


def _at(until: Floats, row: NDArray[np.intp], pct: Floats) -> Floats:
    """Seconds from the line to a place."""
    cell = np.minimum((pct * CELLS).astype(np.intp), CELLS - 1)
    before = until[row, cell]
    value: Floats = before + (pct * CELLS - cell) * (until[row, cell + 1] - before)
    return value
