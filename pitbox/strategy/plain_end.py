"""Three formulas that everybody knows for the last lap: what the race-end model has to beat."""

import math
from statistics import fmean, median

import msgspec

from pitbox.strategy.story import LEAST_LAP_S, CarNow, Moment

_ROLLING = 10


class PlainEnd(msgspec.Struct, frozen=True):
    """Laps at the flag by each formula, the lap that runs at zero included."""

    mean_lap: int
    """Time left over the mean lap so far, stops and cautions in it."""
    last_green: int
    """Over the last green lap."""
    rolling: int
    """Over the median of the last green laps, with what stops and cautions cost in the mean so far."""


def plain_end(car: CarNow, moment: Moment) -> PlainEnd | None:
    """None for a car that has not completed a lap, or a race without a clock."""
    line_s, left_s = car.line_s, moment.time_left_s
    laps = [lap for lap in car.story.laps if lap.time_s >= LEAST_LAP_S]
    if line_s is None or left_s is None or not laps or car.laps < 1:
        return None
    mean_s = (line_s - moment.green_s) / car.laps
    green = [
        lap.time_s for lap in laps if not (lap.kind.is_in or lap.kind.is_out or lap.kind.is_caution)
    ] or [laps[-1].time_s]
    rolling_s = median(green[-_ROLLING:])
    lost_s = max(0.0, fmean(lap.time_s for lap in laps) - median(green))

    def last_lap(lap_s: float) -> int:
        return car.laps + math.ceil((left_s + moment.now_s - line_s) / lap_s)

    return PlainEnd(last_lap(mean_s), last_lap(green[-1]), last_lap(rolling_s + lost_s))
