"""What an engineer tries: only what is touched is raced again, few races first and more while one looks."""

from collections.abc import Iterator

from pitbox.strategy.decision.answer import Choice, PlannedStop, Tried, WhatIf
from pitbox.strategy.decision.heat import FIRST_RACES, Heat, Runner, compare, rated
from pitbox.strategy.decision.our_race import Assumed
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.situation import Situation
from pitbox.strategy.decision.words import choice_key, choice_words

_STEPS = (FIRST_RACES, 4 * FIRST_RACES, 16 * FIRST_RACES)


def trials(
    asked: WhatIf, heat: Heat, situation: Situation, pick: Choice, races: int = _STEPS[-1]
) -> Iterator[Tried]:
    """Held against what we mean to do: in the same world where stops are tried, else in the world of now."""
    choice = _choice(asked, situation, pick)
    forbidden = broken(choice, situation)
    if forbidden:
        yield Tried(asked, None, forbidden, 0)
        return
    given = Assumed(
        asked.pace_s, asked.lose_s, asked.caution_in_s, asked.rain_in_s, asked.rain_s, is_as_planned=True
    )
    is_other = choice.stops != pick.stops or choice.save_share != pick.save_share
    against = given if is_other else Assumed(is_as_planned=True)
    for step in _STEPS:
        if step > max(races, FIRST_RACES):
            return
        one = heat.run(choice, step, given)
        other = heat.run(pick, step, against)
        yield _tried(asked, one, other)


def _tried(asked: WhatIf, one: Runner, other: Runner) -> Tried:
    told = rated([one])[0]
    found = type(told)(
        told.choice, told.prospect, None if one is other else compare(one, other), f"in {one.races} races"
    )
    return Tried(asked, found, (), one.races)


def _choice(asked: WhatIf, situation: Situation, pick: Choice) -> Choice:
    stops = pick.stops if asked.stops is None else tuple(asked.stops)
    if stops == pick.stops and asked.save_share == 0.0:
        return pick
    share = asked.save_share or (pick.save_share if asked.stops is None else 0.0)
    stops = tuple(_with_fuel(stops, situation))
    return Choice(_key(stops, share), choice_words(stops, situation, share), stops, share)


def _with_fuel(stops: tuple[PlannedStop, ...], situation: Situation) -> Iterator[PlannedStop]:
    """Nobody measures: nobody can ask for litres."""
    for stop in stops:
        if situation.is_measured or stop.fuel_l is None:
            yield stop
        else:
            yield PlannedStop(stop.lap, None, stop.has_tyres, stop.user_id, stop.repair_s)


def _key(stops: tuple[PlannedStop, ...], share: float) -> str:
    """With litres: a drag of fuel is another choice."""
    litres = " ".join("-" if stop.fuel_l is None else f"{stop.fuel_l:.1f}" for stop in stops)
    return f"try {choice_key(stops, share)} {litres}".rstrip()
