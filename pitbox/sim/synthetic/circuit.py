"""The track: curvature from a seed, the speed it allows, and what follows from both.

A car's place on a lap has two names: its lap *fraction* (distance) and its lap *phase* (time). Phase runs
evenly through a lap; fraction is slow in corners. Both are 0 at the line and 1 a lap later.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_POINTS = 4096
_TOP_MPS = 78.0
_GRIP_MPS2 = 19.0
_BRAKE_MPS2 = 17.0
_POWER_MPS2 = 9.0
_DRAWS = 60
_MARKS = 128
_STRAIGHT = 0.075
"""Share of the lap before and after the line that has no corner: the pit lane lies there."""
_KEPT = 8
"""Roads that are remembered: half a megabyte each, and every part of an event drives on the same one."""


class Circuit:
    def __init__(self, length_m: float, rng: np.random.Generator) -> None:
        self.length_m = length_m
        self._step_m = length_m / _POINTS
        self._curvature = _drawn(length_m, rng)
        self._speed_mps = _speed(self._curvature, self._step_m)
        even = np.linspace(0.0, 1.0, _POINTS + 1)
        seconds = np.concatenate(([0.0], np.cumsum(self._step_m / _middle(self._speed_mps))))
        self.lap_s = float(seconds[-1])
        """Of the car that the profile was made for."""
        self._phase_of = seconds / seconds[-1]
        self._fraction_of = np.interp(even, self._phase_of, even)
        closed = np.append(self._speed_mps, self._speed_mps[0])
        self._long_mps2 = np.gradient(closed, self._step_m) * closed
        drag = 1.5 + 4.0 * (closed / _TOP_MPS) ** 2
        self._throttle = np.clip((self._long_mps2 + drag) / 7.0, 0.0, 1.0)
        self._brake = np.clip(-(self._long_mps2 + drag) / 14.0, 0.0, 1.0)
        burn = (0.06 + self._throttle)[(self._fraction_of * _POINTS).astype(np.intp)]
        burnt = np.concatenate(([0.0], np.cumsum((burn[1:] + burn[:-1]) / 2)))
        self._burnt_of = burnt / burnt[-1]
        heading = np.concatenate(([0.0], np.cumsum(self._curvature * self._step_m)))
        self._signals = np.stack(
            [
                closed,
                self._long_mps2,
                np.append(self._curvature, self._curvature[0]),
                self._throttle,
                self._brake,
                heading,
            ],
            axis=1,
        )

    @classmethod
    def drawn(cls, length_m: float, rng: np.random.Generator) -> "Circuit":
        """The same as made anew, `rng` left as that would leave it; to be read only."""
        draws = rng.bit_generator
        before = (length_m, repr(draws.state))
        found = _remembered.get(before)
        if found is None:
            circuit = cls(length_m, rng)
            found = _remembered[before] = (circuit, draws.state)
            while len(_remembered) > _KEPT:
                _remembered.popitem(last=False)
        circuit, draws.state = found
        return circuit

    def fraction(self, phase: Floats) -> Floats:
        """Lap fraction at phases in 0..1."""
        return _lookup(self._fraction_of, phase)

    def fraction_at(self, phase: float) -> float:
        return float(_lookup(self._fraction_of, np.float64(phase)))

    def phases(self, fraction: Floats) -> Floats:
        """Lap phase at fractions in 0..1."""
        return _lookup(self._phase_of, fraction)

    def phase(self, fraction: float) -> float:
        return float(_lookup(self._phase_of, np.float64(fraction)))

    def burnt(self, phase: Floats) -> Floats:
        """Share of a lap's fuel that is gone at phases in 0..1."""
        return _lookup(self._burnt_of, phase)

    def fraction_rate(self, fraction: float, lap_s: float) -> float:
        """Lap fractions a second at this place, for a car that takes `lap_s` a lap."""
        slope = float(_lookup(self._signals[:, 0], np.float64(fraction)))
        return slope / self.length_m * self.lap_s / lap_s

    def outline(self) -> tuple[Floats, Floats]:
        """The road in metres from the line, east and north; it sets off eastwards and ends where it began."""
        way = np.concatenate(([0.0], np.cumsum(np.exp(1j * self._signals[:-1, 5])))) * self._step_m
        return way.real, way.imag

    def signals(self, fraction: Floats) -> Floats:
        """Speed, long. acceleration, curvature, throttle, brake and heading there: shape (n, 6)."""
        scaled = fraction * _POINTS
        index = np.minimum(scaled.astype(np.intp), _POINTS - 1)
        share = (scaled - index)[:, None]
        found: Floats = self._signals[index] * (1.0 - share) + self._signals[index + 1] * share
        return found


_remembered: OrderedDict[tuple[float, str], tuple[Circuit, Mapping[str, Any]]] = OrderedDict()
"""By length and the generator's state before the first draw; with its state after the last."""


