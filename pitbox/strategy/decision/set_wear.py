"""Tyres where nobody adds fuel: the car gets lighter all the way, so age and fuel can be told apart.

On the same lap of the race, cars of a class drive on sets of different age: what a lap of age costs, and what
a lap of fuel brings, are the two slopes of one fit, held by what is usual until the race has shown its own.
Laps show less than tyres cost: drivers nurse them, and everybody stops before they are gone. So the slope
counts for more, and beyond the stint that is usual here each lap of age costs much more.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from pitbox.model.fact import Lap
from pitbox.strategy.decision.situation import TyreCurveNow
from pitbox.strategy.story import CarNow, CarStory, Moment

_AGE, _AGE_SPREAD = 0.00038, 0.0003
_BURN, _BURN_SPREAD = -0.036, 0.006
"""Of a lap: what one lap of age costs, and what all fuel of a race does; in the middle of 119 races without
fuel stops from 2018 to 2023, and how far their halves lie apart."""
_NURSED, _GONE, _GONE_FROM = 1.5, 0.006, 1.1
"""The slope counts so many times; beyond so many usual stints each lap of age costs this share of a lap more.
Chosen by how often stops of the season 2023 were agreed with."""
_NOISE = 0.0065
"""Of a lap, about both."""
_ALIKE = 5.0
"""Laps in a row err alike: so many say as much as one."""
_MISHAP, _LEAST_LAPS = 1.03, 6
_Z90 = 1.645
_STINT_SHARE, _STINT_WEIGHT = 0.3, 6.0
"""A stint is usually so much of the race; counts as so many."""


def set_wear(moment: Moment, car: CarNow) -> TyreCurveNow:
    lap_s = car.story.typical_lap_s() or 100.0
    length = race_laps(moment, lap_s)
    precision = np.diag([_AGE_SPREAD**-2, (_BURN_SPREAD / length) ** -2])
    pull = precision @ np.array([_AGE, _BURN / length])
    laps = 0
    for mate in moment.of_class(car.class_id):
        rows = list(_rows(mate.story))
        if len(rows) < _LEAST_LAPS:
            continue
        table = np.array(rows)
        table[:, 2] /= np.median(table[:, 2])
        table -= table.mean(axis=0)
        slopes, times = table[:, :2], table[:, 2]
        precision += slopes.T @ slopes / (_ALIKE * _NOISE**2)
        pull += slopes.T @ times / (_ALIKE * _NOISE**2)
        laps += len(rows)
    cover, scale_s = np.linalg.inv(precision), _NURSED * lap_s
    slope_s, doubt_s = float((cover @ pull)[0]) * scale_s, math.sqrt(float(cover[0, 0])) * scale_s
    return TyreCurveNow(
        slope_s=max(0.0, slope_s),
        low_s=slope_s - _Z90 * doubt_s,
        high_s=slope_s + _Z90 * doubt_s,
        cliff_lap=round(_GONE_FROM * typical_stint(moment.of_class(car.class_id), length)),
        cliff_slope_s=_GONE * lap_s,
        laps=laps,
        speaker=f"{laps} laps of the class by age and by fuel burnt, and what is usual",
    )


def race_laps(moment: Moment, lap_s: float) -> float:
    """As far as one can tell."""
    done = 0.0 if moment.leader is None else moment.leader.place
    by_time = done + (moment.time_left_s or 0.0) / lap_s
    return max(10.0, by_time if moment.length.laps is None else float(moment.length.laps))


def typical_stint(mates: Iterable[CarNow], whole: float) -> float:
    """Of stints that ended with a stop, held by what is usual."""
    ended = [
        after - before
        for car in mates
        for before, after in pairwise((0, *(stop.lap for stop in car.story.stops)))
        if after > before
    ]
    usual = _STINT_SHARE * whole
    if not ended:
        return usual
    return (len(ended) * median(ended) + _STINT_WEIGHT * usual) / (len(ended) + _STINT_WEIGHT)


def _rows(car: CarStory) -> Iterator[tuple[float, float, float]]:
    """(age, lap, time) of clean laps."""
    clean = list(_aged(car.laps))
    if not clean:
        return
    most_s = _MISHAP * median(lap.time_s for _, lap in clean)
    for age, lap in clean:
        if lap.time_s < most_s:
            yield float(age), float(lap.lap), lap.time_s


def _aged(laps: Iterable[Lap] | Sequence[Lap]) -> Iterator[tuple[int, Lap]]:
    age = 0
    for lap in laps:
        age = 1 if lap.kind.is_out else age + 1
        if lap.kind.is_clean() and lap.lap > 1:
            yield age, lap
