"""What an engineer tries: only what is touched is raced again, few races first and more while one looks."""

import math
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from pitbox.strategy.decision.answer import Choice, PlannedStop, Rated, Tried, WhatIf
from pitbox.strategy.decision.heat import FIRST_RACES, Heat, Runner, compare
from pitbox.strategy.decision.our_race import Assumed
from pitbox.strategy.decision.rule import broken, fuel_walk
from pitbox.strategy.decision.situation import Situation
from pitbox.strategy.decision.words import choice_key, choice_words
from pitbox.strategy.montecarlo.outcome import Prospect, Whole

_BRIM_L = 0.15
"""A pump takes tenths."""
_STEPS = (FIRST_RACES, 4 * FIRST_RACES, 16 * FIRST_RACES)


def trials(
    asked: WhatIf, heat: Heat, situation: Situation, pick: Choice, races: int = _STEPS[-1]
) -> Iterator[Tried]:
    """Held against what we mean to do: in the same world where stops are tried, else in the world of now.

    Raced as choices are, where each stop counts in that; else both hold to their plans until a caution or
    rain calls them in, and the place is that of what we mean, raced as choices are, moved in each race by
    what the trial does to it: so it compares with the places of all choices.
    """
    choice = _choice(asked, situation, pick)
    forbidden = broken(choice, situation)
    if forbidden:
        yield Tried(asked, None, forbidden, 0)
        return
    is_held = not (heat.race.is_followed(choice) and heat.race.is_followed(pick))
    given = Assumed(
        asked.pace_s,
        asked.lose_s,
        asked.caution_in_s,
        asked.rain_in_s,
        asked.rain_s,
        holds_plan=is_held,
    )
    is_other = choice.stops != pick.stops or choice.save_share != pick.save_share
    against = given if is_other else Assumed(holds_plan=is_held)
    for step in _STEPS:
        if step > max(races, FIRST_RACES):
            return
        one = heat.run(choice, step, given)
        other = heat.run(pick, step, against)
        ranked = heat.run(pick, step, replace(against, holds_plan=False))
        yield _tried(asked, one, other, ranked)


def _tried(asked: WhatIf, one: Runner, other: Runner, ranked: Runner) -> Tried:
    against = None if one is other else compare(one, other)
    found = Rated(one.choice, _prospect(one, other, ranked), against, f"in {one.races} races")
    return Tried(asked, found, (), one.races)


def _prospect(one: Runner, other: Runner, ranked: Runner) -> Prospect:
    """Laps, stops and risks are of the trial as it is driven; places are those of `ranked`, moved by it."""
    own, races = one.race.around.own, min(one.races, other.races, ranked.races)
    first, second, base = (some.told for some in (one, other, ranked))
    told, meant, cars = first.prospect(own), base.prospect(own), len(first.position)
    chances, move = _moved(base.position[own], first.position[own], second.position[own], races, cars)
    class_chances, class_move = _moved(
        base.class_position[own], first.class_position[own], second.class_position[own], races, cars
    )
    return replace(
        told,
        positions=chances,
        class_positions=class_chances,
        mean_position=max(1.0, meant.mean_position + move),
        mean_class_position=max(1.0, meant.mean_class_position + class_move),
    )


def _moved(
    base: Whole, first: Whole, second: Whole, races: int, cars: int
) -> tuple[tuple[float, ...], float]:
    """Chances of places, race by race, and the mean of the moves.

    Nobody is ahead of the first, nor further back than anybody came.
    """
    base, first, second = base[:races], first[:races], second[:races]
    last = int(max(base.max(), first.max(), second.max()))
    place = np.clip(base + first - second, 1, last)
    chances = np.bincount(place, minlength=cars + 1)[1:] / races
    return tuple(chances.tolist()), float((first - second).mean())


