"""What to do if: worked out before it happens, in races in which it does happen.

Every gain is against the plan that we hold, in the same races under the same event.

for card in contingencies(ground, races): ...
"""

import math
from collections.abc import Iterator, Sequence

import msgspec

from pitbox.strategy.decision.answer import Choice, Contingency
from pitbox.strategy.decision.gain import cost_words, gain_words
from pitbox.strategy.decision.ground import Ground
from pitbox.strategy.decision.heat import Runner, compare, gain, rated
from pitbox.strategy.decision.our_race import Assumed
from pitbox.strategy.decision.search import brimmed
from pitbox.strategy.decision.splash import splash
from pitbox.strategy.decision.words import choice_words

RAIN_IN_S, LOST_S = 600.0, 20.0
_LEAST_GAIN = 0.05
"""Of a place: less is no reason to leave the plan."""


def contingencies(ground: Ground, races: int) -> Iterator[Contingency]:
    if not ground.moment.is_caution:
        yield _caution(ground, races)
    yield _rain(ground, races)
    yield _lost(ground, races)
    short = splash(ground, races)
    if short is not None:
        yield short


class _Event(msgspec.Struct, frozen=True):
    kind: str
    title: str
    given: Assumed
    against: str
    """What the plan means here."""
    assumptions: tuple[str, ...]


def _caution(ground: Ground, races: int) -> Contingency:
    """Box at once, or go on as planned; cautions that come later come as they do."""
    here, pick = ground.situation, ground.pick.choice
    length_s = ground.heat.race.around.model.cautions.length_s
    given = ground.slowed(0.0, here.first_lap)
    later = "the rest as planned" if given.is_as_planned else "later stops when the tank asks"
    event = _Event(
        "caution",
        "Caution now",
        given,
        "staying out",
        (f"it lasts {length_s / 60:.0f} min, more or less", "rivals come in as they did so far", later),
    )
    if ground.to_go is not None and pick.stops[0].lap <= here.first_lap:
        return _already_in(ground, event, races)
    now = ground.stopping(here.first_lap, here.first_lap)
    if now is None:
        return _card(ground, event, (), races, "Stay out: there is nothing to do in the pits")
    others = [_at_once(one, ground) for one in (now.choice, brimmed(now.choice, here))]
    return _card(ground, event, others, races, "Stay out: a stop now gains nothing")


def _at_once(choice: Choice, ground: Ground) -> Choice:
    """Named by its first stop alone: what comes later, the caution decides."""
    words = choice_words(choice.stops[:1], ground.situation, choice.save_share)
    return msgspec.structs.replace(choice, words=words)


def _already_in(ground: Ground, event: _Event, races: int) -> Contingency:
    """We come in anyway; the question is whether to stay out for once."""
    first = ground.situation.first_lap
    outside = [one for one in ground.runners if not one.choice.stops or one.choice.stops[0].lap > first]
    event = msgspec.structs.replace(event, against="boxing now")
    usual = "Box as planned"
    if outside:
        held, other = _raced(ground, [ground.pick.choice, outside[0].choice], event.given, races)
        told = gain(held, other)
        if told.is_sure:
            usual = f"Box as planned: {gain_words(told)} against staying out"
    return _card(ground, event, [one.choice for one in outside[:1]], races, usual)


def _rain(ground: Ground, races: int) -> Contingency:
    """Everybody comes in for wets when it rains; the question is what to do before."""
    here = ground.situation
    event = _Event(
        "rain",
        f"Rain in {RAIN_IN_S / 60:.0f} min",
        Assumed(rain_in_s=RAIN_IN_S),
        "going on as planned",
        ("rain for 20 min, for certain", "all cars change to wets when it begins, and back when it ends"),
    )
    now = ground.stopping(here.first_lap, here.first_lap)
    others = [ground.planned.choice, *([] if now is None else [now.choice])]
    if ground.to_go is not None:
        held_s = ground.to_go * here.lap_s
        until = ground.later(math.ceil((RAIN_IN_S - held_s) / here.lap_s)) if held_s < RAIN_IN_S else None
        others += [] if until is None else [until]
    return _card(ground, event, others, races, "Go on as planned, and box when it rains")


def _lost(ground: Ground, races: int) -> Contingency:
    event = _Event(
        "lost",
        f"{LOST_S:.0f} s lost",
        Assumed(lose_s=LOST_S),
        "going on as planned",
        (f"{LOST_S:.0f} s are lost at once, nothing is broken",),
    )
    others = [ground.planned.choice, *(one.choice for one in ground.runners[1:3])]
    held = ground.heat.run(ground.pick.choice, races, event.given)
    cost = cost_words(gain(held, ground.heat.run(ground.pick.choice, races)))
    return _card(ground, event, others, races, f"Go on as planned: {cost}")


def _raced(ground: Ground, choices: Sequence[Choice], given: Assumed, races: int) -> list[Runner]:
    """Each once, in their order."""
    return [ground.heat.run(one, races, given) for one in {one.key: one for one in choices}.values()]


def _card(ground: Ground, event: _Event, others: Sequence[Choice], races: int, usual: str) -> Contingency:
    """The plan stands unless another choice is surely better by more than a trifle."""
    held, *rest = _raced(ground, [ground.pick.choice, *others], event.given, races)
    best = min(rest, key=lambda one: float(one.worth().mean()), default=held)
    told = gain(best, held)
    is_better = told.is_sure and told.value > _LEAST_GAIN
    best = best if is_better else held
    return Contingency(
        kind=event.kind,
        title=event.title,
        rated=rated([best])[0],
        against_staying=compare(best, held) if is_better else None,
        words=f"{best.choice.words}: {gain_words(told)} against {event.against}" if is_better else usual,
        assumptions=event.assumptions,
        against=event.against if is_better else "",
    )
