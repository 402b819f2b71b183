"""What to do, from moment to moment: choices, calls and contingencies, refined while somebody looks.

    strategist = Strategist(mind)                               # of one race
    for answer in strategist.answers(moment, said, case):       # stop asking to cancel
        ...
    for tried in strategist.tries(WhatIf(pace_s=0.3)):          # about the moment answered last
        ...

Pure and single-threaded; `spread` maps blocks of races over whatever threads the caller has.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.caution import caution_process
from pitbox.strategy.decision.answer import (
    Branch,
    Call,
    Contingency,
    PlannedStop,
    StrategyAnswer,
    Tried,
    WhatIf,
)
from pitbox.strategy.decision.call import assumptions, calls
from pitbox.strategy.decision.contingency import contingencies
from pitbox.strategy.decision.curve import fuel_fan
from pitbox.strategy.decision.ground import Ground, Place
from pitbox.strategy.decision.heat import FIRST_RACES, Heat, rated
from pitbox.strategy.decision.our_race import OurRace
from pitbox.strategy.decision.search import forbidden, sketches
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.decision.stance import situation_of
from pitbox.strategy.decision.steady import Steady, usual_of
from pitbox.strategy.decision.tree import tree
from pitbox.strategy.decision.trial import trials
from pitbox.strategy.decision.wear import tyre_fit
from pitbox.strategy.errors import NoRaceError, StrategyError
from pitbox.strategy.forecast import Forecast
from pitbox.strategy.montecarlo.car_now import Alike
from pitbox.strategy.montecarlo.cover import Covers
from pitbox.strategy.montecarlo.lap_scatter import LapScatter
from pitbox.strategy.montecarlo.lottery import Engine, Spread
from pitbox.strategy.montecarlo.race_model import RainModel
from pitbox.strategy.montecarlo.race_now import Cautions, Sources, race_around
from pitbox.strategy.story import RUNNING, Moment

BUDGET = 12_000_000
"""Laps of cars for one moment's answer, all races together."""
RACES = 2048
_MOST_CHOICES, _LEAST_CHOICES = 10, 4
_FIRST_SHARE, _RANKING_SHARE = 0.35, 0.6
"""Of the budget: for the first round, and for the whole ranking; the rest is for what may happen."""
_SIDE_RUNS = 22
"""Choices that are raced for contingencies and the tree."""
_MOST_SIDE_RACES = 512


class Extras(msgspec.Struct, frozen=True):
    """Worked out once a lap: they stand until the next one."""

    occasion: tuple[object, ...] = ()
    laps: int = 0
    contingencies: tuple[Contingency, ...] = ()
    tree: Branch | None = None


