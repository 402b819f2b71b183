"""What to do, from moment to moment: choices, calls and contingencies, refined while somebody looks.

    strategist = Strategist()                                   # of one race
    for answer in strategist.answers(moment, said, case):       # stop asking to cancel
        ...

Pure and single-threaded; `spread` maps blocks of races over whatever threads the caller has.
"""

from collections.abc import Iterator

import msgspec

from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.caution import caution_process
from pitbox.strategy.decision.answer import PlannedStop, StrategyAnswer
from pitbox.strategy.decision.curve import fuel_fan
from pitbox.strategy.decision.heat import FIRST_RACES, Heat, Runner, rated
from pitbox.strategy.decision.our_race import OurRace
from pitbox.strategy.decision.search import sketches
from pitbox.strategy.decision.situation import Rules, Situation
from pitbox.strategy.decision.stance import situation_of
from pitbox.strategy.decision.wear import tyre_fit
from pitbox.strategy.errors import NoRaceError, StrategyError
from pitbox.strategy.forecast import Forecast
from pitbox.strategy.form import Forms
from pitbox.strategy.montecarlo.lottery import Engine, Spread
from pitbox.strategy.montecarlo.race_now import Alike, Cautions, Sources, race_around
from pitbox.strategy.story import RUNNING, CarNow, Moment

BUDGET = 12_000_000
"""Laps of cars for one moment's answer, all races together."""
RACES = 2048
_MOST_CHOICES, _LEAST_CHOICES = 10, 4
_FIRST_SHARE = 0.35
"""Of the budget, for the first round at most."""


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
        self._sources = Sources(Forms(), self.mind.stops.book, cautions)

    def answers(
        self,
        moment: Moment,
        forecast: Forecast,
        case: Case | None = None,
        spread: Spread = map,
        *,
        races: int = RACES,
        budget: int = BUDGET,
    ) -> Iterator[StrategyAnswer]:
        """The first after about a hundred races of each choice; the last one is whole."""
        known = case or Case()
        try:
            car, situation = self._stance(moment, forecast, known)
            heat = Heat(self._race(moment, car, situation), self._seed, self._engine, spread)
        except StrategyError as error:
            yield _silent(moment, forecast, str(error))
            return
        field = sketches(situation, _choices(heat, budget))
        if not field:
            yield _silent(moment, forecast, "No way to the flag keeps the rules from here.")
            return
        before: StrategyAnswer | None = None
        for runners in heat.halved([one.choice for one in field], races, budget):
            if before is not None:
                yield before
            before = self._answer(moment, forecast, situation, runners)
        assert before is not None
        yield _whole(before)

    def _stance(self, moment: Moment, forecast: Forecast, case: Case) -> tuple[CarNow, Situation]:
        said = forecast.said
        car = None if said is None else moment.car(said.car_idx)
        if said is None or car is None:
            raise NoRaceError("Our car is not in this race.")
        if car.status != RUNNING or moment.is_checkered:
            raise NoRaceError("The flag is out: there is nothing left to decide.")
        if car.is_in_pits:
            raise NoRaceError("Our car is in the pits: the next answer comes when it is out.")
        self.mind.stops.book.read(moment)
        return car, situation_of(moment, said, case, self.mind, self.rules)

    def _race(self, moment: Moment, car: CarNow, situation: Situation) -> OurRace:
        alike = None
        if situation.is_measured:
            full_laps = (situation.tank_l - situation.reserve_l) / situation.use_l
            alike = Alike(full_laps, situation.times.litre_s * situation.use_l)
        around = race_around(moment, car, self._sources, alike)
        return OurRace(around, situation)

    def _answer(
        self, moment: Moment, forecast: Forecast, situation: Situation, runners: list[Runner]
    ) -> StrategyAnswer:
        ranking = rated(runners)
        car = moment.car(moment.own_car_idx if forecast.said is None else forecast.said.car_idx)
        assert car is not None
        best = ranking[0]
        laps = best.prospect.laps
        final = None
        if laps is not None:
            low, middle, high = (situation.laps + round(one) for one in laps)
            final = low, middle, high
        return StrategyAnswer(
            moment_s=moment.now_s,
            session_num=forecast.session_num,
            run=forecast.run,
            car_idx=car.car_idx,
            laps=car.laps,
            final_laps=final,
            races=runners[0].races,
            is_whole=False,
            rated=ranking,
            calls=(),
            contingencies=(),
            tree=None,
            fuel=fuel_fan(best.choice, situation),
            tyres=tyre_fit(car, situation.tyres),
            assumptions=(situation.times.words,),
            silent=(),
        )


def call_of(answer: StrategyAnswer) -> PlannedStop | None:
    """The stop to make at the end of this lap, by the best choice; None: stay out."""
    if not answer.rated or not answer.rated[0].choice.stops:
        return None
    stop = answer.rated[0].choice.stops[0]
    return stop if stop.lap == answer.laps + 1 else None


def _choices(heat: Heat, budget: int) -> int:
    return max(
        _LEAST_CHOICES, min(_MOST_CHOICES, int(_FIRST_SHARE * budget / (FIRST_RACES * heat.race_laps)))
    )


def _whole(answer: StrategyAnswer) -> StrategyAnswer:
    return msgspec.structs.replace(answer, is_whole=True)


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
