"""Fuel on board at the end of laps to come, by a choice: a fan that opens with the doubt of the use."""

import math

from pitbox.strategy.decision.answer import Choice, FuelFan
from pitbox.strategy.decision.situation import Situation

_Z90 = 1.645
_LAP_SPREAD = 0.02
"""Of one lap's use, beside what is not known of the mean."""


def fuel_fan(choice: Choice, situation: Situation) -> FuelFan:
    """Stops level the doubt as far as they fill to the brim; a measured fill keeps what came before."""
    stops = {stop.lap: stop for stop in choice.stops}
    use_l = situation.use_of(choice.save_share)
    middle, since, kept_l = situation.fuel_l, 0, 0.0
    laps, low, mid, high = [situation.laps], [middle], [middle], [middle]
    for lap in range(situation.laps + 1, situation.fuel_lap + 1):
        middle, since = middle - use_l, since + 1
        spread_l = math.hypot(since * use_l * situation.use_doubt, math.sqrt(since) * use_l * _LAP_SPREAD)
        spread_l = _Z90 * math.hypot(spread_l, kept_l)
        _add(lap, middle, spread_l, situation.tank_l, (laps, low, mid, high))
        stop = stops.get(lap)
        if stop is not None:
            room_l = situation.tank_l - max(0.0, middle)
            added_l = room_l if stop.fuel_l is None else min(room_l, stop.fuel_l)
            kept_l, since = (0.0 if added_l >= room_l - 0.2 else spread_l / _Z90), 0
            middle = max(0.0, middle) + added_l
            _add(lap, middle, _Z90 * kept_l, situation.tank_l, (laps, low, mid, high))
    return FuelFan(tuple(laps), tuple(low), tuple(mid), tuple(high), situation.unit, situation.tank_l)


def _add(
    lap: int,
    middle: float,
    spread_l: float,
    tank_l: float,
    rows: tuple[list[int], list[float], list[float], list[float]],
) -> None:
    """A lap with a stop stands twice: as it comes in, and as it goes."""
    laps, low, mid, high = rows
    laps.append(lap)
    low.append(max(0.0, middle - spread_l))
    mid.append(max(0.0, middle))
    high.append(min(tank_l, max(0.0, middle + spread_l)))
