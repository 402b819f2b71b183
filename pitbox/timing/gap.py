"""Gaps by time at the same place on the track."""

from pitbox.timing.car import Car
from pitbox.timing.heat import Heat
from pitbox.timing.motion import MARKS
from pitbox.timing.order import progress


def laps_behind(heat: Heat, ahead: Car, behind: Car) -> int:
    """Whole laps between two cars."""
    return max(0, int(progress(heat, ahead) - progress(heat, behind)))


def gap_s(heat: Heat, ahead: Car, behind: Car) -> float | None:
    """How long ago the car ahead was where the other one is; None when a lap or more, or not yet, known."""
    if ahead is behind:
        return 0.0
    if laps_behind(heat, ahead, behind) > 0:
        return None
    if ahead.finish_s is not None and behind.finish_s is not None:
        return behind.finish_s - ahead.finish_s
    motion = heat.motion
    mark = int(motion.pct[behind.car_idx] * MARKS) % MARKS
    lead_s = float(motion.passed_s[ahead.car_idx, mark])
    gap = float(motion.passed_s[behind.car_idx, mark]) - lead_s
    # A car that slows or stands between two marks loses what it has not yet shown at the next one.
    next_s = float(motion.passed_s[ahead.car_idx, (mark + 1) % MARKS])
    if next_s > lead_s:
        gap = max(gap, motion.time_s - next_s)
    return gap if gap >= 0 else None  # NaN, where a mark was never passed, is no gap either
