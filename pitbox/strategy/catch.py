"""Laps until we catch somebody or are caught, and the traffic on the way."""

import math

import msgspec

from pitbox.strategy.story import RUNNING, CarNow, Moment

_RECENT = 8
"""Clean laps that tell the pace of now."""
_LEAST_LAPS = 3
_LEAST_SPREAD_S = 0.05
"""Of the pace between two cars, however even their laps."""
_TRAFFIC_LAPS = 10.0
"""Traffic further away than this says nothing."""


class Catch(msgspec.Struct, frozen=True):
    """`car_idx` and the one it follows."""

    behind: int
    ahead: int
    gap_s: float
    gain_s: float
    """A lap; negative: it falls back."""
    laps: float | None
    """Until it is there; None: not at this pace."""
    first: float | None
    """9 of 10 times not before this, and..."""
    last: float | None
    """... not after this; None: perhaps never."""
    chance: float
    """That it gains at all."""
    assumptions: tuple[str, ...]


class Closing(msgspec.Struct, frozen=True):
    """How our pace and another car's compare, wherever both are on the track."""

    car_idx: int
    gain_s: float
    """A lap, that we are quicker than it; negative: it is quicker."""
    spread_s: float
    laps: int
    """Clean laps of each that this stands on."""


class Traffic(msgspec.Struct, frozen=True):
    """A car on another lap or of another class that comes up in front."""

    car_idx: int
    laps: float
    """Until we are there."""
    is_other_class: bool


class Slower(msgspec.Struct, frozen=True):
    """Cars of one class that stand between us and whoever we hunt."""

    class_id: int
    between: int
    """On the track between both, now."""
    met: int
    """That we come upon before the catch, those between among them."""
    first_laps: float
    """Until we are on the tail of the first."""


def catch(moment: Moment, behind: CarNow, ahead: CarNow) -> Catch | None:
    """Both at the pace of their last clean laps, nobody stopping; None while nobody can tell."""
    gap_s = gap(behind, ahead)
    chaser, chased = _pace(behind), _pace(ahead)
    if gap_s is None or gap_s < 0 or chaser is None or chased is None:
        return None
    gain_s = chased[0] - chaser[0]
    spread_s = math.hypot(_LEAST_SPREAD_S, chaser[1], chased[1])
    words: tuple[str, ...] = (
        f"pace of the last {min(chaser[2], chased[2])} clean laps",
        "nobody stops, no caution",
    )
    if moment.is_caution:
        words = (*words, "counted from the end of the caution")
    return Catch(
        behind=behind.car_idx,
        ahead=ahead.car_idx,
        gap_s=gap_s,
        gain_s=gain_s,
        laps=_laps(gap_s, gain_s),
        first=_laps(gap_s, gain_s + 1.28 * spread_s),
        last=_laps(gap_s, gain_s - 1.28 * spread_s),
        chance=0.5 * math.erfc(-gain_s / spread_s / math.sqrt(2.0)),
        assumptions=words,
    )


def closings(moment: Moment, car: CarNow) -> list[Closing]:
    """Of all cars on the track whose pace is known; empty while ours is not."""
    own, found = _pace(car), list[Closing]()
    for other in moment.cars if own is not None else ():
        theirs = _pace(other)
        if theirs is None or own is None or other.car_idx == car.car_idx or other.status != RUNNING:
            continue
        spread_s = math.hypot(_LEAST_SPREAD_S, own[1], theirs[1])
        found.append(Closing(other.car_idx, theirs[0] - own[0], spread_s, min(own[2], theirs[2])))
    return found


def gap(behind: CarNow, ahead: CarNow) -> float | None:
    """Seconds at the last line that both have crossed on the same lap; None before there is one."""
    lap = min(behind.laps, ahead.laps)
    theirs, ours = ahead.story.laps.get(lap), behind.story.laps.get(lap)
    if theirs is None or ours is None:
        return None
    return ours.end_s - theirs.end_s


def traffic(moment: Moment, car: CarNow, most_laps: float = _TRAFFIC_LAPS) -> list[Traffic]:
    """Slower cars that are not raced for place, nearest first: when we are on their tail.

    Empty where nobody sees the track between two crossings, as on a timing sheet.
    """
    own = _pace(car)
    if own is None or moment.is_sheet:
        return []
    found = []
    for other in moment.cars:
        is_other_class = other.class_id != car.class_id
        is_lapped = other.laps + other.lap_pct < car.laps + car.lap_pct - 0.5
        if other.car_idx == car.car_idx or not (is_other_class or is_lapped):
            continue
        theirs = _pace(other)
        if theirs is None or other.is_in_pits or other.status != RUNNING:
            continue
        gain_s = theirs[0] - own[0]
        if gain_s <= 0:
            continue
        laps = (other.lap_pct - car.lap_pct) % 1.0 * own[0] / gain_s
        if laps <= most_laps:
            found.append(Traffic(other.car_idx, laps, is_other_class))
    return sorted(found, key=lambda one: one.laps)


def slower_on_the_way(moment: Moment, car: CarNow, hunt: Catch | None) -> list[Slower]:
    """By class, the nearest first; empty without a catch to come."""
    target = None if hunt is None else moment.car(hunt.ahead)
    if hunt is None or hunt.laps is None or target is None:
        return []
    room = (target.lap_pct - car.lap_pct) % 1.0
    cars = {other.car_idx: other for other in moment.cars}
    found: dict[int, Slower] = {}
    for one in traffic(moment, car, hunt.laps):
        other = cars[one.car_idx]
        is_between = (other.lap_pct - car.lap_pct) % 1.0 < room
        known = found.get(other.class_id, Slower(other.class_id, 0, 0, one.laps))
        found[other.class_id] = Slower(
            other.class_id, known.between + is_between, known.met + 1, known.first_laps
        )
    return list(found.values())


def _laps(gap_s: float, gain_s: float) -> float | None:
    return gap_s / gain_s if gain_s > 1e-6 else None


def _pace(car: CarNow) -> tuple[float, float, int] | None:
    """(mean, standard deviation of the mean, laps) of its last clean laps."""
    laps = [lap.time_s for lap in car.story.clean_laps(_RECENT)]
    if len(laps) < _LEAST_LAPS:
        return None
    mean_s = math.fsum(laps) / len(laps)
    variance = math.fsum((lap - mean_s) ** 2 for lap in laps) / (len(laps) - 1)
    return mean_s, math.sqrt(variance / len(laps)), len(laps)
