"""What to do as things turn out: a caution soon or not, rain or not, and the best choice at each knot.

A caution is raced as one that begins in the middle of the laps asked about; what no caution means follows
from the whole and that part, choice by choice in the same races.
"""

import math
from collections.abc import Sequence

from msgspec.structs import replace

from pitbox.strategy.decision.answer import Branch, Choice
from pitbox.strategy.decision.ground import Ground
from pitbox.strategy.decision.our_race import Assumed
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.search import served_again
from pitbox.strategy.montecarlo.race_model import RainModel

LAPS = 10
"""Within which a caution is asked about."""
_CHOICES = 3


def tree(ground: Ground, races: int) -> Branch:
    here, model = ground.situation, ground.heat.race.around.model
    laps = min(LAPS, max(1, here.planned_lap - here.laps - 1))
    chance = -math.expm1(-model.cautions.per_hour * laps * here.lap_s / 3600.0)
    rain = model.rain
    branches: tuple[Branch, ...] = ()
    if 0.0 < rain.chance < 1.0:
        branches = _rain(ground, rain, races)
    elif chance > 0 and not ground.moment.is_caution:
        branches = _cautions(ground, laps, chance, races)
    return Branch("", 1.0, ground.pick.choice, float(ground.pick.places().mean()), branches)


def _cautions(ground: Ground, laps: int, chance: float, races: int) -> tuple[Branch, ...]:
    here = ground.situation
    in_s, lap = 0.5 * laps * here.lap_s, here.laps + laps // 2 + 1
    choices, under = _near(ground), _under_caution(ground, lap)
    known = [*choices, *([] if under is None else [under])]
    answered = [ground.heat.run(choice, races, ground.slowed(in_s, lap)) for choice in known]
    yes = min(answered, key=lambda one: float(one.worth().mean()))
    # The whole is so much of the one and so much of the other, driven alike in both.
    whole = [ground.heat.run(choice, races) for choice in choices]
    called = [ground.heat.run(choice, races, Assumed(caution_in_s=in_s)) for choice in choices]
    calm = [
        (one.worth()[:races] - chance * part.worth()[:races]) / (1.0 - chance)
        for one, part in zip(whole, called, strict=True)
    ]
    best = min(range(len(calm)), key=lambda at: float(calm[at].mean()))
    places = whole[best].places()[:races].mean() - chance * called[best].places()[:races].mean()
    within = f"within {laps} laps" if laps != 1 else "on this lap"
    return (
        Branch(f"a caution {within}", chance, yes.choice, float(yes.places().mean())),
        Branch(
            f"no caution {within}",
            1.0 - chance,
            choices[best],
            max(1.0, float(places) / (1.0 - chance)),
        ),
    )


def _rain(ground: Ground, rain: RainModel, races: int) -> tuple[Branch, ...]:
    """The engineer's assumption, taken for certain one way and the other."""
    clock_s = ground.heat.race.around.clock_s
    falls = Assumed(rain_in_s=rain.start_s - clock_s, rain_s=rain.length_s)
    dry = Assumed(rain_in_s=rain.start_s - clock_s, rain_s=rain.length_s, rain_chance=0.0)
    found = []
    for words, chance, given in (("rain", rain.chance, falls), ("no rain", 1.0 - rain.chance, dry)):
        runners = [ground.heat.run(choice, races, given) for choice in _near(ground)]
        best = min(runners, key=lambda one: float(one.worth().mean()))
        found.append(Branch(words, chance, best.choice, float(best.places().mean())))
    return tuple(found)


def _near(ground: Ground) -> Sequence[Choice]:
    return [one.choice for one in ground.runners[:_CHOICES]]


def _under_caution(ground: Ground, lap: int) -> Choice | None:
    """What we mean to do, with the first stop on that lap."""
    choice, here = ground.pick.choice, ground.situation
    if not choice.stops or lap <= here.laps:
        return None
    first = choice.stops[0]
    later = [stop for stop in choice.stops[1:] if stop.lap > lap]
    found = served_again((replace(first, lap=lap), *later), here, choice.save_share)
    return None if found is None or broken(found, here) else found
