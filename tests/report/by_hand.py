"""The formulas of docs/scores.md over the sim's own truth, by another way than the analysis takes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from raced import Told

from pitbox.sim.synthetic.truth import LapTruth


def clear_laps(truth: Told, car_idx: int) -> list[LapTruth]:
    """No in-, out-, odd or slow lap, and nobody within 1.5 s ahead at either line."""
    crossed_s = np.array([one.end_s for one in truth.laps if one.car_idx != car_idx])
    odd = [one for one in truth.incidents if one.car_idx == car_idx]

    def is_alone(at_s: float) -> bool:
        return not ((at_s - crossed_s > 0) & (at_s - crossed_s < 1.5)).any()

    def is_odd(lap: LapTruth) -> bool:
        # A car that is back on the road is not at its speed yet.
        return any(one.start_s < lap.end_s and (one.end_s or 0.0) + 4.0 > lap.start_s for one in odd)

    mine = [one for one in truth.laps if one.car_idx == car_idx and not (one.is_in or one.is_out)]
    flying = [one for one in mine if not is_odd(one)]
    stint = stints(truth, flying)
    times_s = np.array([one.end_s - one.start_s for one in flying])
    slowest_s = [1.06 * float(np.median(times_s[stint == one])) for one in stint]
    return [
        one
        for one, time_s, most_s in zip(flying, times_s, slowest_s, strict=True)
        if is_alone(one.start_s) and is_alone(one.end_s) and time_s <= most_s
    ]


def stints(truth: Told, laps: Sequence[LapTruth]) -> NDArray[np.intp]:
    stops = sorted(one.lane_in_s for one in truth.stops if one.car_idx == laps[0].car_idx)
    return np.searchsorted(stops, [one.start_s for one in laps])


def line(truth: Told, laps: Sequence[LapTruth], *, has_fuel: bool) -> tuple[float, float]:
    """Fall-off a lap and scatter: a level for each stint, one slope, fuel near its usual price, by Huber."""
    stint = stints(truth, laps)
    kept = np.array([np.sum(stint == one) >= 3 for one in stint])
    stint, some = stint[kept], [one for one, is_kept in zip(laps, kept, strict=True) if is_kept]
    times_s = np.array([one.end_s - one.start_s for one in some])
    number = np.array([float(one.lap) for one in some])
    middle_s = float(np.median(times_s))
    burnt_l = -0.029 * middle_s * number
    fuel_l = np.array([one.fuel_left_l + one.fuel_used_l / 2 for one in some]) if has_fuel else burnt_l
    levels = [1.0 * (stint == one) for one in np.unique(stint)]
    design, y = np.column_stack([*levels, number, fuel_l]), times_s
    unsure = 0.00008 if has_fuel else float(np.hypot(0.00008, 0.25 * 0.00025))
    usual = np.array([*np.zeros(len(levels) + 1), 1.0]) / (unsure * middle_s)
    share, spread_s = np.ones(len(y)), float(np.std(y))
    for _ in range(50):
        root = np.sqrt(share)
        rows = np.vstack([design * root[:, None], usual * spread_s])
        found = np.linalg.lstsq(rows, np.append(y * root, 0.00025 / unsure * spread_s), rcond=None)[0]
        off = np.abs(y - design @ found)
        spread_s = 1.4826 * float(np.median(off)) * np.sqrt(len(y) / (len(y) - design.shape[1] + 1))
        share = np.minimum(1.0, 1.345 * spread_s / np.maximum(off, 1e-12))
    return float(found[-2]), float(spread_s)
