"""How much slower than its class a car was in each of its stints: what a sheet gives away of who drives."""

from bisect import bisect_left
from collections.abc import Iterable
from statistics import median

from pitbox.model.fact import Lap
from pitbox.strategy.story import LEAST_LAP_S, Story

_AROUND_S = 600.0
_LEAST_OTHERS, _LEAST_LAPS = 6, 4
_EVERY = 3
"""Each so manieth lap of a stint is held against the class: that is as good, at a third of the price."""


def pace_by_stint(story: Story, car_idx: int) -> dict[int, float]:
    """In thousandths of a lap; stints with too few clean laps, or with nobody to compare, are left out."""
    classes = {} if story.info is None else {one.car_idx: one.class_id for one in story.info.entries}
    mates = [car for idx, car in story.cars.items() if classes.get(idx) == classes.get(car_idx)]
    others = sorted(
        (lap.end_s, lap.time_s) for car in mates if car.car_idx != car_idx for lap in _flying(car.laps)
    )
    ends_s = [end_s for end_s, _ in others]
    by_stint: dict[int, list[Lap]] = {}
    for lap in _flying(story.cars[car_idx].laps):
        by_stint.setdefault(lap.stint, []).append(lap)
    found: dict[int, float] = {}
    for stint, laps in by_stint.items():
        offs = [off for lap in laps[::_EVERY] if (off := _off(lap, ends_s, others)) is not None]
        if len(laps) >= _LEAST_LAPS and offs:
            found[stint] = 1000.0 * median(offs)
    return found


def _flying(laps: Iterable[Lap]) -> list[Lap]:
    return [lap for lap in laps if lap.lap > 2 and lap.time_s >= LEAST_LAP_S and lap.kind.is_clean()]


def _off(lap: Lap, ends_s: list[float], others: list[tuple[float, float]]) -> float | None:
    first = bisect_left(ends_s, lap.end_s - _AROUND_S)
    last = bisect_left(ends_s, lap.end_s + _AROUND_S)
    if last - first < _LEAST_OTHERS:
        return None
    usual_s = median(time_s for _, time_s in others[first:last])
    return lap.time_s / usual_s - 1.0
