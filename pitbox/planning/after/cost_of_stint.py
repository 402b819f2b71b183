"""What each stint cost against the plan: who drove, how quick, how long, in what traffic, on what track."""

from collections import defaultdict
from collections.abc import Iterator
from math import sqrt
from statistics import median

from pitbox.planning.after.cost import Known, cost
from pitbox.planning.after.estimate import Z90
from pitbox.planning.after.noun import Cost, CostKind, Estimate
from pitbox.planning.after.pace import race_trend
from pitbox.planning.after.passage import LapStory
from pitbox.planning.after.usual import Timed
from pitbox.planning.live.words import name_of

_LEAST_OFF_LAPS = 1.5
_MEDIAN_LOSS = 1.2533
_NAMED = 6


def costs_of_stints(known: Known) -> Iterator[Cost]:
    trend = race_trend(known.race, known.laps)
    by_stint: dict[int, list[Timed]] = defaultdict(list)
    for one in known.laps.timed:
        by_stint[one.stint].append(one)
    for at, some in by_stint.items():
        yield from _circumstances(known, at, some)
        yield from _pace(known, at, some, trend)
        yield from _trouble(known, at, some)


def _circumstances(known: Known, at: int, some: list[Timed]) -> Iterator[Cost]:
    one, sigma_s = known.race.stints[at], known.laps.sigma_s
    name = name_of(known.race.relay, one.seat)
    words = f"{name} instead of whoever was planned for these laps, both as the plan had them"
    other_s = sum(o.expected_s - o.planned_s for o in some)
    yield cost(CostKind.DRIVER, other_s, 0.0, words, stint=one.stint, seat=one.seat)
    fair = [o for o in some if known.is_fair(o)]
    unsure_s = _MEDIAN_LOSS * sigma_s * sqrt(len(fair) / max(1, known.race.track.cars))
    words = "what the cars of the class lost or won then"
    yield cost(CostKind.TRACK, sum(o.track_s for o in fair), unsure_s, words, stint=one.stint, seat=one.seat)


def _trouble(known: Known, at: int, some: list[Timed]) -> Iterator[Cost]:
    race, one, sigma_s = known.race, known.race.stints[at], known.laps.sigma_s
    trouble = [o for o in some if known.kind(o) is LapStory.TROUBLE]
    numbers = ", ".join(str(o.lap.lap) for o in trouble[:_NAMED])
    words = f"{name_of(race.relay, one.seat)}, lap {numbers}{', ...' if len(trouble) > _NAMED else ''}"
    spread_s = sigma_s * sqrt(len(trouble))
    yield cost(CostKind.TROUBLE, known.rest_s(trouble), spread_s, words, stint=one.stint, seat=one.seat)
    if at == 0:
        first = race.laps[0]
        began_s = first.start_s - race.green_s if first.lap == 1 else 0.0
        began_s += known.rest_s([o for o in some if known.kind(o) is LapStory.START])
        words = "from the green flag to the first line, against a flying lap"
        yield cost(CostKind.START, began_s, sigma_s, words, stint=one.stint, seat=one.seat)


def _pace(known: Known, at: int, some: list[Timed], trend: Estimate | None) -> Iterator[Cost]:
    race, laps, one = known.race, known.laps, known.race.stints[at]
    name, sigma_s = name_of(race.relay, one.seat), laps.sigma_s
    clean = [o for o in some if known.kind(o) is LapStory.CLEAN]
    slow = {o.lap.lap for o in laps.slow(at)}
    rests_s = {o.lap.lap: o.lap.time_s - laps.usual_s(o) for o in clean}
    plain = [rest_s for lap, rest_s in rests_s.items() if lap not in slow]
    level_s = median(plain) if plain else 0.0
    slow_s = sum(rests_s[lap] - level_s for lap in slow)
    pace_s = sum(rests_s.values()) - slow_s
    length = _length(known, at, trend)
    if length is not None:
        pace_s -= length.value
        yield _length_cost(known, at, length)
    unsure_s = len(clean) * (laps.common.high - laps.common.low) / (2 * Z90)
    spread_s = sqrt(len(clean) * sigma_s**2 + unsure_s**2)
    words = f"{name}, {len(clean)} clean laps, {pace_s / max(1, len(clean)):+.2f} s each"
    yield cost(CostKind.PACE, pace_s, spread_s, words, stint=one.stint, seat=one.seat)
    words = f"{name}, {len(slow)} lap{'s' * (len(slow) != 1)} far off the others"
    spread_s = sigma_s * sqrt(len(slow))
    yield cost(CostKind.SLOW_LAPS, slow_s, spread_s, words, stint=one.stint, seat=one.seat)


def _length(known: Known, at: int, trend: Estimate | None) -> Estimate | None:
    """A stint that is longer than planned ends on older tyres: half its laps times what a lap is older."""
    stints = known.race.stints
    if trend is None or not known.match.is_whole(at) or at == len(stints) - 1:
        return None
    laps = stints[at].laps
    off = laps - _planned_laps(known, at)
    if abs(off) < _LEAST_OFF_LAPS:
        return None
    low_s, high_s = sorted((trend.low * laps * off / 2, trend.high * laps * off / 2))
    return Estimate(trend.value * laps * off / 2, low_s, high_s)


def _length_cost(known: Known, at: int, length: Estimate) -> Cost:
    one = known.race.stints[at]
    off = one.laps - _planned_laps(known, at)
    name, more = name_of(known.race.relay, one.seat), "more" if off > 0 else "fewer"
    words = f"{name}, {abs(off):.0f} laps {more} than planned: older tyres, less the fuel that burns"
    return Cost(CostKind.LENGTH, length.value, length.low, length.high, words, one.stint, one.seat)


def _planned_laps(known: Known, at: int) -> float:
    return sum(known.plan.runs[row].laps for row in known.match.rows.get(at, ()))