def _lookup(table: Floats, at: Floats | np.float64) -> Floats:
    scaled = at * _POINTS
    index = np.minimum(scaled.astype(np.intp), _POINTS - 1)
    low = table[index]
    found: Floats = low + (table[index + 1] - low) * (scaled - index)
    return found


def _middle(values: Floats) -> Floats:
    return (values + np.roll(values, -1)) / 2


def _drawn(length_m: float, rng: np.random.Generator) -> Floats:
    """The first curvature drawn whose road does not come near itself."""
    curve = _curvature(length_m, rng)
    for _ in range(_DRAWS):
        if _is_apart(curve, length_m):
            break
        curve = _curvature(length_m, rng)
    return curve


def _is_apart(curve: Floats, length_m: float) -> bool:
    every = _POINTS // _MARKS
    heading = np.cumsum(curve) * length_m / _POINTS
    way = np.cumsum(np.exp(1j * heading)) * length_m / _POINTS
    marks = way[::every]
    apart_m = np.abs(marks[:, None] - marks)
    along = np.abs(np.subtract.outer(np.arange(_MARKS), np.arange(_MARKS)))
    far = np.minimum(along, _MARKS - along) > _MARKS // 16
    return bool(apart_m[far].min() > 0.02 * length_m)


def _curvature(length_m: float, rng: np.random.Generator) -> Floats:
    """Corners as raised cosines that add up to one full turn, 1/m."""
    corners = 12
    room_m = (1.0 - 2 * _STRAIGHT) * length_m / corners
    angle = rng.uniform(0.5, 2.2, corners)
    turn = np.where(rng.random(corners) < 0.3, -1.0, 1.0)
    turn[:2] = (1.0, -1.0)
    left = angle[turn < 0].sum()
    angle[turn > 0] *= (2 * np.pi + left) / angle[turn > 0].sum()
    width_m = np.minimum(2 * angle * rng.uniform(30.0, 140.0, corners), 0.85 * room_m)
    start_m = (
        _STRAIGHT * length_m + room_m * np.arange(corners) + rng.uniform(0, 1, corners) * (room_m - width_m)
    )
    at_m = np.arange(_POINTS) * length_m / _POINTS
    inside = (at_m[:, None] - start_m) / width_m
    bell = np.where((inside > 0) & (inside < 1), 1 - np.cos(2 * np.pi * inside), 0.0)
    return _closed((bell * turn * angle / width_m).sum(axis=1), length_m)


def _closed(curve: Floats, length_m: float) -> Floats:
    """The same corners with straights so slightly bent that the lap ends where it began."""
    step_m = length_m / _POINTS
    turn = 2 * np.pi * np.arange(_POINTS) / _POINTS
    bends = np.stack((np.cos(turn), np.sin(turn))) * (2 * np.pi / length_m)

    def miss(share: Floats) -> Floats:
        heading = np.cumsum(curve + share @ bends) * step_m
        return np.array([np.cos(heading).sum(), np.sin(heading).sum()]) / _POINTS

    def nearer(share: Floats) -> Floats:
        here = miss(share)
        slope = np.stack([(miss(share + nudge) - here) / 1e-5 for nudge in np.eye(2) * 1e-5], axis=1)
        step = np.linalg.lstsq(slope, here, rcond=None)[0]
        nearest: Floats = share - step * min(1.0, 0.3 / (float(np.abs(step).max()) + 1e-12))
        return nearest

    share = _repeated(nearer, np.zeros(2), 60)
    found: Floats = curve + share @ bends
    return found


def _repeated(step: Callable[[Floats], Floats], start: Floats, times: int) -> Floats:
    """After so many steps; from a place seen before they go in circles, so the rest need not be walked."""
    path = [start]
    seen = {start.tobytes(): 0}
    while len(path) <= times:
        path.append(step(path[-1]))
        first = seen.setdefault(path[-1].tobytes(), len(path) - 1)
        last = len(path) - 1
        if first < last:
            return path[first + (times - first) % (last - first)]
    return path[times]


def _speed(curvature: Floats, step_m: float) -> Floats:
    """The fastest profile that grip, brakes and power allow, twice around so that it closes."""
    limit = np.minimum(np.sqrt(_GRIP_MPS2 / np.maximum(np.abs(curvature), 1e-6)), _TOP_MPS)
    # Point by point, each from the one before it: a list of floats is five times as quick there as an array.
    square = np.tile(limit**2, 2).tolist()
    top, braking = (1.1 * _TOP_MPS) ** 2, 2 * _BRAKE_MPS2 * step_m
    here = square[0]
    for i in range(1, len(square)):
        power = _POWER_MPS2 * (1.0 - here / top)
        here = square[i] = min(square[i], here + 2 * power * step_m)
    for i in range(len(square) - 2, -1, -1):
        here = square[i] = min(square[i], here + braking)
    half = len(limit)
    closed = np.minimum(square[:half], square[half:])
    smooth = np.convolve(np.concatenate((closed[-8:], closed, closed[:8])), np.full(17, 1 / 17), "valid")
    speed: Floats = np.sqrt(smooth)
    return speed
