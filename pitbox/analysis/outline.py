"""The shape of a track: where each lap fraction lies on the ground, and how a lap's time lies along it."""

import math
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POINTS = 1024
"""Evenly spread over the lap: 20 m apart on the longest of tracks."""


_EDGES = np.arange(POINTS + 1) / POINTS


class Source(StrEnum):
    """By what the shape is known, the best first."""

    POSITION = "position"
    """Latitude and longitude, which the sim writes to disk."""
    MOTION = "motion"
    """Velocity and yaw, summed up over one lap."""
    CIRCLE = "circle"
    """Nothing: no lap of ours has been seen whole."""


class Outline(msgspec.Struct, frozen=True, eq=False):
    """A closed line; fractions beyond 0..1 go on around it."""

    source: Source
    x_m: Floats
    y_m: Floats
    """East and north of the middle; north only where the sim told it."""
    phase: Floats
    """The share of a lap's time that is over at each point."""
    closing_m: float = 0.0
    """By so much the lap's end missed its start, before that was spread over all of it."""

    @property
    def is_learnt(self) -> bool:
        return self.source is not Source.CIRCLE

    @property
    def length_m(self) -> float:
        x_m, y_m = (np.append(axis, axis[0]) for axis in (self.x_m, self.y_m))
        return float(np.hypot(np.diff(x_m), np.diff(y_m)).sum())

    def place(self, pct: Floats | float) -> tuple[Floats, Floats]:
        """(x, y) at lap fractions."""
        return _around(self.x_m, pct), _around(self.y_m, pct)

    def heading(self, pct: Floats | float) -> tuple[Floats, Floats]:
        """The direction of travel there, of length 1."""
        step = 1.5 / POINTS
        at = np.asarray(pct, np.float64)
        (x, y), (ahead_x, ahead_y) = self.place(at - step), self.place(at + step)
        dx, dy = ahead_x - x, ahead_y - y
        far = np.maximum(np.hypot(dx, dy), 1e-9)
        return dx / far, dy / far

    def later(self, pct: float, lap_shares: Floats) -> Floats:
        """The fractions at which a car is so many laps' time after this one; before it if negative."""
        phases = np.append(self.phase, 1.0)
        now = np.interp(pct % 1.0, _EDGES, phases) + np.asarray(lap_shares, np.float64)
        found: Floats = np.interp(np.mod(now, 1.0), phases, _EDGES) % 1.0
        return found


def circle(length_m: float) -> Outline:
    """Stands in until a lap is known: fractions go around it clockwise from the top."""
    turn = 2 * np.pi * np.arange(POINTS) / POINTS
    radius_m = max(length_m, 1.0) / (2 * math.pi)
    even = np.arange(POINTS) / POINTS
    return Outline(Source.CIRCLE, radius_m * np.sin(turn), radius_m * np.cos(turn), even)


def _around(values: Floats, pct: Floats | float) -> Floats:
    at = np.mod(np.asarray(pct, np.float64), 1.0) * POINTS
    low = at.astype(np.intp) % POINTS
    share = at - np.floor(at)
    found: Floats = values[low] * (1.0 - share) + values[(low + 1) % POINTS] * share
    return found
