"""How much slower than its class a car was in each of its stints: what a sheet gives away of who drives."""

from bisect import bisect_left
from itertools import chain
from statistics import median

from pitbox.strategy.story import Flying, Story

_AROUND_S = 600.0
_LEAST_OTHERS, _LEAST_LAPS = 6, 4
_MOST_MATES = 30
"""Of a larger class each second car, or third: a usual lap is known as well."""
_EVERY = 3
"""Each so manieth lap of a stint is held against the class: that is as good, at a third of the price."""


def pace_by_stint(story: Story, car_idx: int) -> dict[int, float]:
    """In thousandths of a lap; stints with too few clean laps, or with nobody to compare, are left out."""
    classes = {} if story.info is None else {one.car_idx: one.class_id for one in story.info.entries}
    same = [idx for idx in sorted(story.cars) if idx != car_idx and classes.get(idx) == classes.get(car_idx)]
    mates = [story.cars[idx] for idx in same[:: 1 + len(same) // _MOST_MATES]]
    # Each car's laps are in order already, so that sorting them together is quick.
    others = sorted(chain.from_iterable(car.flying() for car in mates))
    ends_s, times_s = [lap.end_s for lap in others], [lap.time_s for lap in others]
    by_stint: dict[int, list[Flying]] = {}
    for lap in story.cars[car_idx].flying():
        by_stint.setdefault(lap.stint, []).append(lap)
    found: dict[int, float] = {}
    for stint, laps in by_stint.items():
        offs = [off for lap in laps[::_EVERY] if (off := _off(lap, ends_s, times_s)) is not None]
        if len(laps) >= _LEAST_LAPS and offs:
            found[stint] = 1000.0 * median(offs)
    return found


def _off(lap: Flying, ends_s: list[float], times_s: list[float]) -> float | None:
    first = bisect_left(ends_s, lap.end_s - _AROUND_S)
    last = bisect_left(ends_s, lap.end_s + _AROUND_S)
    if last - first < _LEAST_OTHERS:
        return None
    return lap.time_s / median(times_s[first:last]) - 1.0
