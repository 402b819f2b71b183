"""Free times as bits, so that many teams are judged at once: to five minutes, coarser where that is exact."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pitbox.model.span import Span, Spans, joined

STEPS_S = (3600, 1800, 900, 600, 300)
"""The first that every time falls on is taken; times between five minutes go to the nearest."""
_WORD = 64

Bits = NDArray[np.uint64]
"""A row of words for each person."""


def step_s(race: Span, free: Sequence[Spans]) -> int:
    ends = {end_s - race.start_s for spans in free for span in spans for end_s in (span.start_s, span.end_s)}
    ends.add(race.length_s)
    inside = [end_s for end_s in ends if 0 < end_s <= race.length_s]
    for step in STEPS_S:
        if all(end_s % step == 0 for end_s in inside):
            return step
    return STEPS_S[-1]


class Grid:
    """The slots of one race."""

    def __init__(self, race: Span, step: int) -> None:
        self.race = race
        self.step_s = step
        self.slots = max(1, round(race.length_s / step))
        self.words = -(-self.slots // _WORD)

    def cells(self, spans: Spans) -> NDArray[np.bool_]:
        """Both ends of a span go to the nearest slot, so that what touched still touches."""
        out = np.zeros(self.slots, bool)
        for span in spans:
            begin = round((span.start_s - self.race.start_s) / self.step_s)
            end = round((span.end_s - self.race.start_s) / self.step_s)
            out[max(0, begin) : max(0, end)] = True
        return out

    def bits(self, rows: Sequence[Spans]) -> Bits:
        """One row for each person, and an empty one at the end, for nobody."""
        cells = np.zeros((len(rows) + 1, self.words * _WORD), bool)
        for row, spans in enumerate(rows):
            cells[row, : self.slots] = self.cells(spans)
        packed: Bits = np.packbits(cells, axis=1, bitorder="little").view(np.uint64)
        return packed

    def spans(self, cells: NDArray[np.bool_]) -> Spans:
        """Where the cells are true."""
        start_s, step = self.race.start_s, self.step_s
        last = self.race.end_s
        return joined(
            Span(
                start_s + int(cell) * step,
                last if cell == self.slots - 1 else start_s + (int(cell) + 1) * step,
            )
            for cell in np.flatnonzero(cells)
        )