def _choice(asked: WhatIf, situation: Situation, pick: Choice) -> Choice:
    stops = pick.stops if asked.stops is None else tuple(asked.stops)
    if stops == pick.stops and asked.save_share == 0.0:
        return pick
    share = asked.save_share or (pick.save_share if asked.stops is None else 0.0)
    poured = tuple(_poured(stops, share, situation, pick))
    return Choice(_key(poured, share), choice_words(poured, situation, share), poured, share)


def _poured(
    stops: tuple[PlannedStop, ...], share: float, situation: Situation, pick: Choice
) -> Iterator[PlannedStop]:
    """What nobody chose follows the plan, from where the tank now stands.

    What filled the tank fills it, the last stop reaches the flag, and a stop that the tank no longer reaches
    comes as late as it does. What somebody chose stays, and the rules say if it cannot be.
    """
    if not situation.is_measured:
        yield from _filled(stops, share, situation, pick)
        return
    plan, planned_laps = _Plan(pick, situation), {stop.lap for stop in pick.stops}
    fuel_l, lap, use_l = situation.fuel_l, situation.laps, situation.use_of(share)
    for at, asked in enumerate(stops):
        reach = lap + situation.reach(fuel_l, share)
        stop = replace(asked, lap=reach) if lap < reach < asked.lap in planned_laps else asked
        fuel_l -= (stop.lap - lap) * use_l
        lap, room_l, litres = stop.lap, _room_l(fuel_l, situation), stop.fuel_l
        if plan.has(litres):
            if asked is stops[-1]:
                litres = (situation.fuel_lap - lap) * use_l + situation.reserve_l - fuel_l
            else:
                litres = plan.litres(litres, at, len(stops), room_l)
            litres = min(math.ceil(max(0.0, litres) * 10.0 - 1e-6), math.floor(room_l * 10.0)) / 10.0
        fuel_l += litres or 0.0
        yield replace(stop, fuel_l=litres)


def _filled(
    stops: tuple[PlannedStop, ...], share: float, situation: Situation, pick: Choice
) -> Iterator[PlannedStop]:
    """Where nobody can ask for litres each stop fills the tank, of which one knows how far it goes.

    A stop of the plan that the tank no longer reaches comes as late as it does, and what is then missing to
    the flag is one more stop.
    """
    planned_laps, lap, fuel_l = {stop.lap for stop in pick.stops}, situation.laps, situation.fuel_l
    for asked in stops:
        reach = lap + situation.reach(fuel_l, share)
        lap = reach if lap < reach < asked.lap in planned_laps else asked.lap
        fuel_l = situation.tank_l
        yield replace(asked, lap=lap, fuel_l=None)
    long = situation.reach(situation.tank_l, share)
    while stops and 0 < long < situation.fuel_lap - lap:
        lap += long
        yield PlannedStop(lap)


class _Plan:
    """What each stop of the choice that we mean was for."""

    def __init__(self, pick: Choice, situation: Situation) -> None:
        walked = list(fuel_walk(pick, situation))
        self._litres = [added_l for _, _, added_l in walked]
        self._is_full = [added_l >= _room_l(at_l, situation) - _BRIM_L for _, at_l, added_l in walked]

    def has(self, litres: float | None) -> bool:
        """Nobody chose it."""
        return litres is None or litres in self._litres

    def litres(self, litres: float | None, at: int, stops: int, room_l: float) -> float:
        if litres is None and stops != len(self._litres):
            return room_l
        known = at if litres is None else self._litres.index(litres)
        return room_l if self._is_full[known] else self._litres[known]


def _room_l(fuel_l: float, situation: Situation) -> float:
    return situation.tank_l - max(0.0, fuel_l)


def _key(stops: tuple[PlannedStop, ...], share: float) -> str:
    """With litres: a drag of fuel is another choice."""
    litres = " ".join("-" if stop.fuel_l is None else f"{stop.fuel_l:.1f}" for stop in stops)
    return f"try {choice_key(stops, share)} {litres}".rstrip()
