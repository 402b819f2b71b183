"""Undercut, overcut and cover: who of two class mates stops first, and what that brings, race by race."""

import math
from collections.abc import Collection, Iterator

import numpy as np

from pitbox.strategy.decision.answer import Call
from pitbox.strategy.decision.ground import Ground
from pitbox.strategy.decision.heat import Runner, gain
from pitbox.strategy.decision.traffic import number_of
from pitbox.strategy.decision.words import signed
from pitbox.strategy.story import RUNNING, CarNow

_NEAR_S = 25.0
"""Further apart, no stop of one changes anything for the other."""
_LEAST, _SURE, _STILL = 0.08, 2.0, 0.5
"""Of a chance: to show a card; in errors: to show it, and to go on."""


def rival_calls(ground: Ground, shown: Collection[str]) -> Iterator[Call]:
    here, mates = ground.situation, {car.class_position: car for car in _mates(ground)}
    ahead = mates.get(ground.car.class_position - 1)
    behind = mates.get(ground.car.class_position + 1)
    now = ground.stopping(here.first_lap, here.first_lap + 1)
    late = ground.stopping(here.first_lap + 3, here.planned_lap)
    if now is None or late is None:
        return
    for kind, rival, one, other in (
        ("undercut", ahead, now, late),
        ("overcut", ahead, late, now),
        ("cover", behind, now, late),
    ):
        is_due = rival is not None and (kind != "cover" or _is_stopping(rival))
        if rival is None or not is_due or abs(_gap_s(ground, rival)) > _NEAR_S:
            continue
        # Only what we mean to do anyway: a card must not tell another stop than the ranking.
        if one is not ground.pick:
            continue
        more, error, chance = _ahead(one, other, rival.car_idx)
        is_shown = f"{kind} {rival.car_idx}" in shown
        if more > (_STILL * error if is_shown else max(_LEAST, _SURE * error)):
            yield _card(ground, kind, rival, (one, other), (more, chance))


def _card(
    ground: Ground,
    kind: str,
    rival: CarNow,
    runners: tuple[Runner, Runner],
    told: tuple[float, float],
) -> Call:
    (one, other), (more, chance) = runners, told
    better = gain(one, other)
    number = number_of(ground.moment, rival.car_idx)
    gap_s = _gap_s(ground, rival)
    stop = one.choice.stops[0]
    later = other.choice.stops[0].lap
    where = f"{abs(gap_s):.0f} s {'ahead' if gap_s > 0 else 'behind'}{_stops(ground, rival)}"
    return Call(
        key=f"{kind} {rival.car_idx}",
        kind=kind,
        urgency=2 if stop.lap == ground.situation.first_lap else 1,
        words=f"{kind.capitalize()} {number}: {one.choice.words[:1].lower()}{one.choice.words[1:]}",
        chance=chance,
        chance_words=f"{100 * chance:.0f} % ahead of {number}",
        gain=better.places,
        gain_error=better.error,
        reason=f"{number} is {where}; {signed(100 * more)} % against a stop on lap {later}",
        waiting="",
        assumptions=("it stops when its tank asks", ground.situation.times.words),
        until_lap=stop.lap,
        choice=one.choice,
    )


def _stops(ground: Ground, rival: CarNow) -> str:
    """When it comes in by itself; nothing while it is in already."""
    told = next((one.next_stop for one in ground.said.rivals if one.car_idx == rival.car_idx), None)
    return "" if told is None or not told.words or _is_stopping(rival) else f", {told.words}"


def _ahead(one: Runner, other: Runner, car_idx: int) -> tuple[float, float, float]:
    """More chance to be ahead of it at the flag, its paired error, and the chance itself."""
    races = min(one.races, other.races)
    first, second = one.ahead_of(car_idx)[:races], other.ahead_of(car_idx)[:races]
    more = first - second
    return float(more.mean()), float(np.std(more)) / math.sqrt(races), float(first.mean())


def _mates(ground: Ground) -> list[CarNow]:
    driven = set(ground.heat.race.around.cars)
    return [
        car
        for car in ground.moment.of_class(ground.car.class_id)
        if car.status == RUNNING and car.car_idx in driven
    ]


def _gap_s(ground: Ground, rival: CarNow) -> float:
    """Above zero: it is ahead."""
    return (rival.place - ground.car.place) * ground.situation.lap_s


def _is_stopping(rival: CarNow) -> bool:
    """It is in the lane, or has come out of it on this lap."""
    last = rival.story.stops.last
    return rival.is_in_pits or (last is not None and last.lap >= rival.laps - 1)
