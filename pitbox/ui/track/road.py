"""The road as the map draws it: the outline, and the pit lane beside it. Pure; loads no Qt."""

import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.lane import Span
from pitbox.analysis.outline import Outline

Floats = NDArray[np.float64]

_RAMP = 0.14
"""Of the lane, at either end: there it leaves the track and comes back to it."""
_TOP_UP = 0.004
"""Of the lap: a car that is a little outside of what was seen is in the lane all the same."""


class Road:
    """Where the pits lie is known along the lap only: they are drawn on the inside."""

    def __init__(self, outline: Outline, lane: Span | None) -> None:
        self.outline, self.lane = outline, lane
        x_m, y_m = outline.x_m, outline.y_m
        area = float((x_m * np.roll(y_m, -1) - np.roll(x_m, -1) * y_m).sum())
        self._inward = 1.0 if area > 0 else -1.0
        self.middle = float(x_m.mean()), float(y_m.mean())

    def place(self, pct: Floats, aside_m: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """(x, y), so far towards the inside."""
        x_m, y_m = self.outline.place(pct)
        if not np.any(aside_m):
            return x_m, y_m
        east, north = self.outline.heading(pct)
        return x_m - north * aside_m * self._inward, y_m + east * aside_m * self._inward

    def inward(self, pct: Floats) -> tuple[Floats, Floats]:
        """The direction from the track to its inside, of length 1."""
        east, north = self.outline.heading(pct)
        return -north * self._inward, east * self._inward

    def lane_share(self, pct: Floats) -> Floats:
        """How far in the lane a car in the pits is drawn: 0 on the track, 1 beside it."""
        if self.lane is None:
            return np.ones_like(pct)
        start, end = self.lane[0] - _TOP_UP, self.lane[1] + _TOP_UP
        along = np.mod(pct - start, 1.0) / (end - start)
        share = np.minimum(along, 1.0 - along) / _RAMP
        eased = np.clip(share, 0.0, 1.0)
        inside: Floats = np.where(along <= 1.0, eased * eased * (3.0 - 2.0 * eased), 1.0)
        return inside