class Strategist:
    """Kept from moment to moment of one race."""

    def __init__(
        self,
        mind: Mind | None = None,
        rules: Rules | None = None,
        *,
        cautions: Cautions = caution_process,
        engine: Engine = "compiled",
        seed: int = 1,
    ) -> None:
        """`mind`: the one that made the forecasts, if there is one: what it learnt is not learnt twice."""
        self.mind, self.rules = mind or Mind(), rules or Rules()
        self._engine, self._seed = engine, seed
        self._sources = Sources(self.mind.forms, self.mind.stops.book, cautions, LapScatter(), Covers())
        self._steady, self._extras = Steady(), Extras()
        self._ground: Ground | None = None

    def answers(
        self,
        moment: Moment,
        forecast: Forecast,
        case: Case | None = None,
        spread: Spread = map,
        *,
        rain: RainModel | None = None,
        races: int = RACES,
        budget: int = BUDGET,
        has_asides: bool = True,
    ) -> Iterator[StrategyAnswer]:
        """The first after about a hundred races of each choice; the last one is whole.

        `rain`: what the engineer assumes, seconds from now. `has_asides`: with contingencies and tree.
        """
        try:
            place = self._place(moment, forecast, case or Case())
            heat = Heat(self._race(place, rain), self._seed, self._engine, spread)
        except StrategyError as error:
            self._ground = None
            yield _silent(moment, forecast, str(error))
            return
        field = sketches(place.situation, _choices(heat, budget), self._steady.is_meant)
        if not field:
            self._ground = None
            yield _forbidden(_silent(moment, forecast, _NO_WAY), place)
            return
        ground, found = None, tuple[Call, ...]()
        options = [one.choice for one in field]
        held = self._steady.held(options, usual_of(options, place.situation))
        for runners in heat.halved(options, held, races, round(_RANKING_SHARE * budget)):
            ground = self._ground = Ground(place, heat, self._steady.ordered(runners, held))
            found = calls(ground, self._steady.shown)
            yield self._answer(ground, forecast, found)
        assert ground is not None
        self._steady.keep(ground.pick.choice, found)
        if has_asides:
            self._look_aside(ground, budget)
        yield replace(self._answer(ground, forecast, found), is_whole=True)

    def tries(self, what_if: WhatIf, *, races: int = RACES) -> Iterator[Tried]:
        """About the moment that was answered last; nothing where there was no answer."""
        ground = self._ground
        if ground is not None:
            yield from trials(what_if, ground.heat, ground.situation, ground.pick.choice, races)

    def _place(self, moment: Moment, forecast: Forecast, case: Case) -> Place:
        said = forecast.said
        car = None if said is None else moment.car(said.car_idx)
        if said is None or car is None:
            raise NoRaceError("Our car is not in this race.")
        if car.status != RUNNING or moment.is_checkered:
            raise NoRaceError("The flag is out: there is nothing left to decide.")
        if car.is_in_pits:
            raise NoRaceError("Our car is in the pits: the next answer comes when it is out.")
        self.mind.stops.book.read(moment)
        return Place(moment, said, case, car, situation_of(moment, said, case, self.mind, self.rules))

    def _race(self, place: Place, rain: RainModel | None) -> OurRace:
        here, alike = place.situation, None
        if here.is_measured:
            full_laps = (here.tank_l - here.reserve_l) / here.use_l
            alike = Alike(full_laps, here.times.litre_s * here.use_l)
        around = race_around(place.moment, place.car, self._sources, alike)
        if rain is not None:
            later = replace(rain, start_s=rain.start_s + around.clock_s)
            around = replace(around, model=replace(around.model, rain=later))
        return OurRace(around, here)

    def _look_aside(self, ground: Ground, budget: int) -> None:
        """Once a lap, or when the flag or what we mean to do changes."""
        occasion = _occasion(ground)
        if occasion == self._extras.occasion:
            return
        affordable = int((1.0 - _RANKING_SHARE) * budget / (_SIDE_RUNS * ground.heat.race_laps))
        races = max(FIRST_RACES, min(_MOST_SIDE_RACES, affordable // FIRST_RACES * FIRST_RACES))
        races = min(races, ground.pick.races)
        cards = tuple(contingencies(ground, races))
        self._extras = Extras(occasion, ground.situation.laps, cards, tree(ground, races))

    def _answer(self, ground: Ground, forecast: Forecast, found: tuple[Call, ...]) -> StrategyAnswer:
        here, ranking = ground.situation, rated(ground.runners)
        laps, final = ranking[0].prospect.laps, None
        if laps is not None:
            low, middle, high = (here.laps + round(one) for one in laps)
            final = low, middle, high
        return StrategyAnswer(
            moment_s=ground.moment.now_s,
            session_num=forecast.session_num,
            run=forecast.run,
            car_idx=ground.car.car_idx,
            laps=ground.car.laps,
            final_laps=final,
            races=ground.pick.races,
            is_whole=False,
            rated=ranking,
            calls=found,
            contingencies=self._extras.contingencies,
            tree=self._extras.tree,
            fuel=fuel_fan(ground.pick.choice, here),
            tyres=tyre_fit(ground.car, here.tyres),
            assumptions=assumptions(ground),
            silent=_gaps(ground),
            finish=ground.finish,
            aside_laps=self._extras.laps if self._extras.occasion not in ((), _occasion(ground)) else None,
        )


def call_of(answer: StrategyAnswer) -> PlannedStop | None:
    """The stop to make at the end of this lap, by what we mean to do; None: stay out."""
    if not answer.rated or not answer.rated[0].choice.stops:
        return None
    stop = answer.rated[0].choice.stops[0]
    return stop if stop.lap == answer.laps + 1 else None


_NO_WAY = "No way to the flag keeps all rules from here."


def _choices(heat: Heat, budget: int) -> int:
    affordable = int(_FIRST_SHARE * budget / (FIRST_RACES * heat.race_laps))
    return max(_LEAST_CHOICES, min(_MOST_CHOICES, affordable))


def _occasion(ground: Ground) -> tuple[object, ...]:
    """On which contingencies and tree are worked out anew."""
    rain = ground.heat.race.around.model.rain
    return ground.situation.laps, ground.moment.flag, ground.pick.choice.key, rain.chance


def _gaps(ground: Ground) -> tuple[str, ...]:
    found = []
    if not ground.situation.is_measured:
        found.append("No litres: nobody of ours measures the fuel of this car now.")
    if ground.situation.tyres.laps == 0:
        found.append("No tyre wear: too few laps have shown any.")
    return tuple(found)


def _forbidden(answer: StrategyAnswer, place: Place) -> StrategyAnswer:
    """Nothing may be recommended; which rules stand in the way is said instead."""
    words = forbidden(place.situation)
    call = Call(
        key="rule none",
        kind="rule",
        urgency=2,
        words="Decide by hand: no plan keeps all rules",
        chance=None,
        chance_words="",
        gain=None,
        gain_error=None,
        reason="; ".join(words),
        waiting="",
        assumptions=(),
        until_lap=None,
    )
    return replace(answer, calls=(call,), silent=(*answer.silent, *words))


def _silent(moment: Moment, forecast: Forecast, why: str) -> StrategyAnswer:
    return StrategyAnswer(
        moment_s=moment.now_s,
        session_num=forecast.session_num,
        run=forecast.run,
        car_idx=moment.own_car_idx if forecast.said is None else forecast.said.car_idx,
        laps=0 if forecast.said is None else forecast.said.laps,
        final_laps=None,
        races=0,
        is_whole=True,
        rated=(),
        calls=(),
        contingencies=(),
        tree=None,
        fuel=None,
        tyres=None,
        assumptions=(),
        silent=(why,),
    )
