# mypy: disable-error-code="untyped-decorator, no-untyped-def, no-untyped-call"
# ruff: noqa: I001, ANN001, ANN201, PLR0917, FURB136 - rows in rows; numba knows the types, and widens selects
"""The end of compiled races: the first line that each car crosses after the flag, and their order."""

import numpy as np
from numba import float32, float64, int32, int64

from pitbox.strategy.montecarlo.layout import (
    AGE, CAR, CLASS, DRY_STOPS, LANES, LONGEST, REFERENCE, RETIRE, STOPS,
)  # fmt: skip
from pitbox.strategy.montecarlo.leaf import FAR, ONE, ZERO, leaf

_LAPS, _BETTER, _PEERS, _ROW = 0, LANES, 2 * LANES, 3 * LANES
_OUT_S, _LAP_S = 3.0e9, 1.0e6
"""Laps count before time, and whoever is out is behind all."""


@leaf
def arrive(laps, cars, f, history, flag, key, q, race):
    """Laps of each car into `q`, its time and what places it into `key`."""
    reference = float64(race[REFERENCE])
    for c in range(cars):
        for n in range(LANES):
            retires = f[c * CAR + RETIRE * LANES + n]
            k = min(laps, int64(retires))
            while k > 1:
                before = float64(history[((k - 1) * cars + c) * LANES + n]) + float64(k - 1) * reference
                if before < flag[n]:
                    break
                k -= 1
            last = history[(k * cars + c) * LANES + n]
            is_out = last >= FAR
            done = retires - ONE if is_out else float32(k)
            time_s = float64(last) + float64(k) * reference
            q[c * _ROW + _LAPS + n], q[c * _ROW + _BETTER + n], q[c * _ROW + _PEERS + n] = done, ONE, ONE
            key[2 * c * LANES + n] = np.inf if is_out else time_s
            key[(2 * c + 1) * LANES + n] = (_OUT_S if is_out else time_s) - _LAP_S * float64(done)


@leaf
def tell(lanes, cars, begin, f, key, q, policy, laps_out, time_out, place, class_place, told, races):
    for c in range(1, cars):
        for other in range(c):
            peer = ONE if policy[CLASS * cars + c] == policy[CLASS * cars + other] else ZERO
            for n in range(LANES):
                is_behind = key[(2 * other + 1) * LANES + n] <= key[(2 * c + 1) * LANES + n]
                worse, better = (ONE, ZERO) if is_behind else (ZERO, ONE)
                q[c * _ROW + _BETTER + n] += worse
                q[c * _ROW + _PEERS + n] += worse * peer
                q[other * _ROW + _BETTER + n] += better
                q[other * _ROW + _PEERS + n] += better * peer
    for c in range(cars):
        o, r, at = c * CAR, c * _ROW, c * races + begin
        for n in range(lanes):
            laps_out[at + n] = int32(q[r + _LAPS + n])
            time_out[at + n] = key[2 * c * LANES + n]
            place[at + n] = int32(q[r + _BETTER + n])
            class_place[at + n] = int32(q[r + _PEERS + n])
            longest, age = f[o + LONGEST * LANES + n], f[o + AGE * LANES + n]
            told[at + n] = int32(f[o + STOPS * LANES + n])
            told[cars * races + at + n] = int32(longest if longest > age else age)
            told[2 * cars * races + at + n] = int32(f[o + DRY_STOPS * LANES + n])
