"""What age costs our tyres: as a learned model says it, else what stints of this race lose from lap to lap.

The plain figure is what the clock shows: lighter fuel and a gripping track are in it, so it may be below
zero; then age is taken to cost nothing, and the interval says how little is known.
"""

import math
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple
from weakref import WeakKeyDictionary

from pitbox.model.fact import Lap
from pitbox.strategy.decision.answer import TyreFit
from pitbox.strategy.decision.set_wear import set_wear
from pitbox.strategy.decision.situation import TyreCurveNow
from pitbox.strategy.story import CarNow, CarStory, Moment

_LEAST_LAPS, _LEAST_STINT = 12, 5
_SETTLING = 2
"""Laps after a stop that say nothing about age."""
_MISHAP = 1.03
_PRIOR_SPREAD = 0.0006
"""Of a lap: what age costs a lap, one standard deviation, before anybody has shown it."""
_Z90 = 1.645
_MOST_POINTS, _MOST_AGES = 200, 60


def wear_of(moment: Moment, car: CarNow, *, is_refuelled: bool = True) -> TyreCurveNow:
    learned, speaker = moment.learned.tyres, moment.learned.tyre_speaker
    if learned is not None:
        words = "a learned model" if speaker is None else f"{speaker.model} {speaker.version}"
        curve = learned.curves.get(learned.compound, ())
        cliff = 10_000 if learned.cliff_age is None else round(learned.cliff_age)
        return TyreCurveNow(
            slope_s=max(0.0, learned.slope_s),
            low_s=learned.low_s,
            high_s=learned.high_s,
            cliff_lap=cliff,
            cliff_slope_s=max(0.0, learned.slope_s) if learned.cliff_age is not None else 0.0,
            laps=learned.laps,
            speaker=words,
            table_s=tuple(max(0.0, one.middle_s) for one in curve),
            low_table_s=tuple(one.low_s for one in curve),
            high_table_s=tuple(one.high_s for one in curve),
        )
    if not is_refuelled:
        return set_wear(moment, car)
    return _plain(moment, car)


def tyre_fit(car: CarNow, curve: TyreCurveNow) -> TyreFit | None:
    """Our own laps by age, and the curve; None before there are any."""
    points = tuple(_points(car.story))[-_MOST_POINTS:]
    if not points:
        return None
    ages = tuple(range(min(_MOST_AGES, max(age for age, _ in points) + 10)))
    return TyreFit(
        points=points,
        ages=ages,
        low_s=tuple(curve.band_s(age)[0] for age in ages),
        middle_s=tuple(curve.band_s(age)[1] for age in ages),
        high_s=tuple(curve.band_s(age)[2] for age in ages),
        speaker=curve.speaker,
    )


def _plain(moment: Moment, car: CarNow) -> TyreCurveNow:
    """The slope within stints of our class, each stint against its own mean, held by a prior."""
    lap_s = car.story.typical_lap_s() or 100.0
    prior_s = _PRIOR_SPREAD * lap_s
    top = bottom = 0.0
    rests: list[float] = []
    laps = 0
    for mate in moment.of_class(car.class_id):
        for stint in _sums(mate.story):
            top, bottom, laps = top + stint.top, bottom + stint.bottom, laps + len(stint.rests_s)
            rests += stint.rests_s
    if laps < _LEAST_LAPS or bottom <= 0:
        return TyreCurveNow(low_s=0.0, high_s=_Z90 * prior_s, laps=laps)
    noise_s = max(0.001 * lap_s, 1.4826 * median(rests))
    # Laps of a stint err alike: each says about a third of what a lap by itself would.
    hold = (noise_s / prior_s) ** 2
    slope_s = top / 3.0 / (bottom / 3.0 + hold)
    doubt_s = noise_s / math.sqrt(bottom / 3.0 + hold)
    words = f"{laps} laps of the class, by age alone: fuel burnt is in it"
    return TyreCurveNow(
        slope_s=max(0.0, slope_s),
        low_s=slope_s - _Z90 * doubt_s,
        high_s=slope_s + _Z90 * doubt_s,
        laps=laps,
        speaker=words,
    )


class _StintSums(NamedTuple):
    """Of laps against the mean of their stint."""

    top: float
    """Age times time."""
    bottom: float
    """Age squared."""
    rests_s: list[float]


_known: "WeakKeyDictionary[CarStory, tuple[int, list[_StintSums]]]" = WeakKeyDictionary()
"""A moment is a lap of one car more: the sums of all others stand until they drive their next one."""


def _sums(car: CarStory) -> list[_StintSums]:
    known = _known.get(car)
    if known is None or known[0] != car.changes:
        known = _known[car] = (car.changes, [_sums_of(stint) for stint in _stints(car)])
    return known[1]


def _sums_of(stint: list[tuple[int, float]]) -> _StintSums:
    ages = [float(age) for age, _ in stint]
    times = [time_s for _, time_s in stint]
    mean_age, mean_s = math.fsum(ages) / len(ages), math.fsum(times) / len(times)
    top = math.fsum((a - mean_age) * (t - mean_s) for a, t in zip(ages, times, strict=True))
    bottom = math.fsum((a - mean_age) ** 2 for a in ages)
    return _StintSums(top, bottom, [abs(t - mean_s) for t in times])


def _stints(car: CarStory) -> Iterator[list[tuple[int, float]]]:
    """Clean settled laps of each stint, by age, mishaps left out."""
    for stint in _raw_stints(car):
        if len(stint) < _LEAST_STINT:
            continue
        middle_s = median(lap.time_s for _, lap in stint)
        yield [(age, lap.time_s) for age, lap in stint if lap.time_s < _MISHAP * middle_s]


def _raw_stints(car: CarStory) -> Iterator[Sequence[tuple[int, Lap]]]:
    stint: list[tuple[int, Lap]] = []
    age = 0
    for lap in car.laps:
        age += 1
        if lap.kind.is_out:
            yield stint
            stint, age = [], 1
        if lap.kind.is_clean() and age > _SETTLING:
            stint.append((age, lap))
    yield stint


def _points(car: CarStory) -> Iterator[tuple[int, float]]:
    """Each lap against the mean of its stint's first laps."""
    for stint in _stints(car):
        if stint:
            first_s = median(time_s for _, time_s in stint[:3])
            for age, time_s in stint:
                yield age, round(time_s - first_s, 3)
